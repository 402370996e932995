package witness_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/policytest/faultfs"
	"github.com/datacustoms/customs/policy/witness"
)

// FuzzAddCheckpoint sends any body; only the two that were made are cosigned.
func FuzzAddCheckpoint(f *testing.F) {
	log := newLog(f, "a", seed('l'))
	c5, s5 := log.grow(5)
	c9, s9 := log.grow(9)
	first, again, second := log.body(0, c5, s5), log.body(5, c5, s5), log.body(5, c9, s9)
	f.Add([]byte(first))
	f.Add([]byte(second))
	f.Add([]byte("old 9223372036854775807\n\nx\n9223372036854775807\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		w := open(t, faultfs.New(), "w", log.key)
		defer w.Close()
		if code, _, _ := post(t, w, first); code != 200 {
			t.Fatal(code)
		}
		code, text, _ := post(t, w, string(body))
		if code >= 500 || code == 200 && text == "" {
			t.Errorf("answered %d %q", code, text)
		}
		if at, _, _ := post(t, w, again); at != 200 && code != 200 {
			t.Errorf("the first is the newest no more, after %d", code)
		}
	})
}

// FuzzParseKey wants any line to be refused without being quoted, or to sign.
func FuzzParseKey(f *testing.F) {
	private, public, err := witness.GenerateKey("w.example")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(private)
	f.Add(public)
	f.Fuzz(func(t *testing.T, line string) {
		s, v, _, err := witness.ParseKey(line, func() time.Time { return clockAt })
		if err != nil {
			if len(line) > 60 && strings.Contains(err.Error(), line[40:60]) {
				t.Error("the key is quoted")
			}
			return
		}
		text := "o\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
		if sig, err := s.Sign([]byte(text)); err != nil || !v.Verify([]byte(text), sig) {
			t.Errorf("the key does not sign: %v", err)
		}
	})
}

// FuzzAnswer has a witness answer anything: what the client takes is a
// cosignature of its key over this checkpoint, and nothing more.
func FuzzAnswer(f *testing.F) {
	log := newLog(f, "a", seed('l'))
	at, signed := log.grow(5)
	w := open(f, faultfs.New(), "w", log.key)
	_, good, _ := post(f, w, log.body(0, at, signed))
	_, key := witnessKey(f, "w.example")
	answer := make(chan func(http.ResponseWriter), 1)
	srv := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		do := <-answer
		answer <- do
		do(out)
	}))
	f.Cleanup(srv.Close)
	f.Add(200, "text/plain", []byte(good))
	f.Add(409, "text/x.tlog.size", []byte("3\n"))
	f.Add(409, "text/x.tlog.size; charset", []byte("9223372036854775807\n"))
	f.Add(422, "", []byte{})
	f.Fuzz(func(t *testing.T, status int, kind string, body []byte) {
		if status < 200 || status > 599 || strings.ContainsAny(kind, "\r\n") {
			return
		}
		answer <- func(out http.ResponseWriter) {
			out.Header().Set("Content-Type", kind)
			out.WriteHeader(status)
			_, _ = out.Write(body)
		}
		defer func() { <-answer }()
		c := client(t, srv.URL, nil, "w.example")
		line, err := c.Cosign(t.Context(), signed, at, log.hashes(at))
		if err != nil {
			if line != nil || len(body) > 40 && strings.Contains(err.Error(), string(body[:40])) {
				t.Errorf("%q with %v", line, err)
			}
			return
		}
		if n, err := note.Open([]byte(at.Text()+"\n"+string(line)), note.VerifierList(key)); err != nil || len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0 {
			t.Errorf("took %q: %v", line, err)
		}
	})
}
