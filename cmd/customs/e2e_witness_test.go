package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// witnessProcess is a running customs witness serve.
type witnessProcess struct {
	cmd  *exec.Cmd
	done chan struct{}
	at   string // host:port
	mu   sync.Mutex
	out  bytes.Buffer
}

func (w *witnessProcess) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(b)
}

func (w *witnessProcess) output() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.String()
}

func startWitness(t *testing.T, args ...string) *witnessProcess {
	t.Helper()
	w := &witnessProcess{cmd: exec.Command(program(t), append([]string{"witness", "serve"}, args...)...), done: make(chan struct{})}
	w.cmd.Env = append(os.Environ(), asProgram+"=1")
	w.cmd.Stdout, w.cmd.Stderr = w, w
	if err := w.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { w.cmd.Wait(); close(w.done) }()
	t.Cleanup(func() {
		w.stop(t)
		if t.Failed() {
			t.Log(w.output())
		}
	})
	waitFor(t, "the witness to listen", func() bool {
		_, rest, ok := strings.Cut(w.output(), `"url":"https://`)
		w.at, _, _ = strings.Cut(rest, `"`)
		select {
		case <-w.done:
			t.Fatalf("the witness ended:\n%s", w.output())
		default:
		}
		return ok
	})
	return w
}

func (w *witnessProcess) stop(t *testing.T) {
	w.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-w.done:
	case <-time.After(deadline):
		w.cmd.Process.Kill()
		t.Error("the witness did not end on SIGTERM")
	}
}

// selfSigned writes a certificate for loopback and its key.
func selfSigned(t *testing.T, dir string) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "witness"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "w.pem"), filepath.Join(dir, "w.key")
	put(t, cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	put(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
	roots = x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(parsed)
	return cert, key, roots
}

// cosignedSize is how many entries the newest checkpoint on the disk covers
// that a witness cosigned.
func cosignedSize(t *testing.T, data string) (n int64) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "audit", "witnessed"))
	if err != nil {
		return 0
	}
	var origin string
	fmt.Sscan(string(text), &origin, &n)
	return n
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

// TestWitnessFindsARollback has a gateway whose log is cosigned over TLS and
// then replaced by an older copy: the witness's checkpoint shows it to an
// auditor, and the witness refuses the log, also when it has grown past it.
func TestWitnessFindsARollback(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, wdir := filepath.Join(dir, "customs-data"), filepath.Join(dir, "witness")
	cert, key, roots := selfSigned(t, dir)
	vkey, _, code := customs("witness", "init", "--name", "auditor.example/w1", "--data", wdir)
	if code != 0 {
		t.Fatal(vkey)
	}
	vkey = strings.TrimSpace(vkey)
	config := "listen: {proxy: \"127.0.0.1:0\", console: \"127.0.0.1:0\"}\nupstream: {roots: [w.pem]}\n"
	g := startGateway(t, dir, config)
	g.stop() // it has a key now that the witness can be told
	serve := []string{"--data", wdir, "--listen", "127.0.0.1:0", "--log", filepath.Join(data, "keys", "log.pub"), "--tls-cert", cert, "--tls-key", key}
	w := startWitness(t, serve...)
	config += fmt.Sprintf("audit:\n  checkpoint: 100ms\n  witnesses: [{url: \"https://%s\", key: %s}]\n", w.at, vkey)
	g = startGateway(t, dir, config)
	note := func(n int) {
		t.Helper()
		for i := range n {
			out, errs, code := customs("incident", "open", "--data", data, "--kind", "loss", "--by", "anna", "--reason", fmt.Sprint("exercise ", i))
			if code != 0 {
				t.Fatal(out, errs)
			}
		}
	}
	note(2)
	waitFor(t, "a cosigned checkpoint", func() bool { return cosignedSize(t, data) >= 2 })
	g.stop()
	older := filepath.Join(dir, "older")
	copyTree(t, filepath.Join(data, "audit"), older)
	g = startGateway(t, dir, config)
	before := cosignedSize(t, data)
	note(3)
	waitFor(t, "a longer one", func() bool { return cosignedSize(t, data) >= before+3 })
	g.stop()
	size := cosignedSize(t, data)
	out, errs, code := customs("audit", "verify", "--data", data, "--witness", vkey, "--lang", "en")
	if code != 0 || strings.Contains(out, "rollback not excluded") {
		t.Errorf("the log as it was: exit %d\n%s%s", code, out, errs)
	}
	t.Logf("cosigned:\n%s", out)
	known := fetchKnown(t, w.at, roots, filepath.Join(dir, "known"), data)

	copyTree(t, older, filepath.Join(data, "audit"))
	out, errs, code = customs("audit", "verify", "--data", data, "--known", known, "--lang", "en")
	if code != 1 {
		t.Errorf("an older copy with the witness's checkpoint: exit %d\n%s%s", code, out, errs)
	}
	t.Logf("replaced by an older copy: exit %d: %s", code, errs)
	g = startGateway(t, dir, config)
	g.waitOutput("WITNESS REFUSES the audit log: the witness cosigned "+fmt.Sprint(size)+" entries, more than this log has now", 1)
	note(int(size)) // past what the witness saw
	g.waitOutput("WITNESS REFUSES the audit log: the witness cosigned another history of this log", 1)
	waitFor(t, "the witness's own word", func() bool {
		return strings.Contains(w.output(), "REFUSED: the log does not continue what was cosigned")
	})
	alerts, _, _ := customs("alert", "list", "--data", data, "--lang", "en")
	if !strings.Contains(alerts, "a witness refuses to cosign the audit log: auditor.example/w1") {
		t.Errorf("no alert:\n%s", alerts)
	}
	w.stop(t)
	w = startWitness(t, serve...) // what it saw outlives it
	if out, _, code := customs("witness", "show", "--data", wdir); code != 0 || !strings.Contains(out, fmt.Sprintf("  %d  ", size)) {
		t.Errorf("after a restart the witness shows\n%s", out)
	}
	for _, line := range strings.Split(g.output(), "\n") {
		if strings.Contains(line, "WITNESS") {
			t.Log(line)
		}
	}
}

// fetchKnown gets the witness's newest checkpoint as an auditor would.
func fetchKnown(t *testing.T, at string, roots *x509.CertPool, name, data string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "audit", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	origin, _, _ := strings.Cut(string(text), "\n")
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer tr.CloseIdleConnections()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, "https://"+at+"/checkpoint?origin="+origin, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: tr, Timeout: deadline}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %v", resp.StatusCode, err)
	}
	put(t, name, string(b))
	return name
}
