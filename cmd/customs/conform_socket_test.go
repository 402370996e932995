package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"net/http"
	"strings"

	"github.com/coder/websocket"
)

// trust is what a client in Go trusts here.
func (k *conformity) trust() *tls.Config {
	return &tls.Config{RootCAs: k.client(false).Transport.(*http.Transport).TLSClientConfig.RootCAs}
}

// note is told of a message that came by another way than in a body.
func (o *shore) note(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.leak = o.leak || strings.Contains(text, string(o.secret))
}

// echoes is an origin that sends each message back.
func (o *shore) echoes(mode websocket.CompressionMode) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") == "" {
			plainShore(w, r)
			return
		}
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: mode, InsecureSkipVerify: true})
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(8 << 20)
		for {
			kind, text, err := conn.Read(r.Context())
			if err != nil {
				return
			}
			o.note(string(text))
			if conn.Write(r.Context(), kind, text) != nil {
				return
			}
		}
	})
}

func socketRows(g *group) {
	modes := map[string]websocket.CompressionMode{"plain": websocket.CompressionDisabled, "deflate": websocket.CompressionContextTakeover}
	for name, mode := range modes {
		dial := func(s *stand) (context.Context, *websocket.Conn) {
			s.shore.answer(s.shore.echoes(mode))
			ctx, cancel := context.WithTimeout(s.Context(), deadline)
			s.Cleanup(cancel)
			conn, resp, err := websocket.Dial(ctx, s.url+"/chat", &websocket.DialOptions{HTTPClient: s.k.client(false), CompressionMode: mode})
			if err != nil {
				s.Fatalf("%v, %v", err, resp)
			}
			s.Cleanup(func() { conn.CloseNow() })
			conn.SetReadLimit(8 << 20)
			if told := resp.Header.Get("Sec-WebSocket-Extensions"); (told != "") != (name == "deflate") {
				s.Errorf("extensions %q", told)
			}
			return ctx, conn
		}
		echoed := func(s *stand, ctx context.Context, conn *websocket.Conn, kind websocket.MessageType, text []byte) {
			if err := conn.Write(ctx, kind, text); err != nil {
				s.Fatal(err)
			}
			if k, got, err := conn.Read(ctx); err != nil || k != kind || !bytes.Equal(got, text) {
				s.Fatalf("%d bytes came back, want %d: %v", len(got), len(text), err)
			}
		}
		g.row(name+" messages of all sizes", toPass, func(s *stand) {
			ctx, conn := dial(s)
			for _, size := range []int{0, 1, 125, 126, 65535, 65536, 1 << 20} {
				echoed(s, ctx, conn, websocket.MessageText, cleanText(size))
				echoed(s, ctx, conn, websocket.MessageBinary, cleanText(size))
			}
			if err := conn.Ping(conn.CloseRead(ctx)); err != nil {
				s.Errorf("ping: %v", err)
			}
			if err := conn.Close(websocket.StatusNormalClosure, "bye"); err != nil {
				s.Errorf("close: %v", err)
			}
		})
		g.row(name+" third message with a person", toRefuse, func(s *stand) {
			ctx, conn := dial(s)
			echoed(s, ctx, conn, websocket.MessageText, []byte("ebb"))
			echoed(s, ctx, conn, websocket.MessageText, []byte("tide"))
			if err := conn.Write(ctx, websocket.MessageText, []byte(s.patient())); err != nil {
				s.Fatal(err)
			}
			_, _, err := conn.Read(ctx)
			if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
				s.Fatalf("closed by %v", err)
			}
			s.refusal(err.Error())
		})
		g.row(name+" message that a filing covers", toCover, func(s *stand) {
			ctx, conn := dial(s)
			echoed(s, ctx, conn, websocket.MessageText, []byte(s.patient()))
			conn.Close(websocket.StatusNormalClosure, "")
		})
	}
}
