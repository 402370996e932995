package sniff_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/datacustoms/customs/proxy/sniff"
)

// again gives the same bytes for ever.
type again struct {
	b   []byte
	off int
}

func (a *again) Read(p []byte) (int, error) {
	if a.off == len(a.b) {
		a.off = 0
	}
	n := copy(p, a.b[a.off:])
	a.off += n
	return n, nil
}

const browser = "GET /search?q=x&page=2 HTTP/1.1\r\nHost: www.origin.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: zh-CN,zh;q=0.9,en;q=0.8\r\n" +
	"Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\nReferer: https://www.origin.example/\r\nSec-Fetch-Mode: navigate\r\nConnection: keep-alive\r\n\r\n"

func BenchmarkWireHead(b *testing.B) {
	w := sniff.NewWire(&again{b: []byte(browser)}, 256<<10)
	p := make([]byte, 4096)
	b.SetBytes(int64(len(browser)))
	b.ReportAllocs()
	for b.Loop() {
		for left := len(browser); left > 0; {
			n, err := w.Read(p[:min(left, len(p))])
			if err != nil {
				b.Fatal(err)
			}
			left -= n
		}
	}
}

// A reader that only copies is the measure of a body.
func BenchmarkWireBody(b *testing.B) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 64<<10)
	sized := append([]byte("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1048576\r\n\r\n"), body...)
	chunked := []byte("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n")
	for i := 0; i < len(body); i += 32 << 10 {
		chunked = append(append(append(chunked, "8000\r\n"...), body[i:i+32<<10]...), "\r\n"...)
	}
	chunked = append(chunked, "0\r\n\r\n"...)
	for name, stream := range map[string][]byte{"length": sized, "chunked": chunked} {
		for _, guarded := range []bool{false, true} {
			kind := name + "/copied"
			var r io.Reader = &again{b: stream}
			if guarded {
				kind, r = name+"/guarded", sniff.NewWire(r, 256<<10)
			}
			b.Run(kind, func(b *testing.B) {
				p := make([]byte, 32<<10)
				b.SetBytes(int64(len(stream)))
				b.ReportAllocs()
				for b.Loop() {
					for left := len(stream); left > 0; {
						n, err := r.Read(p[:min(left, len(p))])
						if err != nil {
							b.Fatal(err)
						}
						left -= n
					}
				}
			})
		}
	}
}

func TestWireAllocatesNothing(t *testing.T) {
	w := sniff.NewWire(&again{b: []byte(browser)}, 256<<10)
	p := make([]byte, 700) // heads come in part
	if n := testing.AllocsPerRun(100, func() {
		if _, err := w.Read(p); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a read", n)
	}
}
