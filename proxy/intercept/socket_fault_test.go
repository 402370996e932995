package intercept_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/message"
	"github.com/datacustoms/customs/proxy/proxytest"
)

const opening = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

// speak opens a WebSocket, sends raw bytes, and returns what close frame
// comes.
func (s *stage) speak(extra, frames string) (uint16, string) {
	s.t.Helper()
	c := s.raw()
	defer c.Close()
	io.WriteString(c, s.head("GET /")+extra+opening)
	br := bufio.NewReader(c)
	resp, err := http.ReadResponse(br, &http.Request{Method: "GET"})
	if err != nil || resp.StatusCode != 101 {
		s.t.Fatalf("opened with %+v, %v", resp, err)
	}
	io.WriteString(c, frames)
	in := message.NewFrames(br, message.Server, false)
	for {
		f, err := in.Next()
		if err != nil {
			return 0, err.Error()
		}
		b := make([]byte, f.Size)
		if _, err := io.ReadFull(in, b); err != nil && f.Size > 0 {
			return 0, err.Error()
		}
		if f.Kind == message.Close {
			return message.CloseOf(b)
		}
	}
}

// frame is one masked frame; its mask is of zeros.
func frame(first byte, payload string) string {
	if len(payload) > 125 {
		return string([]byte{first, 0xfe, byte(len(payload) >> 8), byte(len(payload))}) + "\x00\x00\x00\x00" + payload
	}
	return string([]byte{first, 0x80 | byte(len(payload))}) + "\x00\x00\x00\x00" + payload
}

func TestSocketFramesThatAreRefused(t *testing.T) {
	tests := []struct {
		name, extra, frames string
		close               uint16
		code                policy.Code
		before              int // messages that reach the origin
	}{
		{"not masked", "", "\x81\x01a", 1002, policy.MessageMalformed, 0},
		{"after a good one", "", frame(0x81, "fine") + frame(0x83, ""), 1002, policy.MessageMalformed, 1},
		{"deflated but not agreed on", "", frame(0xc1, "abc"), 1002, policy.MessageMalformed, 0},
		{"an extension nobody reads", "Sec-WebSocket-Extensions: x-webkit-deflate-frame\r\n", frame(0xc1, "abc"), 1002, policy.MessageMalformed, 0},
		{"text that is no UTF-8", "", frame(0x81, "\xff\xfe"), 1007, policy.MessageMalformed, 0},
		{"larger than the gate", "", frame(0x02, strings.Repeat("x", 30000)) + frame(0x80, strings.Repeat("x", 30000)), 1009, policy.Oversize, 0},
		{"data in a pong that nobody asked for", "", frame(0x8a, proxytest.Mark) + frame(0x81, proxytest.Mark), 1008, policy.FilingNotFound, 0},
		{"data in pieces", "", frame(0x01, proxytest.Mark[:5]) + frame(0x89, "x") + frame(0x80, proxytest.Mark[5:]), 1008, policy.FilingNotFound, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := &echoes{}
			s := newStage(t, setup{house: proxytest.HouseOptions{Limit: 50000}, origin: proxytest.OriginOptions{Handler: e.serve}})
			code, reason := s.speak(tt.extra, tt.frames)
			r := s.records(1)[0]
			if code != tt.close || !strings.Contains(reason, string(tt.code)) || !strings.HasSuffix(reason, "record="+r.ID) {
				t.Errorf("closed with %d %q", code, reason)
			}
			if got := e.messages(); len(got) != tt.before || strings.Contains(strings.Join(got, ""), "MARK") {
				t.Errorf("the origin got %q", got)
			}
			if !r.Intent.Decided.Has(tt.code) || r.Outcome == nil || r.Outcome.Sent != policy.SentSome {
				t.Errorf("decided %+v, outcome %+v", r.Intent.Decided, r.Outcome)
			}
		})
	}
}

func TestSocketOriginThatSpeaksNonsense(t *testing.T) {
	accept := "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
	for name, frames := range map[string]string{"masked": "\x81\x81\x00\x00\x00\x00a", "deflated": "\xc1\x01a", "unknown": "\x83\x00"} {
		s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: says(accept+"\r\n\x81\x05first"+frames, func(c net.Conn, rw *bufio.ReadWriter) { io.Copy(io.Discard, rw) })}})
		code, reason := s.speak("", "")
		r := s.records(1)[0]
		if code != 1002 || !strings.Contains(reason, r.ID) || r.Outcome.Fault != policy.MessageMalformed {
			t.Errorf("%s: closed with %d %q, outcome %+v", name, code, reason, r.Outcome)
		}
	}
	s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: says(accept+"Sec-WebSocket-Extensions: permessage-bzip2\r\n\r\n", nil)}})
	c := s.raw()
	io.WriteString(c, s.head("GET /")+opening)
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: "GET"})
	if err != nil || resp.StatusCode < 400 || resp.Header.Get("X-Customs-Record") == "" {
		t.Errorf("an extension that nobody asked for: %+v, %v", resp, err)
	}
}

// A client that takes nothing stops the origin, not the gateway's memory.
func TestSocketWaitsForTheSlow(t *testing.T) {
	var sent int64
	stuck := make(chan int64, 1)
	e := &echoes{more: func(c *websocket.Conn) {
		for range 4096 {
			w := time.AfterFunc(500*time.Millisecond, func() { c.CloseNow() })
			if c.Write(limited(t), websocket.MessageBinary, make([]byte, 64<<10)) != nil {
				break
			}
			w.Stop()
			sent += 64 << 10
		}
		stuck <- sent
	}}
	s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: e.serve}})
	c := s.socket(limited(t), nil)
	if n := <-stuck; n >= 256<<20 {
		t.Errorf("the gateway took %d bytes for a client that reads none", n)
	}
	c.CloseNow()
	s.records(1)
}

func TestObservedMessagesGoByAndAreRead(t *testing.T) {
	e := &echoes{o: websocket.AcceptOptions{CompressionMode: websocket.CompressionContextTakeover, CompressionThreshold: 1}}
	s := newStage(t, setup{house: proxytest.HouseOptions{Mode: proxy.Observe}, origin: proxytest.OriginOptions{Handler: e.serve}})
	ctx := limited(t)
	c := s.socket(ctx, &websocket.DialOptions{CompressionMode: websocket.CompressionContextTakeover, CompressionThreshold: 1})
	for i := range 3 {
		want := fmt.Appendf(nil, "%d %s %d", i, proxytest.Mark, i)
		if err := c.Write(ctx, websocket.MessageText, want); err != nil {
			t.Fatal(err)
		}
		if _, got, err := c.Read(ctx); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	if err := c.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
	r := s.records(1)[0]
	if len(r.Intent.Classes) != 1 || r.Intent.Classes[0].High != 3 || !r.Intent.Decided.Has(policy.FilingNotFound) || r.Intent.Enforced != policy.Pass {
		t.Errorf("classes %+v, decided %+v", r.Intent.Classes, r.Intent.Decided)
	}

	s, o, client := grpcStage(t, proxytest.HouseOptions{Mode: proxy.Observe})
	duplex(t, client, proxytest.Mark, nil)
	if r := s.records(1)[0]; len(o.messages()) == 0 || len(r.Intent.Classes) != 1 || r.Intent.Classes[0].High != 5 {
		t.Errorf("classes %+v, decided %+v", r.Intent.Classes, r.Intent.Decided)
	}
}
