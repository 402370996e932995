package stream_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/datacustoms/customs/policy/stream"
)

// rsyslog is a real rsyslogd, receiving over TLS.
type rsyslog struct {
	t                  testing.TB
	conf, out, address string
	cmd                *exec.Cmd
}

func newRsyslog(t *testing.T, pair tls.Certificate, ca []byte) *rsyslog {
	t.Helper()
	bin, err := exec.LookPath("rsyslogd")
	if err != nil {
		t.Skip("rsyslogd is not installed")
	}
	if m, _ := filepath.Glob("/usr/lib/*/rsyslog/lmnsd_gtls.so"); len(m) == 0 {
		t.Skip("rsyslog-gnutls is not installed")
	}
	dir := t.TempDir()
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"ca.pem": ca, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &rsyslog{t: t, conf: filepath.Join(dir, "rsyslog.conf"), out: filepath.Join(dir, "out.log"), address: l.Addr().String()}
	l.Close()
	_, port, _ := net.SplitHostPort(r.address)
	text := fmt.Sprintf(`global(workDirectory="%[1]s" maxMessageSize="256k" defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="%[1]s/ca.pem" defaultNetstreamDriverCertFile="%[1]s/ca.pem" defaultNetstreamDriverKeyFile="%[1]s/key.pem")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" port="%[2]s" address="127.0.0.1" ruleset="all")
template(name="raw" type="string" string="%%rawmsg%%\n")
ruleset(name="all") { action(type="omfile" file="%[3]s" template="raw" flushOnTXEnd="on") }
`, dir, port, r.out)
	if err := os.WriteFile(r.conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r.start(bin)
	t.Cleanup(r.kill)
	return r
}

func (r *rsyslog) start(bin string) {
	r.t.Helper()
	r.cmd = exec.Command(bin, "-n", "-f", r.conf, "-i", r.conf+".pid")
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	await(r.t, "rsyslogd to listen", func() bool {
		c, err := net.Dial("tcp", r.address)
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

func (r *rsyslog) kill() {
	r.cmd.Process.Kill()
	r.cmd.Wait()
}

// leave ends it as an operator does. Killed, it would lose what it had read and
// not yet written, which no sender can know.
func (r *rsyslog) leave() {
	r.t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		r.t.Fatal(err)
	}
	r.cmd.Wait()
}

// TestRsyslog ships to the receiver that most have, and restarts it meanwhile.
func TestRsyslog(t *testing.T) {
	t.Parallel()
	pair, pool, ca := certificate(t)
	server := newRsyslog(t, pair, ca)
	b := newBook(t, memory(), "d")
	b.some(600)
	s, stop := run(t, b, stream.NewSyslog(stream.SyslogOptions{Servers: []string{server.address}, TLS: &tls.Config{RootCAs: pool}}), syslogBodies)
	await(t, "some to arrive", func() bool { return s.State().Records > 0 })
	server.leave()
	b.some(100)
	await(t, "a failure", func() bool { return s.State().Fault != "" })
	server.start(server.cmd.Path)
	await(t, "all to arrive", func() bool { return s.State().Behind == 0 })
	stop()
	await(t, "all to be written", func() bool {
		text, err := os.ReadFile(server.out)
		for id := range b.want {
			if !bytes.Contains(text, []byte(`id="`+id+`"`)) {
				return false
			}
		}
		return err == nil
	})
	text, err := os.ReadFile(server.out)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d ids, %d lines, state %+v", len(b.want), strings.Count(string(text), "\n"), s.State())
}
