package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var screens = flag.String("screens", "", "directory in which tests leave pictures of what a browser shows")

// browser is a Chromium that is told what to do through a pipe.
type browser struct {
	t       *testing.T
	to      *os.File
	from    *bufio.Reader
	session string
	asked   int
}

// browse starts Chromium behind the gateway, with one blank page.
func (c *city) browse(t *testing.T) *browser {
	t.Helper()
	chromium := needTool(t, "chromium")
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--remote-debugging-pipe",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=zh-CN", "--window-size=900,1300",
		"--user-data-dir="+filepath.Join(c.dir, "profile"), "--proxy-server=http://"+c.proxy, "--proxy-bypass-list=<-loopback>",
		"--ignore-certificate-errors-spki-list="+leafPin(t, c))
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4, where it looks for them
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	stop := time.AfterFunc(2*deadline, func() { cmd.Process.Kill() })
	t.Cleanup(func() {
		stop.Stop()
		ourOut.Close() // the end of the pipe ends it
		cmd.Process.Kill()
		cmd.Wait()
		ourIn.Close()
	})
	b := &browser{t: t, to: ourOut, from: bufio.NewReader(ourIn)}
	var target struct{ TargetID, SessionID string }
	b.do("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	b.do("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &target)
	b.session = target.SessionID
	b.do("Page.enable", nil, nil)
	return b
}

// next reads one message.
func (b *browser) next() (id int, method string, result json.RawMessage) {
	b.t.Helper()
	text, err := b.from.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("chromium: %v", err)
	}
	var m struct {
		ID            int
		Method        string
		Result, Error json.RawMessage
	}
	if err := json.Unmarshal(text[:len(text)-1], &m); err != nil || m.Error != nil {
		b.t.Fatalf("chromium: %v %s", err, m.Error)
	}
	return m.ID, m.Method, m.Result
}

// do runs a command of the DevTools protocol.
func (b *browser) do(method string, params map[string]any, into any) {
	b.t.Helper()
	b.asked++
	text, err := json.Marshal(map[string]any{"id": b.asked, "method": method, "params": params, "sessionId": b.session})
	if b.session == "" {
		text, err = json.Marshal(map[string]any{"id": b.asked, "method": method, "params": params})
	}
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatalf("chromium: %v", err)
	}
	for {
		id, _, result := b.next()
		if id != b.asked {
			continue
		}
		if into != nil && json.Unmarshal(result, into) != nil {
			b.t.Fatalf("%s: %s", method, result)
		}
		return
	}
}

// open goes to an address and waits for the page.
func (b *browser) open(url string) {
	b.t.Helper()
	b.do("Page.navigate", map[string]any{"url": url}, nil)
	for {
		if _, method, _ := b.next(); method == "Page.loadEventFired" {
			return
		}
	}
}

// read evaluates an expression to a text.
func (b *browser) read(expression string) string {
	b.t.Helper()
	var out struct{ Result struct{ Value any } }
	b.do("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true}, &out)
	return fmt.Sprint(out.Result.Value)
}

// picture is what the window shows, as a PNG.
func (b *browser) picture() []byte {
	b.t.Helper()
	var shot struct{ Data []byte }
	b.do("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	return shot.Data
}

// TestRefusedPage reads, in a real browser, the page that stands inside HTTPS
// in place of what was asked for.
func TestRefusedPage(t *testing.T) {
	if !inCI() && *screens == "" && os.Getenv("CUSTOMS_CHROMIUM") == "" {
		t.Skip("runs in CI, or with -screens DIR or CUSTOMS_CHROMIUM=1")
	}
	t.Parallel()
	c := newCity(t, sampleConfig)
	b := c.browse(t)
	b.open(c.origin.URL + "/patients?q=" + url.QueryEscape(childWithDiagnosis(t)))
	text, at := b.read("document.body.innerText"), b.read("location.origin + ' ' + isSecureContext")
	if at != c.origin.URL+" true" || !strings.Contains(text, "备案") || !strings.Contains(text, "filing") {
		t.Errorf("at %s the browser shows\n%.3000s", at, text)
	}
	c.wantRefusal(t, text, "FILING_NOT_FOUND")
	picture := b.picture()
	if len(picture) < 5000 {
		t.Errorf("a picture of %d bytes", len(picture))
	}
	if *screens != "" {
		if err := os.WriteFile(filepath.Join(*screens, "refused.png"), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// The upload of a page is refused in the form for programs.
	b.open(c.origin.URL + "/harbour")
	shown := b.read("fetch('/up', {method: 'POST', body: " + jsText(childWithDiagnosis(t)) + "}).then(r => r.text())")
	c.wantRefusal(t, shown, "FILING_NOT_FOUND")
	for _, a := range c.origin.arrivals() {
		if a.bytes > 0 || strings.Contains(a.path, "patients") {
			t.Errorf("origin saw %s %s", a.method, a.path)
		}
	}
}

// jsText is a text as JavaScript writes it.
func jsText(s string) string {
	b, _ := json.Marshal(s) // a text always can
	return string(b)
}
