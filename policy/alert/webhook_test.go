package alert_test

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy/alert"
)

const (
	patience = 300 * time.Millisecond // with a receiver that says nothing
	ample    = 10 * time.Second       // with any other, on a busy machine
)

func poolOf(s *httptest.Server) *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(s.Certificate())
	return p
}

func TestWebhook(t *testing.T) {
	var got *http.Request
	var body []byte
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
	}))
	defer s.Close()
	a := alert.VolumeOf("91310115MA1K3ABC99", alert.Facts{Exporter: "91310115MA1K3ABC99", Limit: "national.sp.10000", Count: 9001, Max: 10000, Percent: 90}, "2026", false)
	a = a.Sealed()
	secret := []byte("0123456789abcdef")
	hook := alert.NewWebhook(alert.WebhookOptions{URL: s.URL + "/hook", Secret: secret, Roots: poolOf(s)})
	if err := hook.Send(bg, &a); err != nil {
		t.Fatal(err)
	}
	var back alert.Alert
	if err := json.Unmarshal(body, &back); err != nil || back.ID != a.ID || back.Facts.Count != 9001 || back.Schema != "dc.alert/1" {
		t.Errorf("body %s, %v", body, err)
	}
	if got.Header.Get("Idempotency-Key") != a.ID || got.Header.Get("Content-Type") != "application/json" {
		t.Errorf("headers %v", got.Header)
	}
	if sign := got.Header.Get("Customs-Signature"); sign != alert.Signature(secret, body) || !strings.HasPrefix(sign, "sha256=") {
		t.Errorf("signature %q", sign)
	}
	if !strings.HasPrefix(hook.Name(), "webhook-") || strings.Contains(hook.Name(), "hook/") {
		t.Errorf("name %q", hook.Name())
	}
}

// TestWebhookFaults is what a receiver may do wrong. No fault quotes it.
func TestWebhookFaults(t *testing.T) {
	const said = "SECRET-WORD-OF-THE-RECEIVER"
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, said, code) }
	}
	raw := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				io.WriteString(c, text)
				c.Close()
			}
		}
	}
	hang := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		<-r.Context().Done()
	}
	tests := []struct {
		name    string
		handle  http.HandlerFunc
		fault   string
		refused bool
	}{
		{"an error of its own", status(500), "it answered 500", false},
		{"it is too busy", status(429), "it answered 429", false},
		{"a token that ran out", status(401), "it answered 401", false},
		{"no such path", status(404), "it answered 404", false},
		{"it cannot use the alert", status(422), "it answered 422", true},
		{"it is gone", status(410), "it answered 410", true},
		{"it sends elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/other-"+said, http.StatusTemporaryRedirect)
		}, "a redirect is not followed", false},
		{"it hangs", hang, "no answer in time", false},
		{"it closes", raw(""), "it closed the connection", false},
		{"garbage", raw(said + "\r\n\r\n"), "its answer was not understood", false},
		{"an endless head", raw("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 1<<20)), "its answer was not understood", false},
		{"a body that never ends", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 32<<10)); err != nil {
					return
				}
			}
		}, "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewTLSServer(tt.handle)
			defer s.Close()
			a := some("x").Sealed()
			limit := ample
			if tt.fault == "no answer in time" {
				limit = patience
			}
			err := alert.NewWebhook(alert.WebhookOptions{URL: s.URL, Roots: poolOf(s), Limit: limit}).Send(bg, &a)
			wantFault(t, err, tt.fault, tt.refused, said)
		})
	}
}

func wantFault(t *testing.T, err error, fault string, refused bool, never string) {
	t.Helper()
	if fault == "" {
		if err != nil {
			t.Errorf("Send = %v, want nil", err)
		}
		return
	}
	var r *alert.RefusedError
	if err == nil || !strings.Contains(err.Error(), fault) || errors.As(err, &r) != refused {
		t.Errorf("Send = %v, want %q, for good %v", err, fault, refused)
	}
	if err != nil && strings.Contains(err.Error(), never) {
		t.Errorf("the fault quotes the receiver: %v", err)
	}
}

func TestWebhookCannotBeReached(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	roots := poolOf(s)
	a := some("x").Sealed()
	limit := ample
	send := func(url string, roots *x509.CertPool) error {
		return alert.NewWebhook(alert.WebhookOptions{URL: url, Roots: roots, Limit: limit}).Send(bg, &a)
	}
	wantFault(t, send(s.URL, x509.NewCertPool()), "not of a known authority", false, "x")
	wantFault(t, send(strings.Replace(s.URL, "127.0.0.1", "localhost", 1), roots), "for another name", false, "\x00")
	wantFault(t, send(strings.Replace(plain.URL, "http:", "https:", 1), roots), "does not speak TLS", false, "\x00")
	address := s.URL
	s.Close()
	wantFault(t, send(address, roots), "connection refused", false, "127.0.0.1")
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	limit = patience
	wantFault(t, send("https://"+l.Addr().String(), roots), "no answer in time", false, "127.0.0.1")
}
