package main

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/datacustoms/customs/policy/alert"
)

// bureau is who gets alerts: an HTTPS webhook and a mail server with STARTTLS
// on addresses that stay the same while they come and go.
type bureau struct {
	t        testing.TB
	conf     *tls.Config
	hookAt   string
	relayAt  string
	hook     *http.Server
	relay    *smtp.Server
	serving  sync.WaitGroup
	mu       sync.Mutex
	hooks    []alert.Alert
	mails    map[string][]string // Message-IDs by receiver
	unsigned int
	refuse   bool // the webhook takes nothing
}

const (
	bureauSecret = "0123456789abcdef0123456789abcdef"
	officer      = "dpo@example.cn"
	boss         = "boss@example.cn"
)

// newBureau has the certificate of an origin, which upstream.roots know.
func newBureau(t testing.TB, conf *tls.Config) *bureau {
	t.Helper()
	o := &bureau{t: t, conf: conf, mails: map[string][]string{}}
	for _, at := range []*string{&o.hookAt, &o.relayAt} {
		l := o.listen("127.0.0.1:0")
		*at = l.Addr().String()
		l.Close()
	}
	t.Cleanup(o.close)
	return o
}

func (o *bureau) listen(at string) net.Listener {
	o.t.Helper()
	l, err := net.Listen("tcp", at)
	if err != nil {
		o.t.Fatal(err)
	}
	return l
}

// config is what the configuration says of the bureau.
func (o *bureau) config() string {
	return fmt.Sprintf(`alerts:
  webhooks: [{url: "https://%s/hook", secret: hook.secret}]
  mail: {relay: "%s", from: customs@example.cn, to: [%s, %s]}
`, o.hookAt, o.relayAt, officer, boss)
}

func (o *bureau) openHook() {
	l := tls.NewListener(o.listen(o.hookAt), o.conf)
	o.hook = &http.Server{Handler: o, ErrorLog: log.New(io.Discard, "", 0)} // gateways are killed under it
	o.serving.Go(func() { _ = o.hook.Serve(l) })
}

func (o *bureau) openRelay() {
	l := o.listen(o.relayAt)
	o.relay = smtp.NewServer(o)
	o.relay.Domain, o.relay.TLSConfig, o.relay.ErrorLog = "relay.example.cn", o.conf, log.New(io.Discard, "", 0)
	o.serving.Go(func() { _ = o.relay.Serve(l) })
}

func (o *bureau) close() {
	if o.hook != nil {
		o.hook.Close()
	}
	if o.relay != nil {
		o.relay.Close()
	}
	o.serving.Wait()
}

// ServeHTTP is the webhook.
func (o *bureau) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var a alert.Alert
	err := json.Unmarshal(body, &a)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	if err != nil || r.Header.Get(alert.HeaderKey) != a.ID || r.Header.Get(alert.HeaderSignature) != alert.Signature([]byte(bureauSecret), body) {
		o.unsigned++
	}
	o.hooks = append(o.hooks, a)
}

// NewSession is the mail server.
func (o *bureau) NewSession(*smtp.Conn) (smtp.Session, error) { return &bureauMail{o: o}, nil }

type bureauMail struct {
	o  *bureau
	to string
}

func (s *bureauMail) Reset()                                    {}
func (s *bureauMail) Logout() error                             { return nil }
func (s *bureauMail) Mail(string, *smtp.MailOptions) error      { return nil }
func (s *bureauMail) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return nil }

func (s *bureauMail) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return errors.New("no mail")
	}
	s.o.mu.Lock()
	defer s.o.mu.Unlock()
	s.o.mails[s.to] = append(s.o.mails[s.to], strings.TrimSuffix(strings.TrimPrefix(m.Header.Get("Message-ID"), "<"), "@example.cn>"))
	return nil
}

// got returns what the webhook and each address have, as kind and mark by id.
func (o *bureau) got() (hooks []string, names map[string]string, mails map[string][]string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	names = map[string]string{}
	for _, a := range o.hooks {
		hooks = append(hooks, a.ID)
		names[a.ID] = string(a.Kind) + " " + a.Mark
	}
	return hooks, names, maps.Clone(o.mails)
}

// wantOnce wants the webhook and both addresses to have the same alerts, each
// once, and those to be of the marks in want.
func (o *bureau) wantOnce(want []string) {
	o.t.Helper()
	hooks, names, mails := o.got()
	var marks []string
	for _, id := range hooks {
		marks = append(marks, names[id])
	}
	slices.Sort(marks)
	slices.Sort(want)
	if !slices.EqualFunc(marks, want, strings.HasPrefix) {
		o.t.Errorf("the webhook got\n  %s\nwant\n  %s", strings.Join(marks, "\n  "), strings.Join(want, "\n  "))
	}
	slices.Sort(hooks)
	for _, to := range []string{officer, boss} {
		slices.Sort(mails[to])
		if !slices.Equal(mails[to], hooks) {
			o.t.Errorf("%s got %v\nthe webhook %v", to, mails[to], hooks)
		}
	}
	if o.unsigned > 0 {
		o.t.Errorf("%d calls of the webhook had no good key or signature", o.unsigned)
	}
}

// certificateOf is the pair of a server on loopback.
func certificateOf(s *httptest.Server) *tls.Config {
	return &tls.Config{Certificates: s.TLS.Certificates}
}
