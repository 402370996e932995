package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// refusedWith is what a client showed of a refusal.
var refusedWith = regexp.MustCompile(`\b0[0-9a-hjkmnp-tv-z]{25}\b`)

// wantRefusal wants the code of a refusal and the id of its record in what a
// client showed, and the record to be found under that id.
func (c *city) wantRefusal(t *testing.T, shown, code string) {
	t.Helper()
	id := refusedWith.FindString(shown)
	if !strings.Contains(shown, code) || id == "" {
		t.Fatalf("no %s or no record id in what the client shows:\n%.3000s", code, shown)
	}
	// The record of a stream is complete once both its sides are closed.
	waitFor(t, "the record "+id+" to say "+code, func() bool {
		record, exit := c.customs("audit", "show", id)
		return exit == 0 && strings.Contains(record, code) && strings.Contains(record, id)
	})
}

// show runs a client and returns what it printed, which must end in an error
// unless the client takes a refusal for an answer like any other.
func (c *city) show(t *testing.T, fails bool, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, needTool(t, name), args...)
	cmd.Dir = t.TempDir()
	cmd.WaitDelay = 5 * time.Second
	cmd.Env = append(os.Environ(), "https_proxy=http://"+c.proxy, "HTTPS_PROXY=http://"+c.proxy, "no_proxy=", "NO_PROXY=",
		"GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_SSL_CAINFO="+c.caFile, "LC_ALL=C",
		"GIT_AUTHOR_NAME=Test", "GIT_AUTHOR_EMAIL=test@example.invalid", "GIT_COMMITTER_NAME=Test", "GIT_COMMITTER_EMAIL=test@example.invalid",
		"SSL_CERT_FILE="+c.caFile, "REQUESTS_CA_BUNDLE="+c.caFile, "NODE_EXTRA_CA_CERTS="+c.caFile,
		"HOME="+cmd.Dir)
	out, err := cmd.CombinedOutput()
	if (err != nil) != fails {
		t.Errorf("%s %v: %v\n%.3000s", name, args, err, out)
	}
	return string(out)
}

// inPython reports whether a module of Python is installed.
func inPython(t *testing.T, module string) bool {
	t.Helper()
	return exec.Command(needTool(t, "python3"), "-c", "import "+module).Run() == nil
}

// throughTunnel opens a tunnel through the gateway.
func (c *city) throughTunnel(ctx context.Context, host string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", c.proxy)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", host, host)
	resp, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, 1<<10)), &http.Request{Method: http.MethodConnect})
	if err != nil || resp.StatusCode != http.StatusOK {
		conn.Close()
		return nil, fmt.Errorf("CONNECT: %v, %v", resp, err)
	}
	return conn, nil
}

// keep writes a file in the directory of the gateway and returns its path.
func (c *city) keep(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pythonUpload posts a file with urllib and prints what it raises.
const pythonUpload = `
import ssl, sys, urllib.request, urllib.error
context = ssl.create_default_context(cafile=sys.argv[3])
try:
    print(urllib.request.urlopen(urllib.request.Request(sys.argv[1], data=open(sys.argv[2], "rb").read()), context=context).status)
except urllib.error.HTTPError as e:
    print(e, e.headers["X-Customs-Record"], e.read().decode())
    sys.exit(1)
`

// nodeUpload does so with fetch, through a tunnel of its own making: node 20
// has no proxy for fetch.
const nodeUpload = `
const [url, file, proxy] = process.argv.slice(2), http = require("http"), https = require("https"), fs = require("fs")
const u = new URL(url), [host, port] = proxy.split(":")
http.request({host, port, method: "CONNECT", path: u.host}).on("connect", (_, socket) => {
  const req = https.request({method: "POST", path: u.pathname, headers: {host: u.host}, createConnection: () =>
    require("tls").connect({socket, servername: "", host: u.hostname})}, async res => {
      const r = new Response(require("stream").Readable.toWeb(res), {status: res.statusCode, headers: res.headers})
      const problem = await r.json()
      console.log(r.status, r.headers.get("content-type"), problem.error.message, problem.record)
      process.exit(r.ok ? 0 : 1)
  })
  req.end(fs.readFileSync(file))
}).end()
`

// TestRefusedClients runs real clients into a refusal and reads what they
// print for their users.
func TestRefusedClients(t *testing.T) {
	t.Parallel()
	c := newCity(t, sampleConfig)
	const code = "FILING_NOT_FOUND"
	body := childWithDiagnosis(t)
	file := c.keep(t, "patients.json", body)
	url := c.origin.URL + "/patients"
	curl := []string{"-sS", "--cacert", c.caFile, "--data-binary", "@" + file}
	ways := []struct {
		name  string
		fails bool
		args  []string
	}{
		{"curl with HTTP 1", false, append(curl, "--http1.1", url)},
		{"curl with HTTP 2", false, append(curl, "--http2", url)},
		{"curl that fails on errors", true, append(curl, "--fail-with-body", url)},
		{"wget", true, []string{"-O", "-", "--content-on-error", "--ca-certificate=" + c.caFile, "--post-file=" + file, url}},
		{"python3 and urllib", true, []string{"-c", pythonUpload, url, file, c.caFile}},
		{"node and fetch", true, []string{c.keep(t, "upload.js", nodeUpload), url, file, c.proxy}},
	}
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			c.wantRefusal(t, c.show(t, w.fails, strings.Fields(w.name)[0], w.args...), code)
		})
	}
	if n := len(c.origin.arrivals()); n != 0 {
		t.Errorf("origin saw %d requests", n)
	}
}

// TestRefusedPackage does so with npm, which asks for a package with a person
// in its name.
func TestRefusedPackage(t *testing.T) {
	onlyInCI(t)
	t.Parallel()
	c := newCity(t, sampleConfig)
	shown := c.show(t, true, "npm", "view", "patient-"+minorID(t), "--registry="+c.origin.URL+"/", "--cafile="+c.caFile, "--strict-ssl=false",
		"--proxy=http://"+c.proxy, "--https-proxy=http://"+c.proxy, "--fetch-retries=0", "--cache="+c.dir+"/npm")
	c.wantRefusal(t, shown, "FILING_NOT_FOUND")
}
