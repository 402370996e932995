package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRefusalFormats asks for one refusal in each language and form.
func TestRefusalFormats(t *testing.T) {
	c := newCity(t, sampleConfig)
	body := childWithDiagnosis(t)
	tests := []struct {
		name, accept, language string
		contentType            string
		want                   []string
	}{
		{"a program that says nothing", "", "", "application/problem+json", []string{`"FILING_NOT_FOUND"`, `"remedy"`}},
		{"a program in English", "application/json", "en", "application/json", []string{"filing"}},
		{"a program in Chinese", "application/json", "zh-CN,zh;q=0.9", "application/json", []string{"备案"}},
		{"a browser", "text/html,application/xhtml+xml,*/*;q=0.8", "zh-CN", "text/html", []string{"备案", "FILING_NOT_FOUND", "filing", "<html"}},
	}
	for _, tt := range tests {
		for _, h2 := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				status, header, answer := c.post(c.client(h2), "/", body, "Accept", tt.accept, "Accept-Language", tt.language)
				if status != http.StatusForbidden || !strings.HasPrefix(header.Get("Content-Type"), tt.contentType) {
					t.Fatalf("%d %v\n%s", status, header, answer)
				}
				for _, want := range tt.want {
					if !strings.Contains(answer, want) {
						t.Errorf("no %q in\n%s", want, answer)
					}
				}
			})
		}
	}
}

// TestChromium lets a real browser run into a refusal inside HTTPS.
func TestChromium(t *testing.T) {
	if !inCI() && os.Getenv("CUSTOMS_CHROMIUM") == "" {
		t.Skip("runs in CI, or with CUSTOMS_CHROMIUM=1")
	}
	chromium := needTool(t, "chromium")
	c := newCity(t, sampleConfig)
	person := childWithDiagnosis(t)
	target := c.origin.URL + "/patients?q=" + url.QueryEscape(person)
	shot := filepath.Join(c.dir, "refusal.png")
	if keep := os.Getenv("CUSTOMS_SHOT"); keep != "" {
		shot = keep
	}
	flags := []string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir=" + filepath.Join(c.dir, "profile"), "--lang=zh-CN", "--window-size=900,1100",
		"--proxy-server=http://" + c.proxy, "--proxy-bypass-list=<-loopback>",
		"--ignore-certificate-errors-spki-list=" + leafPin(t, c)}
	for _, mode := range []string{"--dump-dom", "--screenshot=" + shot} {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		var out, errs bytes.Buffer
		cmd := exec.CommandContext(ctx, chromium, append(flags, mode, target)...)
		cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &errs, 5*time.Second
		if err := cmd.Run(); err != nil {
			t.Fatalf("chromium %s: %v\n%.2000s", mode, err, errs.String())
		}
		if mode == "--dump-dom" && (!strings.Contains(out.String(), "FILING_NOT_FOUND") || !strings.Contains(out.String(), "备案")) {
			t.Errorf("the page does not say why:\n%.4000s", out.String())
		}
	}
	if info, err := os.Stat(shot); err != nil || info.Size() < 5000 {
		t.Errorf("screenshot: %v", err)
	}
	if n := len(c.origin.arrivals()); n != 0 {
		t.Errorf("origin saw %d requests", n)
	}
}

// leafPin is the hash of the key of all leaves of this gateway, in the form
// that Chromium takes instead of a CA in its store.
func leafPin(t *testing.T, c *city) string {
	t.Helper()
	client := c.client(false)
	resp, err := client.Get(c.origin.URL + "/pin")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	c.origin.mu.Lock()
	c.origin.arrived = nil
	c.origin.mu.Unlock()
	return pinOf(resp.TLS)
}

func pinOf(s *tls.ConnectionState) string {
	sum := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}
