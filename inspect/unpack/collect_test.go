package unpack_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// part is one part that an opener gave out.
type part struct {
	name string
	at   decode.Span
	data []byte
}

func (p part) String() string { return fmt.Sprintf("%q %v: %q", p.name, p.at, p.data) }

// collect is an Out that keeps what it is given. It wants no more after stop
// bytes, when that is set.
type collect struct {
	parts  []part
	misses map[inspect.GapReason]int64 // how many Miss calls
	total  int64
	stop   int64
	late   int // calls after an answer of false
	done   bool
}

func (c *collect) Begin(name []byte, at decode.Span) bool {
	c.called()
	c.parts = append(c.parts, part{name: string(name), at: at})
	return !c.done
}

func (c *collect) Same(name []byte, from int64) bool {
	return c.Begin(name, decode.Span{From: from, To: from})
}

func (c *collect) Write(p []byte) bool {
	c.called()
	if len(c.parts) == 0 {
		panic("Write before Begin")
	}
	last := &c.parts[len(c.parts)-1]
	last.data = append(last.data, p...)
	c.total += int64(len(p))
	c.done = c.done || c.stop > 0 && c.total >= c.stop
	return !c.done
}

func (c *collect) Miss(reason inspect.GapReason, n int64) {
	if c.misses == nil {
		c.misses = map[inspect.GapReason]int64{}
	}
	c.misses[reason]++
}

func (c *collect) called() {
	if c.done {
		c.late++
	}
}

// find returns the first part of that name.
func (c *collect) find(name string) (data string, ok bool) {
	for _, p := range c.parts {
		if p.name == name {
			return string(p.data), true
		}
	}
	return "", false
}

// holds tells whether s stands in a part or in the name of one.
func (c *collect) holds(s string) bool {
	for _, p := range c.parts {
		if strings.Contains(p.name, s) || bytes.Contains(p.data, []byte(s)) {
			return true
		}
	}
	return false
}

// roomy are limits that no honest container of a test reaches.
var roomy = unpack.Limits{Entries: 1000, Memory: 64 << 20, Bytes: 64 << 20}

// whole opens b, which is there as a whole.
func whole(f unpack.Whole, b []byte, l unpack.Limits) *collect {
	c := &collect{}
	f(bytes.NewReader(b), int64(len(b)), l, c)
	return c
}

// flow opens b as it comes.
func flow(f unpack.Flow, b []byte, l unpack.Limits) *collect {
	c := &collect{}
	f(bytes.NewReader(b), l, c)
	return c
}

// count is an Out that keeps nothing.
type count struct {
	parts int
	bytes int64
	gaps  map[inspect.GapReason]int
}

func (c *count) Begin([]byte, decode.Span) bool    { c.parts++; return true }
func (c *count) Same(name []byte, from int64) bool { return c.Begin(name, decode.Span{From: from}) }

func (c *count) Write(p []byte) bool { c.bytes += int64(len(p)); return true }
func (c *count) Miss(r inspect.GapReason, _ int64) {
	if c.gaps == nil {
		c.gaps = map[inspect.GapReason]int{}
	}
	c.gaps[r]++
}

// tool finds an outside program; the test is skipped without it, but not in CI.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CUSTOMS_CI") != "" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}

// ran runs a program in a directory.
func ran(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(tool(t, name), args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// read reads a file of a directory.
func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// put writes a file into a directory.
func put(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
