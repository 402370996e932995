package intercept_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
)

const (
	windowSize = 64 << 10
	windowGate = 192 << 10
)

// shore is a stage whose origin tells what it saw of each body.
type shore struct {
	*stage
	seen chan seen
}

type seen struct {
	bytes int64
	err   error
	note  string // a trailer
}

func (s *shore) arrived() seen {
	s.t.Helper()
	select {
	case a := <-s.seen:
		return a
	case <-time.After(8 * time.Second):
		s.t.Fatal("nothing arrived at the origin")
	}
	return seen{}
}

func windowStage(t *testing.T, handler http.HandlerFunc, opens bool) *shore {
	t.Helper()
	sh := &shore{seen: make(chan seen, 4)}
	if handler == nil {
		handler = func(w http.ResponseWriter, r *http.Request) {
			sum := sha256.New()
			n, err := io.Copy(sum, r.Body)
			sh.seen <- seen{n, err, r.Trailer.Get("X-Note")}
			io.WriteString(w, hex.EncodeToString(sum.Sum(nil)))
		}
	}
	h := proxytest.HouseOptions{Limit: windowGate, WindowBytes: windowSize}
	if !opens {
		h.WindowBytes = 0
	}
	sh.stage = newStage(t, setup{house: h, origin: proxytest.OriginOptions{Handler: handler},
		options: intercept.Options{MaxBody: windowGate, LeftoverTimeout: 200 * time.Millisecond}})
	return sh
}

// protocols runs a test over both versions of HTTP.
func protocols(t *testing.T, f func(t *testing.T, h2 bool)) {
	t.Helper()
	t.Run("h1", func(t *testing.T) { t.Parallel(); f(t, false) })
	t.Run("h2", func(t *testing.T) { t.Parallel(); f(t, true) })
}

func TestABodyInWindowsArrivesWhole(t *testing.T) {
	protocols(t, func(t *testing.T, h2 bool) {
		s := windowStage(t, nil, true)
		body := pattern(20 * windowSize)
		for _, known := range []bool{true, false} {
			r := request(t, http.MethodPost, s.url("/"), bytes.NewReader(body))
			if !known {
				r.Body, r.ContentLength, r.GetBody = io.NopCloser(bytes.NewReader(body)), -1, nil
				r.Trailer = http.Header{"X-Note": {"plain"}}
			}
			resp, got := s.do(s.client(h2), r)
			if resp.StatusCode != http.StatusOK || got != digest(body) {
				t.Errorf("length known %t: %d, %q", known, resp.StatusCode, got)
			}
		}
		for _, r := range s.records(2) {
			if r.Intent.Judged != "window" || r.Outcome.Sent != policy.SentAll || r.Outcome.Bytes != int64(len(body)) ||
				r.Groups.Bytes != int64(len(body)) || r.Groups.Parts < 5 {
				t.Errorf("judged %s, outcome %+v, groups %+v", r.Intent.Judged, r.Outcome, r.Groups)
			}
		}
		if a := s.arrived(); a.note != "" {
			t.Errorf("arrived %+v", a)
		}
		if a := s.arrived(); a.note != "plain" {
			t.Errorf("arrived %+v", a)
		}
	})
}

// Without a filing that opens windows a length above the limit is refused
// before the client sends its body.
func TestATooLargeLengthIsRefusedBeforeTheBody(t *testing.T) {
	protocols(t, func(t *testing.T, h2 bool) {
		s := windowStage(t, nil, false)
		body := &touched{}
		r := request(t, http.MethodPost, s.url("/"), body)
		r.ContentLength = 4 * windowGate
		r.Header.Set("Expect", "100-continue")
		resp, _ := s.do(s.client(h2), r)
		if resp.StatusCode != http.StatusRequestEntityTooLarge || body.read {
			t.Errorf("status %d, the body was asked for: %t", resp.StatusCode, body.read)
		}
		if r := s.records(1)[0]; !r.Verdict().Has(policy.Oversize) || r.Intent.Judged != "window" {
			t.Errorf("record %v", r.Verdict())
		}
		s.untouched()
	})
}

type touched struct{ read bool }

func (b *touched) Read([]byte) (int, error) { b.read = true; return 0, io.EOF }

// A window that is refused ends the body without its end: the origin sees
// what was released and no more, and the client is told while it still sends.
func TestAWindowIsRefusedOnTheWay(t *testing.T) {
	protocols(t, func(t *testing.T, h2 bool) {
		s := windowStage(t, nil, true)
		head := pattern(2*windowSize + windowSize/2)
		d := newDrip(append(append([]byte{}, head...), []byte(proxytest.Mark+strings.Repeat("x", 2*windowSize))...))
		r := request(t, http.MethodPost, s.url("/"), d)
		r.ContentLength = 10 << 20
		resp, err := s.client(h2).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		page := string(b)
		close(d.gone) // only now does the client stop to send
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden || !strings.Contains(page, string(policy.AfterRelease)) {
			t.Errorf("status %d, %s", resp.StatusCode, page)
		}
		rec := s.records(1)[0]
		if !strings.Contains(page, rec.ID) {
			t.Errorf("the record is not named: %s", page)
		}
		if rec.Outcome.Fault != policy.AfterRelease || rec.Outcome.Sent != policy.SentSome || rec.Intent.Decided.Action != policy.Block ||
			rec.Intent.Enforced != policy.Pass || rec.Outcome.Bytes > rec.Groups.Bytes {
			t.Errorf("record %+v, %+v, groups %+v", rec.Intent.Decided, rec.Outcome, rec.Groups)
		}
		a := s.arrived()
		if a.err == nil || a.bytes == 0 || a.bytes > rec.Groups.Bytes || rec.Groups.Bytes > int64(len(head)) {
			t.Errorf("arrived %+v; %d were released", a, rec.Groups.Bytes)
		}
	})
}

// A trailer is judged before the end goes.
func TestATrailerOfWindowsIsJudged(t *testing.T) {
	protocols(t, func(t *testing.T, h2 bool) {
		s := windowStage(t, nil, true)
		body := pattern(6 * windowSize)
		r := request(t, http.MethodPost, s.url("/"), io.NopCloser(bytes.NewReader(body)))
		r.ContentLength, r.Trailer = -1, http.Header{"X-Note": {proxytest.Mark}}
		if resp, _ := s.do(s.client(h2), r); resp.StatusCode != http.StatusForbidden {
			t.Errorf("status %d", resp.StatusCode)
		}
		if a := s.arrived(); a.err == nil || a.note != "" {
			t.Errorf("arrived %+v", a)
		}
		s.records(1)
	})
}

// A slow origin slows its client down: no more is read than can be held.
func TestASlowOriginHoldsTheClientBack(t *testing.T) {
	protocols(t, func(t *testing.T, h2 bool) {
		sent := make(chan struct{}) // the client has nothing left to send
		const size = 250 * windowSize
		s := windowStage(t, func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-sent:
				t.Error("the client was not held back")
			case <-time.After(300 * time.Millisecond):
			}
			io.Copy(io.Discard, r.Body)
		}, true)
		body := io.MultiReader(bytes.NewReader(pattern(size)), &last{then: sent})
		r := request(t, http.MethodPost, s.url("/"), body)
		r.ContentLength = size
		if resp, _ := s.do(s.client(h2), r); resp.StatusCode != http.StatusOK {
			t.Errorf("status %d", resp.StatusCode)
		}
		if r := s.records(1)[0]; r.Outcome.Sent != policy.SentAll {
			t.Errorf("outcome %+v", r.Outcome)
		}
	})
}

// last tells that a body was read to its end.
type last struct {
	then chan struct{}
	once sync.Once
}

func (l *last) Read([]byte) (int, error) {
	l.once.Do(func() { close(l.then) })
	return 0, io.EOF
}

// A client that goes away leaves a body without its end and a record.
func TestAClientGoesAwayBetweenWindows(t *testing.T) {
	protocols(t, func(t *testing.T, h2 bool) {
		began, seen := make(chan struct{}), make(chan error, 1)
		s := windowStage(t, func(_ http.ResponseWriter, r *http.Request) {
			io.CopyN(io.Discard, r.Body, 1000)
			close(began)
			_, err := io.Copy(io.Discard, r.Body)
			seen <- err
		}, true)
		pr, pw := io.Pipe()
		r := request(t, http.MethodPost, s.url("/"), pr)
		r.ContentLength = 10 << 20
		go func() {
			pw.Write(pattern(4 * windowSize))
			<-began
			pw.CloseWithError(io.ErrUnexpectedEOF)
		}()
		if resp, err := s.client(h2).Do(r); err == nil {
			resp.Body.Close()
			t.Errorf("status %d", resp.StatusCode)
		}
		rec := s.records(1)[0]
		if rec.Outcome == nil || rec.Outcome.Sent != policy.SentSome || rec.Outcome.Fault != policy.ClientGone {
			t.Errorf("outcome %+v", rec.Outcome)
		}
		if err := <-seen; err == nil {
			t.Error("the body arrived as if it were whole")
		}
	})
}

// An origin that answers before it has read all: the client has its answer at
// once, and what left is recorded.
func TestAnOriginAnswersBeforeTheEnd(t *testing.T) {
	protocols(t, func(t *testing.T, h2 bool) {
		s := windowStage(t, func(w http.ResponseWriter, r *http.Request) {
			io.CopyN(io.Discard, r.Body, 1000)
			w.WriteHeader(http.StatusAccepted)
			http.NewResponseController(w).Flush()
		}, true)
		d := newDrip(pattern(4 * windowSize))
		r := request(t, http.MethodPost, s.url("/"), d)
		r.ContentLength = 10 << 20
		resp, err := s.client(h2).Do(r)
		close(d.gone)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusAccepted {
			t.Errorf("status %d", resp.StatusCode)
		}
		if rec := s.records(1)[0]; rec.Outcome.Sent != policy.SentSome || rec.Outcome.Attempts != 1 {
			t.Errorf("outcome %+v", rec.Outcome)
		}
	})
}

// What breaks at the origin is never tried again.
func TestWindowsAreNeverSentAgain(t *testing.T) {
	s := windowStage(t, func(_ http.ResponseWriter, r *http.Request) {
		io.CopyN(io.Discard, r.Body, 1000)
		panic(http.ErrAbortHandler)
	}, true)
	body := pattern(8 * windowSize)
	resp, _ := s.do(s.client(true), request(t, http.MethodPut, s.url("/"), bytes.NewReader(body)))
	if resp.StatusCode < 500 {
		t.Errorf("status %d", resp.StatusCode)
	}
	if rec := s.records(1)[0]; rec.Outcome.Attempts != 1 || rec.Outcome.Sent != policy.SentSome {
		t.Errorf("outcome %+v", rec.Outcome)
	}
}
