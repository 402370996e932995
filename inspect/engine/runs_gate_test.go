package engine_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/match"
	"github.com/datacustoms/customs/inspect/unpack"
)

// run is what a Runs gave out of one run.
type run struct {
	kind string
	at   decode.Span
	text string
}

func (r run) String() string { return fmt.Sprintf("%s %v %.60q", r.kind, r.at, r.text) }

// runReader collects runs.
type runReader struct {
	out  []run
	open bool
	*unpack.Runs
}

func newRunReader() *runReader {
	c := &runReader{}
	c.Runs = unpack.NewRuns(func(kind string, at decode.Span, b []byte, last bool) {
		if !c.open {
			c.out = append(c.out, run{kind: kind, at: at})
		}
		x := &c.out[len(c.out)-1]
		x.text += string(b)
		x.at.To = at.To
		c.open = !last
	})
	return c
}

// allRuns reads a text from end to end.
func allRuns(p []byte) []run {
	c := newRunReader()
	c.Write(p)
	c.Close()
	return c.out
}

// gatedRuns reads what match reports, and how many bytes that were.
func gatedRuns(p []byte) (out []run, read int) {
	s := match.NewStream(nil, 0)
	s.FindRuns()
	c := newRunReader()
	awake, pos, until := false, int64(0), int64(0)
	follow := func(to int64) {
		for awake && pos < to {
			n := min(to-pos, 1+pos%100)
			if pos < until {
				n = min(n, until-pos)
			} else if c.Idle() {
				awake = false
				return
			}
			c.Write(p[pos : pos+n])
			pos, read = pos+n, read+int(n)
		}
	}
	for _, x := range s.Find(nil, p, 0, true) {
		if x.Kind != match.Run {
			continue
		}
		follow(x.From)
		if !awake {
			awake, pos = true, x.From
			c.Reset(pos)
		}
		until = max(until, min(x.To+unpack.RunAhead, int64(len(p))))
	}
	if follow(int64(len(p))); awake {
		c.Close()
	}
	return c.out, read
}

// runText makes a text of what runs are made of and what looks like them.
func runText(r *rand.Rand) []byte {
	const secret = "证件 110101199003072316, mobile 13800138000; "
	random := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	lines := func(s string, n int, eol string) string {
		var b strings.Builder
		for ; len(s) > n; s = s[n:] {
			b.WriteString(s[:n] + eol)
		}
		return b.String() + s
	}
	each := func(b []byte, format, sep string) string {
		var parts []string
		for _, c := range b {
			parts = append(parts, fmt.Sprintf(format, c))
		}
		return strings.Join(parts, sep)
	}
	data := func() []byte {
		switch r.IntN(4) {
		case 0:
			return random(1 + r.IntN(200))
		case 1:
			return random(1500 + r.IntN(900))
		}
		return []byte(strings.Repeat(secret, 1+r.IntN(9))[:20+r.IntN(25)])
	}
	var b bytes.Buffer
	for range 1 + r.IntN(12) {
		p := data()
		std := base64.StdEncoding.EncodeToString(p)
		b.WriteString([]string{
			std, hex.EncodeToString(p), base64.RawURLEncoding.EncodeToString(p), lines(std, 76, "\r\n"), lines(std, 60, `\n`), lines(std, 30, "\n"),
			strings.ReplaceAll(std, "/", `\/`), strings.ReplaceAll(std, "+", `\u002b`), lines(hex.EncodeToString(p), 64, "\n"),
			each(p, "%02x", " "), each(p, "%02X", ":"), each(p, "%02x", "_"), each(p, "%02x", "-"), lines(each(p, "%02x", " "), 48, "\n"), each(p, `\x%02x`, ""),
			each(p, "0x%02x", ","), each(p, "0x%02x", ", "), lines(each(p, "0x%02X", ", "), 72, "\n  "),
			"f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "/usr/share/doc/some/Thing/", "some_long_identifier_name_", "2026-05-03 20:14:38.795",
			"it is so ", `https:\/\/example.com\/path\/to\/some\/thing`, `C:\\Users\\x\n`, string(p),
		}[r.IntN(26)])
		b.WriteString([]string{" ", "", `"`, "\n", "\n\n", ", ", ".", strings.Repeat(" ", r.IntN(150)), `","`, "/", "\\", "="}[r.IntN(12)])
	}
	return b.Bytes()
}

// TestGateHidesNoRun holds what is found behind the gate against what is found
// in the whole text.
func TestGateHidesNoRun(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for k := range 150 {
		p := runText(r)
		want := allRuns(p)
		if got, _ := gatedRuns(p); !slices.Equal(got, want) {
			t.Fatalf("text %d of %d bytes:\n got %v\nwant %v\n%q", k, len(p), got, want, p)
		}
	}
}
