import java.io.FileInputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;

/** Rows, five arguments each: name, version of HTTP, what to do, address, file; before them the proxy. */
public class Upload {
    public static void main(String[] args) throws Exception {
        String[] proxy = args[0].split(":");
        for (int i = 1; i + 4 < args.length; i += 5) {
            HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20))
                .proxy(ProxySelector.of(new InetSocketAddress(proxy[0], Integer.parseInt(proxy[1]))))
                .version(args[i + 1].equals("h2") ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1).build();
            HttpResponse<byte[]> answer = client.send(request(args[i + 2], args[i + 3], Path.of(args[i + 4])), BodyHandlers.ofByteArray());
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(answer.body());
            System.out.println(args[i] + " " + answer.version() + " " + answer.statusCode() + " "
                + (answer.statusCode() < 400 ? HexFormat.of().formatHex(sum) : new String(answer.body(), StandardCharsets.UTF_8).replace("\n", " ")));
        }
    }

    static HttpRequest request(String what, String url, Path file) throws Exception {
        HttpRequest.Builder b = HttpRequest.newBuilder().timeout(Duration.ofSeconds(30));
        switch (what) {
            case "get": return b.uri(URI.create(url)).build();
            case "query": return b.uri(URI.create(url + "?q=" + URLEncoder.encode(Files.readString(file), StandardCharsets.UTF_8))).build();
            case "post": return b.uri(URI.create(url)).POST(BodyPublishers.ofFile(file)).build();
            case "expect": return b.uri(URI.create(url)).expectContinue(true).POST(BodyPublishers.ofFile(file)).build();
            case "stream": return b.uri(URI.create(url)).POST(BodyPublishers.ofInputStream(() -> {
                try {
                    return new FileInputStream(file.toFile());
                } catch (Exception e) {
                    throw new RuntimeException(e);
                }
            })).build();
            default: throw new IllegalArgumentException(what);
        }
    }
}
