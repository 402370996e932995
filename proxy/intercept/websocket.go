package intercept

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/message"
	"github.com/datacustoms/customs/proxy/refuse"
)

// opensSocket reports whether a request opens a WebSocket that can be read.
func opensSocket(r *http.Request) bool {
	h := r.Header
	key, err := base64.StdEncoding.DecodeString(h.Get("Sec-Websocket-Key"))
	switch {
	case r.Method != http.MethodGet, !r.ProtoAtLeast(1, 1), r.ProtoMajor != 1, r.ContentLength != 0,
		!strings.EqualFold(h.Get("Upgrade"), "websocket"), len(h["Upgrade"]) != 1, !hasToken(h["Connection"], "upgrade"),
		len(h["Sec-Websocket-Version"]) != 1, h.Get("Sec-Websocket-Version") != "13",
		len(h["Sec-Websocket-Key"]) != 1, err != nil, len(key) != 16:
		return false
	}
	return true
}

// narrowOffer leaves of the extensions that a client offers those that can be
// read.
func narrowOffer(h http.Header) {
	if offer := message.Offer(h["Sec-Websocket-Extensions"]); offer != "" {
		h["Sec-Websocket-Extensions"] = []string{offer}
	} else {
		h.Del("Sec-Websocket-Extensions")
	}
}

// serveSocket opens a WebSocket at the origin once its head is judged, and
// relays its messages. An answer that opens none goes to the client.
func (t *transfer) serveSocket(r *http.Request) {
	if t.ready = t.judgeHead(r); t.ready == nil {
		t.ready = t.roundTrip(r)
	}
	if t.swapped == nil {
		t.i.chain.ServeHTTP(t.w, r)
		return
	}
	resp := t.ready
	agreed, err := message.Accept(r.Header.Get("Sec-Websocket-Extensions"), resp.Header["Sec-Websocket-Extensions"])
	if err != nil {
		t.swapped.Close()
		t.release()
		t.swapped, t.fault = nil, policy.MessageMalformed
		t.ready = t.refuse(refuse.Refusal{Verdict: policy.Refuse(t.fault), RecordID: t.recordID()})
		t.i.chain.ServeHTTP(t.w, r)
		return
	}
	t.watch.Stop()
	s := &socket{t: t, agreed: agreed, wire: t.swapped}
	if err := s.open(resp); err != nil {
		t.w.fail(err)
		return
	}
	s.run(r.Context())
}

// open takes the client's connection over and tells it that the protocols
// are switched.
func (s *socket) open(resp *http.Response) error {
	conn, rw, err := s.t.w.Hijack()
	if err != nil {
		return err
	}
	s.conn = conn
	var early []byte // what came with the head
	if n := rw.Reader.Buffered(); n > 0 {
		b, err := rw.Reader.Peek(n)
		if err != nil {
			return err
		}
		early = b
	}
	var head strings.Builder
	fmt.Fprintf(&head, "HTTP/1.1 101 Switching Protocols\r\n")
	resp.Header.Write(&head)
	head.WriteString("\r\n")
	defer s.guardClient()()
	if _, err := io.WriteString(conn, head.String()); err != nil {
		return errors.Join(errGone, err)
	}
	s.start(early)
	return nil
}

var errGone = errors.New("intercept: the client went away before its WebSocket was open")
