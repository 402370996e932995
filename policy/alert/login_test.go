package alert_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/alert"
)

// relayWithLogin answers one client by the letter: it takes a mail from whoever
// logs in as customs with the password pw.
func relayWithLogin(l net.Listener) {
	c, err := l.Accept()
	if err != nil {
		return
	}
	defer c.Close()
	lines := bufio.NewScanner(c)
	reply := func(text string) { _, _ = io.WriteString(c, text+"\r\n") }
	reply("220 relay")
	known, inMail := false, false
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		login, isPlain := strings.CutPrefix(rest, "PLAIN ")
		plain, _ := base64.StdEncoding.DecodeString(login)
		switch {
		case inMail && lines.Text() != ".":
		case inMail:
			inMail = false
			reply("250 taken")
		case word == "EHLO":
			reply("250-relay\r\n250 AUTH PLAIN")
		case word == "AUTH" && isPlain && string(plain) == "\x00customs\x00pw":
			known = true
			reply("235 welcome")
		case word == "AUTH":
			reply("535 5.7.8 SECRET-WORD")
		case !known && word != "QUIT" && word != "RSET":
			reply("530 log in first")
		case word == "DATA":
			inMail = true
			reply("354 go on")
		default:
			reply("250 ok")
		}
	}
}

func TestLogin(t *testing.T) {
	conf, roots := certificate(t)
	for _, tt := range []struct{ name, password, fault string }{
		{"the right password", "pw", ""},
		{"a wrong password can be mended", "wrong", "did not take the login"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			secure, done := tls.NewListener(l, conf), make(chan struct{})
			go func() { defer close(done); relayWithLogin(secure) }()
			defer func() { l.Close(); <-done }()
			a := some("x").Sealed()
			m := mailer(t, alert.MailOptions{Relay: l.Addr().String(), TLS: alert.TLS, User: "customs", Password: tt.password, Roots: roots})
			wantFault(t, m.Send(bg, &a), tt.fault, false, "SECRET-WORD")
		})
	}
}
