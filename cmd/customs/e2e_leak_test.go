package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/datacustoms/customs/inspect/synth"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// marked are the values that must appear nowhere.
func marked() []string {
	p := synth.New(99, time.Now()).Adult()
	return []string{p.ResidentID, p.Mobile, p.BankCard, p.Email, p.Name}
}

// TestNothingLeaks sends known values through every path at debug level,
// crashes the gateway in the middle of one, and searches all it ever wrote.
func TestNothingLeaks(t *testing.T) {
	for _, end := range []syscall.Signal{syscall.SIGQUIT, syscall.SIGSEGV} {
		t.Run(end.String(), func(t *testing.T) {
			config := strings.Replace(sampleConfig, "mode: enforce", "mode: enforce\nlog: {level: debug}", 1)
			c := newCity(t, config, "GOTRACEBACK=all")
			values := marked()
			var seen bytes.Buffer
			for _, v := range values {
				leakPaths(t, c, v, &seen)
			}
			_, metrics := c.get("/metrics")
			seen.WriteString(metrics)
			slow := slowUpload(t, c, strings.Join(values, " "))
			defer slow.Close()
			c.waitOutput(`"msg":"flow"`, 5)
			c.signal(end)
			<-c.done
			if !strings.Contains(c.output(), "goroutine ") {
				t.Errorf("the crash left no trace to search:\n%.400s", c.output())
			}
			seen.WriteString(c.output())
			searchAll(t, c, seen.Bytes(), values)
		})
	}
}

// leakPaths sends one value by every way in, and keeps all answers but the
// origin's.
func leakPaths(t *testing.T, c *city, v string, seen *bytes.Buffer) {
	t.Helper()
	c.origin.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
	client := c.client(true)
	send := func(method, target, body string, header ...string) {
		req, err := http.NewRequest(method, target, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp, err := client.Do(req)
		if err != nil {
			return // a refused tunnel is an answer too; its text is the client's
		}
		defer resp.Body.Close()
		fmt.Fprintln(seen, resp.Status, resp.Header)
		io.Copy(seen, resp.Body)
	}
	send("POST", c.origin.URL+"/a", `{"id":"`+v+`"}`, "Content-Type", "application/json")
	send("POST", c.origin.URL+"/a", "id="+url.QueryEscape(v), "Content-Type", "application/x-www-form-urlencoded")
	send("GET", c.origin.URL+"/a?q="+url.QueryEscape(v), "")
	send("GET", c.origin.URL+"/"+url.PathEscape(v), "")
	send("GET", c.origin.URL+"/a", "", "X-Note", url.QueryEscape(v))
	send("GET", c.origin.URL+"/a", "", "Customs-Purpose", url.QueryEscape(v))
	send("GET", "https://"+url.PathEscape(strings.ToLower(strings.ReplaceAll(v, "@", ".")))+".example.sg/", "")
	send("POST", "http://127.0.0.1:1/plain?q="+url.QueryEscape(v), v)
	for _, raw := range []string{
		"CONNECT " + url.PathEscape(v) + ".example.sg:443 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET http://" + url.PathEscape(v) + "/ HTTP/1.1\r\nHost: " + url.PathEscape(v) + "\r\n\r\n",
		"NONSENSE " + v + "\r\n\r\n",
		"GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nBad Header " + v + "\r\n\r\n",
	} {
		seen.Write(rawExchange(t, c.proxy, raw))
	}
}

// rawExchange writes bytes to the proxy and returns what comes back within a
// bound.
func rawExchange(t *testing.T, addr, text string) []byte {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, deadline)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(2 * time.Second))
	io.WriteString(conn, text)
	conn.(*net.TCPConn).CloseWrite()
	out, _ := io.ReadAll(io.LimitReader(conn, 64<<10))
	return out
}

// slowUpload leaves a request open whose body holds the values.
func slowUpload(t *testing.T, c *city, values string) net.Conn {
	t.Helper()
	conn, err := net.DialTimeout("tcp", c.proxy, deadline)
	if err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(c.origin.URL, "https://")
	fmt.Fprintf(conn, "POST http://%s/slow HTTP/1.1\r\nHost: %s\r\nContent-Length: 100000\r\n\r\n%s", host, host, values)
	if err := bufio.NewWriter(conn).Flush(); err != nil {
		t.Fatal(err)
	}
	return conn
}

// searchAll looks for every value in every form in what was written.
func searchAll(t *testing.T, c *city, seen []byte, values []string) {
	t.Helper()
	places := placesBelow(t, c.dir)
	places["answers, metrics, logs and crash"] = seen
	if len(places) < 5 {
		t.Fatalf("only %d places to search: the gateway wrote nothing", len(places))
	}
	for _, f := range found(places, values) {
		t.Error(f)
	}
}

// found says where a value stands, and as what.
func found(places map[string][]byte, values []string) (out []string) {
	for _, v := range values {
		for form, text := range forms(v) {
			for place, content := range places {
				if bytes.Contains(content, text) {
					out = append(out, fmt.Sprintf("%s: a value stands there as %s", place, form))
				}
			}
		}
	}
	return out
}

// forms are the shapes in which a value could be written by accident.
func forms(v string) map[string][]byte {
	out := map[string][]byte{
		"raw": []byte(v), "hex": []byte(hex.EncodeToString([]byte(v))),
		"HEX": []byte(strings.ToUpper(hex.EncodeToString([]byte(v)))),
	}
	if q := url.QueryEscape(v); q != v {
		out["percent"] = []byte(q)
	}
	for i := range 3 { // each alignment, without the edges that depend on neighbours
		b := base64.StdEncoding.EncodeToString(append(make([]byte, i), v...))
		out[fmt.Sprint("base64 at ", i)] = []byte(b[(i*8+5)/6 : len(b)-4])
	}
	var wide []byte
	for _, u := range utf16.Encode([]rune(v)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	out["utf-16"] = wide
	if gb, err := simplifiedchinese.GB18030.NewEncoder().String(v); err == nil {
		out["gb18030"] = []byte(gb)
	}
	if q := strings.Trim(strconv.QuoteToASCII(v), `"`); q != v {
		out["escaped"] = []byte(q)
	}
	if digits := strings.Map(onlyDigits, v); len(digits) >= 9 {
		out["digits"] = []byte(digits)
	}
	return out
}

func onlyDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// The twin: the search must find a value in each of its forms.
func TestLeakSearchFinds(t *testing.T) {
	for _, v := range marked() {
		for form, text := range forms(v) {
			if !bytes.Contains(append([]byte("before "), text...), text) || len(text) < 4 {
				t.Errorf("form %s of a value of %d bytes is too short to search for", form, len(v))
			}
		}
		if b := []byte("xx" + base64.StdEncoding.EncodeToString([]byte("a"+v))); !bytes.Contains(b, forms(v)["base64 at 1"]) {
			t.Errorf("base64 at another place is not recognised for a value of %d bytes", len(v))
		}
	}
}
