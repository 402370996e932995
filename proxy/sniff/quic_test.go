package sniff_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/datacustoms/customs/proxy/sniff"
)

// vector reads a packet of an RFC.
func vector(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestInitialVectors reads the client's packets of RFC 9001 A.2 and RFC 9369 A.2.
func TestInitialVectors(t *testing.T) {
	for name, version := range map[string]uint32{"rfc9001-a2.hex": sniff.QUICv1, "rfc9369-a2.hex": sniff.QUICv2} {
		datagram := vector(t, name)
		before := bytes.Clone(datagram)
		p, rest, err := sniff.ParseInitial(datagram)
		if err != nil || len(rest) != 0 {
			t.Fatalf("%s: %v, %d bytes left", name, err, len(rest))
		}
		if p.Version != version || p.Number != 2 || hex.EncodeToString(p.DstID) != "8394c8f03e515708" || len(p.SrcID) != 0 || len(p.Frames) != 1162 {
			t.Errorf("%s: version %x, number %d, ids %x %x, %d bytes", name, p.Version, p.Number, p.DstID, p.SrcID, len(p.Frames))
		}
		if !bytes.Equal(before, datagram) {
			t.Errorf("%s: the datagram was changed", name)
		}
		var q sniff.QUICHello
		h, err := q.Add(p.Frames)
		if err != nil || h.SNI != "example.com" || len(h.ALPN) != 1 || h.ALPN[0] != "alpn" {
			t.Errorf("%s: %+v, %v", name, h, err)
		}
		for i := range datagram {
			datagram[i] ^= 1
			if _, _, err := sniff.ParseInitial(datagram); err == nil {
				t.Fatalf("%s: byte %d may be anything", name, i)
			}
			datagram[i] ^= 1
		}
	}
}

func TestNotInitial(t *testing.T) {
	v1 := vector(t, "rfc9001-a2.hex")
	unknown := bytes.Clone(v1)
	unknown[1] = 0x1a
	negotiation := bytes.Clone(v1)
	copy(negotiation[1:], []byte{0, 0, 0, 0})
	handshake := bytes.Clone(v1)
	handshake[0] |= 0x20
	for _, tt := range []struct {
		name string
		b    []byte
		want error
	}{
		{"nothing", nil, sniff.ErrNotInitial}, {"a short header", []byte{0x40, 1, 2, 3}, sniff.ErrNotInitial},
		{"an unknown version", unknown, sniff.ErrQUICVersion}, {"a version negotiation", negotiation, sniff.ErrNotInitial},
		{"another type", handshake, sniff.ErrNotInitial}, {"cut", v1[:600], sniff.ErrNotInitial},
		{"an id too long", append([]byte{0xc0, 0, 0, 0, 1, 21}, v1...), sniff.ErrNotInitial}, {"DNS", []byte("\x12\x34\x01\x00\x00\x01"), sniff.ErrNotInitial},
	} {
		if _, _, err := sniff.ParseInitial(tt.b); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// crypto is a CRYPTO frame.
func crypto(at int, data []byte) []byte {
	return append([]byte{6, 0x40 | byte(at>>8), byte(at), 0x40 | byte(len(data)>>8), byte(len(data))}, data...)
}

func TestHelloInPieces(t *testing.T) {
	p, _, err := sniff.ParseInitial(vector(t, "rfc9001-a2.hex"))
	if err != nil {
		t.Fatal(err)
	}
	hello := p.Frames[4 : 4+241] // behind type, offset 0 and a length of two bytes
	for n := 1; n < len(hello); n++ {
		var q sniff.QUICHello
		// The end first, then all of it again, as a client that lost a packet.
		if _, err := q.Add(crypto(n, hello[n:])); !errors.Is(err, sniff.ErrShort) {
			t.Fatalf("the end from %d: %v", n, err)
		}
		if h, err := q.Add(append([]byte{0, 1, 0}, crypto(0, hello[:n])...)); err != nil || h.SNI != "example.com" {
			t.Fatalf("cut at %d: %+v, %v", n, h, err)
		}
		if h, err := q.Add(crypto(0, hello)); err != nil || h.SNI != "example.com" {
			t.Fatalf("again: %+v, %v", h, err)
		}
	}
	other := bytes.Clone(hello)
	other[60] ^= 1
	for name, frames := range map[string][]byte{
		"two readings":  append(crypto(0, hello[:100]), crypto(0, other[:100])...),
		"no hello":      crypto(0, []byte{2, 0, 0, 0}),
		"far away":      {6, 0x80, 0, 0x50, 0, 1, 0},
		"a close":       {0x1c, 0, 0, 0},
		"an odd frame":  {0x08, 0, 1, 2},
		"a broken ACK":  {2, 0, 0, 0x80, 0xff, 0xff, 0xff, 0},
		"a cut frame":   {6, 0, 0x40},
		"a hello of 2G": crypto(0, []byte{1, 0xff, 0xff, 0xff}),
	} {
		var q sniff.QUICHello
		if _, err := q.Add(frames); !errors.Is(err, sniff.ErrNotTLS) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var q sniff.QUICHello
	if h, err := q.Add(append([]byte{2, 5, 0, 1, 0, 0, 0, 3, 5, 0, 0, 0, 1, 2, 3}, crypto(0, hello)...)); err != nil || h.SNI != "example.com" {
		t.Errorf("behind ACKs: %v", err)
	}
}

func FuzzQUIC(f *testing.F) {
	f.Add(vector(f, "rfc9001-a2.hex"), []byte{6, 0, 4, 1, 0, 0, 0})
	f.Add(vector(f, "rfc9369-a2.hex"), []byte{2, 5, 0, 1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, datagram, frames []byte) {
		if p, rest, err := sniff.ParseInitial(datagram); err == nil {
			if len(rest) >= len(datagram) || len(p.DstID) > 20 || len(p.SrcID) > 20 {
				t.Errorf("%d bytes left of %d", len(rest), len(datagram))
			}
			if b, err := sniff.RefuseInitial(p, "QUIC_REFUSED"); err != nil || len(b) > sniff.MinInitial {
				t.Errorf("answer of %d bytes, %v", len(b), err)
			}
		}
		var q sniff.QUICHello
		for range 3 {
			q.Add(frames)
		}
	})
}
