package alert_test

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/datacustoms/customs/policy/alert"
)

// post is a mail server that keeps what arrives. Its fields say how it fails.
type post struct {
	mu       sync.Mutex
	mails    [][]byte
	from, to error
	data     error
}

type postSession struct{ p *post }

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return &postSession{p}, nil }

func (s *postSession) Reset()                                   {}
func (s *postSession) Logout() error                            { return nil }
func (s *postSession) Mail(string, *smtp.MailOptions) error     { return s.p.from }
func (s *postSession) Rcpt(_ string, _ *smtp.RcptOptions) error { return s.p.to }
func (s *postSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err == nil {
		err = s.p.data
	}
	if err != nil {
		return err
	}
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.mails = append(s.p.mails, text)
	return nil
}

// certificate is a pair of a server for 127.0.0.1, and the pool that knows it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	return &tls.Config{Certificates: s.TLS.Certificates}, poolOf(s)
}

// serve runs the server and returns its address.
func (p *post) serve(t *testing.T, conf *tls.Config, implicit bool) string {
	t.Helper()
	s := smtp.NewServer(p)
	s.Domain, s.TLSConfig = "relay.example.cn", conf
	s.ErrorLog = log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if implicit {
		l = tls.NewListener(l, conf)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { s.Close(); <-done })
	return l.Addr().String()
}

func mailer(t *testing.T, o alert.MailOptions) *alert.Mail {
	t.Helper()
	o.From, o.To, o.Limit = "customs@example.cn", "dpo@example.cn", cmp.Or(o.Limit, ample)
	m, err := alert.NewMail(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMail(t *testing.T) {
	conf, roots := certificate(t)
	tests := []struct {
		name     string
		conf     *tls.Config
		implicit bool
		o        alert.MailOptions
	}{
		{"STARTTLS", conf, false, alert.MailOptions{Roots: roots}},
		{"TLS from the first byte", conf, true, alert.MailOptions{TLS: alert.TLS, Roots: roots}},
		{"in clear", nil, false, alert.MailOptions{TLS: alert.NoTLS}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &post{}
			tt.o.Relay = p.serve(t, tt.conf, tt.implicit)
			a := alert.DateOf("filing", "SC-1", "expiry", "2026-12-01", -2, alert.Text{ZH: "标准合同到期", EN: "the standard contract ends"}).Sealed()
			a.Time, a.Node = start, "gw-1"
			for range 2 {
				if err := mailer(t, tt.o).Send(bg, &a); err != nil {
					t.Fatal(err)
				}
			}
			if len(p.mails) != 2 {
				t.Fatalf("%d mails", len(p.mails))
			}
			checkMail(t, p.mails[0], &a)
			if id := "Message-ID: <" + a.ID + "@example.cn>"; !bytes.Contains(p.mails[1], []byte(id)) {
				t.Error("a second mail of the same alert has another Message-ID")
			}
		})
	}
}

func checkMail(t *testing.T, text []byte, a *alert.Alert) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "[Data Customs] "+a.Title.ZH+" / "+a.Title.EN {
		t.Errorf("subject %q, %v", subject, err)
	}
	if m.Header.Get("To") != "<dpo@example.cn>" || m.Header.Get("Auto-Submitted") != "auto-generated" || m.Header.Get("X-Customs-Alert") != a.ID {
		t.Errorf("header %v", m.Header)
	}
	body, _ := io.ReadAll(m.Body)
	for _, want := range []string{"gw-1", "the standard contract ends", a.ID} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the mail has no %q:\n%s", want, body)
		}
	}
}

// TestMailFaults is what a relay may do wrong. No fault quotes it.
func TestMailFaults(t *testing.T) {
	const said = "SECRET-WORD-OF-THE-RELAY"
	conf, roots := certificate(t)
	code := func(n int) error {
		return &smtp.SMTPError{Code: n, EnhancedCode: smtp.EnhancedCode{n / 100, 7, 1}, Message: said}
	}
	trusted := alert.MailOptions{Roots: roots}
	tests := []struct {
		name    string
		p       *post
		conf    *tls.Config
		o       alert.MailOptions
		fault   string
		refused bool
	}{
		{"an address that does not exist", &post{to: code(550)}, conf, trusted, "refused the address with 550", true},
		{"greylisting", &post{to: code(451)}, conf, trusted, "put off the address with 451", false},
		{"a sender that may not", &post{from: code(553)}, conf, trusted, "refused the sender with 553", true},
		{"a full disk", &post{from: code(452)}, conf, trusted, "put off the sender with 452", false},
		{"a mail that is refused", &post{data: code(554)}, conf, trusted, "refused the mail with 554", true},
		{"a mail that is put off", &post{data: code(451)}, conf, trusted, "put off the mail with 451", false},
		{"no STARTTLS", &post{}, nil, trusted, "offers no STARTTLS", false},
		{"a certificate of nobody", &post{}, conf, alert.MailOptions{Roots: x509.NewCertPool()}, "not of a known authority", false},
		{"TLS with one that begins in clear", &post{}, conf, alert.MailOptions{TLS: alert.TLS, Roots: roots}, "does not speak TLS", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Relay = tt.p.serve(t, tt.conf, false)
			a := some("x").Sealed()
			err := mailer(t, tt.o).Send(bg, &a)
			wantFault(t, err, tt.fault, tt.refused, said)
			if len(tt.p.mails) > 0 {
				t.Error("a mail arrived")
			}
		})
	}
}

// TestRelayThatIsNone speaks to what accepts a connection and is no relay.
func TestRelayThatIsNone(t *testing.T) {
	tests := []struct{ name, says, fault string }{
		{"it says nothing", "", "no answer in time"},
		{"it speaks HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", "did not answer as one"},
		{"it is closed for now", "421 SECRET-WORD\r\n", "did not answer as one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				c, err := l.Accept()
				if err != nil {
					return
				}
				io.WriteString(c, tt.says)
				io.Copy(io.Discard, c)
				c.Close()
			}()
			defer func() { l.Close(); <-done }()
			a := some("x").Sealed()
			limit := ample
			if tt.says == "" {
				limit = patience
			}
			wantFault(t, mailer(t, alert.MailOptions{Relay: l.Addr().String(), Limit: limit}).Send(bg, &a), tt.fault, false, "SECRET-WORD")
		})
	}
	for _, relay := range []string{"", "host", "host:smtp"} {
		if _, err := alert.NewMail(alert.MailOptions{Relay: relay}); err == nil {
			t.Errorf("relay %q was taken", relay)
		}
	}
}
