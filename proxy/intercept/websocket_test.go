package intercept_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/proxytest"
)

// echoes is an origin that sends each message back and keeps it.
type echoes struct {
	o websocket.AcceptOptions

	mu    sync.Mutex
	got   []string                  // guarded by mu
	ended chan websocket.StatusCode // may be nil
	more  func(c *websocket.Conn)   // after the handshake
}

func (e *echoes) serve(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, &e.o)
	if err != nil {
		return
	}
	defer c.CloseNow()
	c.SetReadLimit(-1)
	if e.more != nil {
		e.more(c)
	}
	for {
		kind, b, err := c.Read(r.Context())
		if err != nil {
			if e.ended != nil {
				e.ended <- websocket.CloseStatus(err)
			}
			return
		}
		e.mu.Lock()
		e.got = append(e.got, string(b))
		e.mu.Unlock()
		if c.Write(r.Context(), kind, b) != nil {
			return
		}
	}
}

func (e *echoes) messages() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.got...)
}

// socket opens a WebSocket through the gateway.
func (s *stage) socket(ctx context.Context, o *websocket.DialOptions) *websocket.Conn {
	s.t.Helper()
	if o == nil {
		o = &websocket.DialOptions{}
	}
	o.HTTPClient = s.client(false)
	c, _, err := websocket.Dial(ctx, "wss://"+name+":"+s.port()+"/chat", o)
	if err != nil {
		s.t.Fatal(err)
	}
	c.SetReadLimit(-1)
	s.t.Cleanup(func() { c.CloseNow() })
	return c
}

// parts counts the messages of a flow that left, by the log.
func (s *stage) parts(flow string) (n int64) {
	for _, e := range s.house.Entries() {
		if e.Kind == policy.KindGroup && e.Flow == flow {
			n += e.Group.Parts
		}
	}
	return n
}

func limited(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestSocketMessagesArriveAsTheyWereSent(t *testing.T) {
	modes := map[string]websocket.CompressionMode{"plain": websocket.CompressionDisabled,
		"window kept": websocket.CompressionContextTakeover, "window dropped": websocket.CompressionNoContextTakeover}
	for mode, compression := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			e := &echoes{o: websocket.AcceptOptions{CompressionMode: compression, CompressionThreshold: 1}}
			s := newStage(t, setup{origin: proxytest.OriginOptions{Handler: e.serve}}) // an origin that speaks h2 too
			ctx := limited(t)
			c := s.socket(ctx, &websocket.DialOptions{CompressionMode: compression, CompressionThreshold: 1})
			for i, size := range []int{0, 1, 125, 126, 5000, 65535, 65536, 200000} {
				kind, want := websocket.MessageText, pattern(size)
				if i%2 == 1 {
					kind = websocket.MessageBinary
				}
				if err := c.Write(ctx, kind, want); err != nil {
					t.Fatal(err)
				}
				gotKind, got, err := c.Read(ctx)
				if err != nil || gotKind != kind || digest(got) != digest(want) {
					t.Fatalf("%d bytes came back as %d of kind %v, %v", size, len(got), gotKind, err)
				}
			}
			go c.Read(ctx) // pongs are read by it
			if err := c.Ping(ctx); err != nil {
				t.Errorf("ping: %v", err)
			}
			if err := c.Close(websocket.StatusNormalClosure, ""); err != nil {
				t.Errorf("close: %v", err)
			}
			r := s.records(1)[0]
			if r.Outcome == nil || r.Outcome.Status != 101 || r.Outcome.Fault != "" || r.Outcome.Sent != policy.SentAll {
				t.Errorf("outcome = %+v", r.Outcome)
			}
		})
	}
}

func TestThirdSocketMessageIsRefused(t *testing.T) {
	for _, compression := range []websocket.CompressionMode{websocket.CompressionDisabled, websocket.CompressionContextTakeover} {
		e := &echoes{o: websocket.AcceptOptions{CompressionMode: compression, CompressionThreshold: 1}, ended: make(chan websocket.StatusCode, 1)}
		s := newStage(t, setup{origin: proxytest.OriginOptions{Handler: e.serve}})
		ctx := limited(t)
		c := s.socket(ctx, &websocket.DialOptions{CompressionMode: compression, CompressionThreshold: 1})
		for i := range 5 { // sent without waiting, so that they may be judged together
			m := fmt.Sprintf("message %d", i+1)
			if i == 2 {
				m += proxytest.Mark
			}
			if c.Write(ctx, websocket.MessageText, []byte(m)) != nil {
				break
			}
		}
		var err error
		for err == nil {
			_, _, err = c.Read(ctx)
		}
		r := s.records(1)[0]
		select {
		case <-e.ended:
		case <-ctx.Done():
		}
		var closed websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != websocket.StatusPolicyViolation ||
			!strings.Contains(closed.Reason, string(policy.AfterRelease)) || !strings.HasSuffix(closed.Reason, "record="+r.ID) {
			t.Errorf("the client saw %v, want a close with the record %s", err, r.ID)
		}
		if got := e.messages(); strings.Join(got, ",") != "message 1,message 2" {
			t.Errorf("the origin got %q", got)
		}
		if r.Intent.Judged != "message" || s.parts(r.ID) != 2 || r.Outcome.Fault != policy.AfterRelease || r.Outcome.Sent != policy.SentSome ||
			!r.Intent.Decided.Has(policy.AfterRelease) || !r.Intent.Decided.Has(policy.FilingNotFound) {
			t.Errorf("judged %q, decided %+v, %d parts, outcome %+v", r.Intent.Judged, r.Intent.Decided, s.parts(r.ID), r.Outcome)
		}
	}
}

func TestSocketCloseCodesPass(t *testing.T) {
	e := &echoes{ended: make(chan websocket.StatusCode, 2)}
	s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: e.serve}})
	ctx := limited(t)
	saw := func(want websocket.StatusCode) {
		t.Helper()
		select {
		case got := <-e.ended:
			if got != want {
				t.Errorf("the origin saw %v, want %v", got, want)
			}
		case <-ctx.Done():
			t.Errorf("the origin saw no close, want %v", want)
		}
	}
	if err := s.socket(ctx, nil).Close(4001, "done for today"); err != nil {
		t.Errorf("close: %v", err)
	}
	s.records(1)
	saw(4001)
	if s.socket(ctx, nil).Close(4002, proxytest.Mark) == nil {
		t.Error("a close reason that holds data was answered as usual")
	}
	if r := s.records(2)[1]; !r.Intent.Decided.Has(policy.FilingNotFound) {
		t.Errorf("decided %+v", r.Intent.Decided)
	}
	saw(websocket.StatusGoingAway)
}

func TestSocketThatTheOriginCloses(t *testing.T) {
	e := &echoes{more: func(c *websocket.Conn) { c.Close(4003, "full") }}
	s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: e.serve}})
	ctx := limited(t)
	_, _, err := s.socket(ctx, nil).Read(ctx)
	var closed websocket.CloseError
	if !errors.As(err, &closed) || closed.Code != 4003 || closed.Reason != "full" {
		t.Errorf("the client saw %v", err)
	}
	if r := s.records(1)[0]; r.Outcome.Fault != "" {
		t.Errorf("outcome %+v", r.Outcome)
	}
}

func TestSocketEndsWhenOneSideIsGone(t *testing.T) {
	t.Run("client", func(t *testing.T) {
		e := &echoes{}
		s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: e.serve}})
		s.socket(limited(t), nil).CloseNow()
		if r := s.records(1)[0]; r.Outcome.Fault != policy.ClientGone {
			t.Errorf("outcome %+v", r.Outcome)
		}
	})
	t.Run("origin", func(t *testing.T) {
		e := &echoes{more: func(c *websocket.Conn) { c.CloseNow() }}
		s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: e.serve}})
		ctx := limited(t)
		if _, _, err := s.socket(ctx, nil).Read(ctx); err == nil || websocket.CloseStatus(err) != -1 {
			t.Errorf("the client saw %v", err)
		}
		if r := s.records(1)[0]; r.Outcome.Fault != policy.OriginCut {
			t.Errorf("outcome %+v", r.Outcome)
		}
	})
	t.Run("nothing moves", func(t *testing.T) {
		t.Parallel()
		e := &echoes{}
		s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: e.serve}, options: intercept.Options{ResponseIdle: 100 * time.Millisecond}})
		ctx := limited(t)
		_, _, err := s.socket(ctx, nil).Read(ctx)
		if websocket.CloseStatus(err) != websocket.StatusGoingAway {
			t.Errorf("the client saw %v", err)
		}
		if r := s.records(1)[0]; r.Outcome.Fault != policy.OriginTimeout {
			t.Errorf("outcome %+v", r.Outcome)
		}
	})
	t.Run("the gateway shuts down", func(t *testing.T) {
		e := &echoes{}
		s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: e.serve}})
		ctx := limited(t)
		c := s.socket(ctx, nil)
		down := make(chan error, 1)
		go func() { down <- s.i.Shutdown(ctx) }()
		_, _, err := c.Read(ctx)
		var closed websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != websocket.StatusGoingAway || !strings.HasPrefix(closed.Reason, string(policy.Draining)) {
			t.Errorf("the client saw %v", err)
		}
		if err := <-down; err != nil {
			t.Error(err)
		}
		if r := s.records(1)[0]; r.Outcome.Fault != policy.Draining {
			t.Errorf("outcome %+v", r.Outcome)
		}
	})
}
