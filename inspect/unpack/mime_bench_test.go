package unpack_test

import (
	"bytes"
	"encoding/base64"
	"math/rand/v2"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// drain is an Out that forgets what it is given.
type drain struct{}

func (drain) Begin([]byte, decode.Span) bool { return true }

func (drain) Same([]byte, int64) bool { return true }
func (drain) Write([]byte) bool       { return true }

func (drain) Miss(inspect.GapReason, int64) {}

func BenchmarkMultipart(b *testing.B) {
	noise := make([]byte, 3<<20)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	coded := wrap(base64.StdEncoding.EncodeToString(noise), 76, "\r\n")
	for _, bb := range []struct{ name, text string }{
		{"a file", "--A\r\n\r\n" + string(noise) + "\r\n--A--"},
		{"base64", "--A\r\nContent-Transfer-Encoding: base64\r\n\r\n" + coded + "\r\n--A--"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.text)))
			b.ReportAllocs()
			for b.Loop() {
				unpack.Multipart("multipart/mixed; boundary=A")(bytes.NewReader([]byte(bb.text)), roomy, drain{})
			}
		})
	}
}
