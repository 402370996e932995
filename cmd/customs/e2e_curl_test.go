package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCurl sends bodies of two sizes by curl over HTTP/1.1 and HTTP/2, and
// wants the origin to have received exactly them, with their length stated.
func TestCurl(t *testing.T) {
	t.Parallel()
	curl := needTool(t, "curl")
	c := newCity(t, sampleConfig)
	for _, size := range []int{0, 1 << 10, 50 << 20} {
		file := filepath.Join(c.dir, fmt.Sprint("body", size))
		body := textBody(size)
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(body)
		want := fmt.Sprintf("%d %s\n", size, hex.EncodeToString(sum[:]))
		for _, proto := range []string{"--http1.1", "--http2"} {
			for _, form := range []string{"get", "post", "expect", "chunked"} {
				if form == "get" && size > 0 || form == "chunked" && proto == "--http2" {
					continue
				}
				t.Run(fmt.Sprintf("%s %s %d", form, proto, size), func(t *testing.T) {
					before := len(c.origin.arrivals())
					args := []string{"-sS", "--fail-with-body", "--max-time", "60", proto, "--proxy", "http://" + c.proxy, "--cacert", c.caFile}
					switch form {
					case "post":
						args = append(args, "-H", "Expect:", "--data-binary", "@"+file)
					case "expect":
						args = append(args, "-H", "Expect: 100-continue", "--expect100-timeout", "20", "--data-binary", "@"+file)
					case "chunked":
						args = append(args, "-H", "Expect:", "-H", "Transfer-Encoding: chunked", "--data-binary", "@"+file)
					}
					out, err := exec.Command(curl, append(args, c.origin.URL+"/in")...).CombinedOutput()
					if err != nil || string(out) != want {
						t.Fatalf("curl %v: %v\ngot  %.300s\nwant %s", args, err, out, want)
					}
					all := c.origin.arrivals()
					if len(all) != before+1 {
						t.Fatalf("origin saw %d requests", len(all)-before)
					}
					length := int64(size)
					if form == "chunked" {
						length = -1
					}
					if a := all[before]; a.length != length && !(size == 0 && a.length <= 0) {
						t.Errorf("origin saw Content-Length %d, want %d", a.length, length)
					}
				})
			}
		}
	}
}

// textBody is n bytes of text in which nothing is to be found.
func textBody(n int) []byte {
	line := "the harbour opens at dawn and the ships go out one after another\n"
	return []byte(strings.Repeat(line, n/len(line)+1)[:n])
}

// TestGitClone clones a repository over HTTPS through the gateway: git's smart
// protocol posts gzip'd bodies and streams answers of unknown length.
func TestGitClone(t *testing.T) {
	t.Parallel()
	git := needTool(t, "git")
	c := newCity(t, sampleConfig)
	repo := filepath.Join(c.dir, "repo")
	serveGit(t, c.origin, git, repo)
	clone := exec.Command(git, "-c", "http.proxy=http://"+c.proxy, "-c", "http.sslCAInfo="+c.caFile,
		"clone", "-q", c.origin.URL+"/git/repo", filepath.Join(c.dir, "clone"))
	clone.Env = append(os.Environ(), "GIT_SSL_CAINFO="+c.caFile, "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	if out, err := clone.CombinedOutput(); err != nil {
		t.Fatalf("git clone: %v\n%s\n%s", err, out, c.output())
	}
	want := gitRun(t, git, repo, "rev-parse", "HEAD")
	if got := gitRun(t, git, filepath.Join(c.dir, "clone"), "rev-parse", "HEAD"); got != want {
		t.Errorf("cloned %s, want %s", got, want)
	}
}
