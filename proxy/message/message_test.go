package message_test

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/datacustoms/customs/proxy/message"
)

// piece is one frame as a client sends it, whatever it holds.
func piece(first byte, payload string) string {
	mask := []byte{1, 2, 3, 4}
	out := []byte{first, 0x80 | byte(min(len(payload), 126))}
	if len(payload) > 125 {
		out = append(out, byte(len(payload)>>8), byte(len(payload)))
	}
	out = append(out, mask...)
	for i := range len(payload) {
		out = append(out, payload[i]^mask[i%4])
	}
	return string(out)
}

// read tells what a reader makes of a stream, in words.
func read(r io.Reader, from message.Side, d message.Deflate, l message.Limits) (told []string, err error) {
	in := message.NewReader(r, from, d, l, func(k message.Kind, b []byte) error {
		told = append(told, fmt.Sprintf("%d:%s", k, b))
		return nil
	})
	for {
		h, err := in.Next()
		if err != nil {
			return told, err
		}
		b, err := io.ReadAll(in)
		if err != nil {
			return told, err
		}
		if h.Size >= 0 && h.Size != int64(len(b)) {
			return told, fmt.Errorf("said %d bytes, read %d", h.Size, len(b))
		}
		told = append(told, fmt.Sprintf("%d:%s", h.Kind, b))
	}
}

func deflate(t testing.TB, keep bool, messages ...string) []string {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range messages {
		b.Reset()
		if !keep {
			w.Reset(&b)
		}
		io.WriteString(w, m)
		w.Flush()
		out = append(out, strings.TrimSuffix(b.String(), "\x00\x00\xff\xff"))
	}
	return out
}

func TestMessagesOfAClient(t *testing.T) {
	const once = "the same words again and again"
	kept, fresh := deflate(t, true, once, once, once), deflate(t, false, once, once)
	if len(kept[1]) >= len(fresh[1]) {
		t.Fatal("the second message does not lean on the first")
	}
	half := len(kept[1]) / 2
	on := message.Deflate{On: true, ServerBits: 15, ClientBits: 15}
	alone := on
	alone.ClientNoContext = true
	tests := []struct {
		name   string
		d      message.Deflate
		stream string
		want   string
		close  uint16 // 0 is a clean end
	}{
		{"a text and a binary message", message.Deflate{}, piece(0x81, "one") + piece(0x82, "two"), "1:one 2:two", 0},
		{"an empty message", message.Deflate{}, piece(0x81, ""), "1:", 0},
		{"pieces with a ping between them", message.Deflate{}, piece(0x01, "on") + piece(0x89, "p") + piece(0x80, "e"), "9:p 1:one", 0},
		{"a long one", message.Deflate{}, piece(0x82, strings.Repeat("x", 300)), "2:" + strings.Repeat("x", 300), 0},
		{"a character cut in two", message.Deflate{}, piece(0x01, "\xe4") + piece(0x80, "\xb8\xad"), "1:中", 0},
		{"a close frame ends it", message.Deflate{}, piece(0x88, "\x03\xe8bye") + piece(0x81, "x"), "8:\x03\xe8bye", 1},
		{"window kept between messages", on, piece(0xc1, kept[0]) + piece(0xc1, kept[1]) + piece(0x81, "-") + piece(0xc1, kept[2]), "1:" + once + " 1:" + once + " 1:- 1:" + once, 0},
		{"window kept across pieces", on, piece(0xc1, kept[0]) + piece(0x41, kept[1][:half]) + piece(0x89, "") + piece(0x80, kept[1][half:]), "1:" + once + " 9: 1:" + once, 0},
		{"window not kept", alone, piece(0xc1, fresh[0]) + piece(0xc1, fresh[1]), "1:" + once + " 1:" + once, 0},
		{"window kept against the word", alone, piece(0xc1, kept[0]) + piece(0xc1, kept[1]), "1:" + once, message.CloseContent},
		{"an empty deflated message", on, piece(0xc1, "\x00"), "1:", 0},
		{"a stream that ends itself", on, piece(0xc1, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), "1:Hello", 0},
		{"and has more after its end", on, piece(0xc1, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00\x00"), "", message.CloseContent},
		{"deflate that makes no sense", on, piece(0xc1, "\xff\xff\xff"), "", message.CloseContent},
		{"deflated but not agreed on", message.Deflate{}, piece(0xc1, kept[0]), "", message.CloseProtocol},
		{"deflated in the middle", on, piece(0x01, "a") + piece(0xc0, "b"), "", message.CloseProtocol},
		{"a deflated ping", on, piece(0xc9, ""), "", message.CloseProtocol},
		{"other reserved bits", on, piece(0xa1, "a"), "", message.CloseProtocol},
		{"not masked", message.Deflate{}, "\x81\x01a", "", message.CloseProtocol},
		{"a ping in pieces", message.Deflate{}, piece(0x09, ""), "", message.CloseProtocol},
		{"a long ping", message.Deflate{}, piece(0x89, strings.Repeat("x", 126)), "", message.CloseProtocol},
		{"an unknown kind", message.Deflate{}, piece(0x83, ""), "", message.CloseProtocol},
		{"an unknown control frame", message.Deflate{}, piece(0x8b, ""), "", message.CloseProtocol},
		{"a piece of nothing", message.Deflate{}, piece(0x80, "a"), "", message.CloseProtocol},
		{"a message within one", message.Deflate{}, piece(0x01, "a") + piece(0x81, "b"), "", message.CloseProtocol},
		{"a length with its first bit set", message.Deflate{}, "\x82\xff\x80\x00\x00\x00\x00\x00\x00\x01\x01\x02\x03\x04", "", message.CloseProtocol},
		{"text that is no UTF-8", message.Deflate{}, piece(0x81, "\xff"), "", message.CloseContent},
		{"text that ends in a character", message.Deflate{}, piece(0x81, "\xe4\xb8"), "", message.CloseContent},
		{"half a close code", message.Deflate{}, piece(0x88, "\x03"), "", message.CloseProtocol},
		{"a close code of nobody", message.Deflate{}, piece(0x88, "\x03\xed"), "", message.CloseProtocol},
		{"a close reason that is no UTF-8", message.Deflate{}, piece(0x88, "\x03\xe8\xff"), "", message.CloseContent},
		{"over the limit", message.Deflate{}, piece(0x82, strings.Repeat("x", 2001)), "", message.CloseTooBig},
		{"over the limit in pieces", message.Deflate{}, strings.Repeat(piece(0x02, "x"), 1) + strings.Repeat(piece(0x00, strings.Repeat("x", 500)), 5), "", message.CloseTooBig},
		{"a bomb", on, piece(0xc2, deflate(t, false, strings.Repeat("0", 1<<20))[0]), "", message.CloseTooBig},
		{"pieces without end", message.Deflate{}, piece(0x02, "") + strings.Repeat(piece(0x00, ""), 200), "", message.CloseTooBig},
	}
	for _, tt := range tests {
		for _, step := range []int{1, 3, 1 << 20} {
			t.Run(fmt.Sprintf("%s, %d bytes at a time", tt.name, step), func(t *testing.T) {
				told, err := read(&cut{strings.NewReader(tt.stream), step}, message.Client, tt.d, message.Limits{Message: 2000, Pieces: 100})
				if got := strings.Join(told, " "); got != tt.want {
					t.Errorf("read %q, want %q", got, tt.want)
				}
				switch f := message.Fault(err); {
				case tt.close == 0 && err != io.EOF, tt.close == 1 && !errors.Is(err, message.ErrClosed),
					tt.close > 1 && (f == nil || f.Close != tt.close):
					t.Errorf("ended with %v, want close %d", err, tt.close)
				}
			})
		}
	}
}

// cut gives a few bytes at a time.
type cut struct {
	io.Reader
	n int
}

func (c *cut) Read(p []byte) (int, error) { return c.Reader.Read(p[:min(len(p), c.n)]) }

func TestTruncationIsNeverAMessage(t *testing.T) {
	whole := piece(0x01, "one") + piece(0x89, "p") + piece(0x80, strings.Repeat("x", 200))
	for n := 1; n < len(whole); n++ {
		told, err := read(strings.NewReader(whole[:n]), message.Client, message.Deflate{}, message.Limits{})
		if err != io.ErrUnexpectedEOF || strings.Contains(strings.Join(told, " "), "1:") {
			t.Errorf("after %d bytes read %q, %v", n, told, err)
		}
	}
	failing := iotest.TimeoutReader(&cut{strings.NewReader(whole), 5})
	if _, err := read(failing, message.Client, message.Deflate{}, message.Limits{}); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("an error of the connection became %v", err)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	var packer message.Packer
	d := message.Deflate{On: true, ServerBits: 15, ClientBits: 15}
	for _, from := range []message.Side{message.Client, message.Server} {
		for _, size := range []int{0, 1, 125, 126, 1000, 65535, 65536, 200000} {
			content := strings.Repeat("abcdefg\n", size/8+1)[:size]
			var b bytes.Buffer
			w := message.NewWriter(&b, from)
			packed, err := packer.Pack(d, from, strings.NewReader(content), int64(size))
			if err == nil && packed != nil {
				err = w.Frame(message.Frame{Kind: message.Text, Last: true, Compressed: true, Size: int64(len(packed))}, bytes.NewReader(packed))
			}
			if err == nil {
				err = w.Control(message.Ping, []byte("p"))
			}
			if err == nil {
				err = w.Frame(message.Frame{Kind: message.Binary, Last: true, Size: int64(size)}, strings.NewReader(content))
			}
			if err == nil {
				err = w.Control(message.Close, message.ClosePayload(1008, strings.Repeat("号", 60)))
			}
			if err != nil {
				t.Fatal(err)
			}
			told, err := read(&b, from, d, message.Limits{})
			want := []string{"9:p", "2:" + content, "8:\x03\xf0" + strings.Repeat("号", 41)}
			if packed != nil {
				want = append([]string{"1:" + content}, want...)
			}
			if !errors.Is(err, message.ErrClosed) || strings.Join(told, " ") != strings.Join(want, " ") {
				t.Errorf("side %d, %d bytes: read %.60q, %v", from, size, told, err)
			}
			if size >= 1000 && packed == nil {
				t.Errorf("%d bytes were not deflated", size)
			}
		}
	}
}

func TestExtensions(t *testing.T) {
	tests := []struct {
		name, offer, forwarded, answer string
		want                           message.Deflate
		bad                            bool
	}{
		{"nothing", "", "", "", message.Deflate{}, false},
		{"Chrome", "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits", "permessage-deflate", message.Deflate{On: true, ServerBits: 15, ClientBits: 15}, false},
		{"all there is", "permessage-deflate;server_no_context_takeover ; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=\"12\"",
			"permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=12",
			"permessage-deflate; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=8", message.Deflate{On: true, ServerNoContext: true, ServerBits: 9, ClientBits: 8}, false},
		{"declined", "permessage-deflate", "permessage-deflate", "", message.Deflate{}, false},
		{"others are not passed on", "x-webkit-deflate-frame, permessage-deflate, permessage-bzip2", "permessage-deflate", "", message.Deflate{}, false},
		{"a parameter twice", "permessage-deflate; client_no_context_takeover; client_no_context_takeover", "", "", message.Deflate{}, false},
		{"an impossible window", "permessage-deflate; server_max_window_bits=16", "", "", message.Deflate{}, false},
		{"a window with a zero before it", "permessage-deflate; server_max_window_bits=09", "", "", message.Deflate{}, false},
		{"an unknown parameter", "permessage-deflate; more=1", "", "", message.Deflate{}, false},
		{"nonsense", "permessage-deflate; =", "", "", message.Deflate{}, false},
		{"an answer to no offer", "", "", "permessage-deflate", message.Deflate{}, true},
		{"an answer of another extension", "permessage-deflate", "permessage-deflate", "permessage-bzip2", message.Deflate{}, true},
		{"two answers", "permessage-deflate", "permessage-deflate", "permessage-deflate, permessage-deflate", message.Deflate{}, true},
		{"a client window nobody offered", "permessage-deflate", "permessage-deflate", "permessage-deflate; client_max_window_bits=10", message.Deflate{}, true},
		{"a client window without a size", "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits", message.Deflate{}, true},
		{"a server window over the offer", "permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=11", message.Deflate{}, true},
		{"context kept that was to be dropped", "permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover", "permessage-deflate", message.Deflate{}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			offer := message.Offer([]string{tt.offer})
			if offer != tt.forwarded {
				t.Errorf("offered %q, want %q", offer, tt.forwarded)
			}
			got, err := message.Accept(offer, []string{tt.answer})
			if got != tt.want || (err != nil) != tt.bad {
				t.Errorf("agreed on %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}
