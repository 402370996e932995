package message_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/datacustoms/customs/proxy/message"
)

// hijacker lets an Accept take over one end of a pipe.
type hijacker struct {
	*httptest.ResponseRecorder
	c net.Conn
}

func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.c, bufio.NewReadWriter(bufio.NewReader(h.c), bufio.NewWriter(h.c)), nil
}

// script is a connection on which everything was sent already.
type script struct {
	io.Reader
	net.Conn
}

func (s script) Read(p []byte) (int, error)  { return s.Reader.Read(p) }
func (s script) Write(p []byte) (int, error) { return len(p), nil }
func (s script) Close() error                { return nil }

// reference is what coder/websocket reads of a client's stream.
func reference(t *testing.T, raw []byte, compressed bool) (messages []string) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}}
	o := &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled}
	if compressed {
		o.CompressionMode = websocket.CompressionContextTakeover
		r.Header.Set("Sec-Websocket-Extensions", "permessage-deflate")
	}
	c, err := websocket.Accept(hijacker{httptest.NewRecorder(), script{Reader: bytes.NewReader(raw)}}, r, o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	c.SetReadLimit(-1)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for {
		kind, b, err := c.Read(ctx)
		if err != nil {
			return messages
		}
		messages = append(messages, string('0'+rune(kind))+string(b))
	}
}

// FuzzSocket: whatever we take for messages, an origin reads as the same ones.
func FuzzSocket(f *testing.F) {
	kept := deflate(f, true, "again and again", "again and again")
	f.Add([]byte(piece(0x81, "one")+piece(0x02, "t")+piece(0x89, "p")+piece(0x80, "wo")), false)
	f.Add([]byte(piece(0xc1, kept[0])+piece(0xc1, kept[1])+piece(0x88, "\x03\xe8")), true)
	f.Add([]byte(piece(0xc1, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00")), true)
	f.Add([]byte(piece(0x82, strings.Repeat("x", 130))), false)
	f.Fuzz(func(t *testing.T, raw []byte, compressed bool) {
		if len(raw) > 2<<10 {
			return
		}
		d := message.Deflate{On: compressed, ServerBits: 15, ClientBits: 15}
		var mine []string
		in := message.NewReader(strings.NewReader(string(raw)), message.Client, d, message.Limits{Message: 64 << 10}, func(k message.Kind, b []byte) error {
			if !k.Control() || len(b) > message.MaxControl {
				t.Fatalf("control frame %d of %d bytes", k, len(b))
			}
			return nil
		})
		for {
			h, err := in.Next()
			if err != nil {
				break
			}
			b, err := io.ReadAll(in)
			if err != nil {
				break
			}
			if h.Kind == message.Text && !utf8.Valid(b) {
				t.Fatal("text that is no UTF-8")
			}
			mine = append(mine, string('0'+rune(h.Kind))+string(b))
		}
		if len(mine) == 0 {
			return
		}
		// It does not go on after a deflate stream that ends itself, so it may
		// read less of what came, but nothing else; of what we send it reads all.
		theirs := reference(t, raw, compressed)
		for i := range min(len(mine), len(theirs)) {
			if theirs[i] != mine[i] {
				t.Fatalf("message %d is %q here; an origin reads %q", i, mine[i], theirs[i])
			}
		}
		if sent := reference(t, resent(t, mine, d), compressed); !slices.Equal(sent, mine) {
			t.Fatalf("sent %q, an origin reads %q", mine, sent)
		}
	})
}

// resent is messages as the gateway sends them on.
func resent(t *testing.T, messages []string, d message.Deflate) []byte {
	var out bytes.Buffer
	var packer message.Packer
	w := message.NewWriter(&out, message.Client)
	for _, m := range messages {
		body := []byte(m[1:])
		packed, err := packer.Pack(d, message.Client, bytes.NewReader(body), int64(len(body)))
		if packed != nil {
			body = packed
		}
		if err == nil {
			err = w.Frame(message.Frame{Kind: message.Kind(m[0] - '0'), Last: true, Compressed: packed != nil, Size: int64(len(body))}, bytes.NewReader(body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// FuzzStream: messages are what lies between the prefixes, however it is cut.
func FuzzStream(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x00\x02hi\x01\x00\x00\x00\x00"), true)
	f.Add([]byte("\x00\x00\x00\x00\x05hi"), false)
	f.Fuzz(func(t *testing.T, raw []byte, coded bool) {
		if len(raw) > 4<<10 {
			return
		}
		coding := ""
		if coded {
			coding = "gzip"
		}
		whole, err := stream(strings.NewReader(string(raw)), coding)
		cutUp, err2 := stream(&cut{strings.NewReader(string(raw)), 1}, coding)
		if whole != cutUp || err.Error() != err2.Error() {
			t.Fatalf("whole %q, %v; cut %q, %v", whole, err, cutUp, err2)
		}
		var want strings.Builder
		for rest := raw; len(rest) >= message.PrefixSize; {
			size := binary.BigEndian.Uint32(rest[1:])
			if rest[0] > 1 || rest[0] == 1 && !coded || uint64(size) > uint64(len(rest)-message.PrefixSize) {
				break
			}
			want.WriteString(string(rest[5:5+size]) + "|")
			rest = rest[5+size:]
		}
		if whole != want.String() {
			t.Fatalf("read %q, want %q", whole, want.String())
		}
	})
}

// FuzzExtensions: what is passed on is understood again, and changes nothing.
func FuzzExtensions(f *testing.F) {
	f.Add("permessage-deflate; client_max_window_bits, x", "permessage-deflate")
	f.Fuzz(func(t *testing.T, offer, answer string) {
		once := message.Offer([]string{offer})
		if again := message.Offer([]string{once}); again != once {
			t.Fatalf("%q became %q", once, again)
		}
		if d, err := message.Accept(once, []string{answer}); err == nil && d.On && (once == "" || d.ClientBits < 8 || d.ServerBits > 15) {
			t.Fatalf("agreed on %+v out of %q", d, once)
		}
	})
}
