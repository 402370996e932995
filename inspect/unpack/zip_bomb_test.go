package unpack_test

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// overlapping is an archive whose entries share one kernel: the data of each
// begin with a stored block that quotes the local header of the next.
func overlapping(n int) []byte {
	data := deflated(strings.Repeat("\x00", 1<<20))
	head := 30 + len("e")
	for range n - 1 {
		quote := binary.LittleEndian.AppendUint16([]byte{0}, uint16(head))
		quote = binary.LittleEndian.AppendUint16(quote, ^uint16(head))
		data = string(quote) + string(zipOf("", zipped{name: "e", data: data, method: 8})[:head]) + data
	}
	one := zipOf("", zipped{name: "e", data: data, method: 8})
	from := head + len(data)
	body, entry := bytes.Clone(one[:from]), one[from:from+46+len("e")]
	for i := range n {
		binary.LittleEndian.PutUint32(entry[42:], uint32(i*(head+5)))
		body = append(body, entry...)
	}
	end := binary.LittleEndian.AppendUint32([]byte("PK\x05\x06\x00\x00\x00\x00\xff\xff\xff\xff"), uint32(len(body)-from))
	return append(binary.LittleEndian.AppendUint32(append(body, end...), uint32(from)), 0, 0)
}

func TestZipBombOfSharedData(t *testing.T) {
	l := roomy
	l.Bytes = 1 << 32
	b := overlapping(1000)
	var c count
	unpack.Zip(bytes.NewReader(b), int64(len(b)), l, &c)
	if c.gaps[inspect.GapLimitRatio] == 0 {
		t.Errorf("gaps %v", c.gaps)
	}
	if c.parts < 3 || c.parts > 20 {
		t.Errorf("%d bytes in %d parts came of %d", c.bytes, c.parts, len(b))
	}
}

func TestZipOfAMillionEntries(t *testing.T) {
	one := zipOf("", zipped{name: "e"})
	local, listed := one[:31], one[31:31+47]
	b := bytes.Repeat(local, 1_000_000)
	from := len(b)
	for i := range 1_000_000 {
		b = append(b, listed...)
		binary.LittleEndian.PutUint32(b[len(b)-5:], uint32(31*i))
	}
	end := binary.LittleEndian.AppendUint32([]byte("PK\x05\x06\x00\x00\x00\x00\xff\xff\xff\xff"), uint32(len(b)-from))
	b = append(binary.LittleEndian.AppendUint32(append(b, end...), uint32(from)), 0, 0)

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var c count
	unpack.Zip(bytes.NewReader(b), int64(len(b)), roomy, &c)
	runtime.ReadMemStats(&after)
	if c.gaps[inspect.GapLimitEntries] == 0 || c.parts != roomy.Entries {
		t.Errorf("%d parts, gaps %v", c.parts, c.gaps)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 8<<20 {
		t.Errorf("%d bytes were allocated", used)
	}
}

func TestZipOfHeadersOnlyEnds(t *testing.T) {
	tests := []struct {
		name string
		unit string
	}{
		{"local signatures", "PK\x03\x04"},
		{"end signatures", "PK\x05\x06"},
		{"stored entries that wait for a descriptor", string(zipOf("", zipped{name: "a", flags: 8})[:31])},
		{"encrypted entries of unknown size", string(zipOf("", zipped{name: "a", flags: 9})[:31])},
		{"headers with names of 64 KiB", "PK\x03\x04\x14\x00\x00\x00\x08\x00........................\xff\xff\xff\xff"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := []byte(strings.Repeat(tt.unit, (2<<20)/len(tt.unit)))
			var c count
			unpack.Zip(bytes.NewReader(b), int64(len(b)), roomy, &c)
			if len(c.gaps) == 0 || c.bytes > 5*int64(len(b)) {
				t.Errorf("gaps %v, %d bytes", c.gaps, c.bytes)
			}
		})
	}
}

func TestArchivesStopWithTheBudget(t *testing.T) {
	files := make([]zipped, 100)
	var tars, rars [][]byte
	for i := range files {
		files[i] = zipped{name: "e", extra: zipField(0x6666, "words"), unlisted: i%2 == 0}
		tars = append(tars, rawTar('0', "e", 0, "", nil))
		rars = append(rars, rar5File(2, "e", "x", 0))
	}
	for name, try := range map[string]func(l unpack.Limits) *collect{
		"zip": func(l unpack.Limits) *collect { return whole(unpack.Zip, zipOf("", files...), l) },
		"tar": func(l unpack.Limits) *collect { return whole(wholeTar, bytes.Join(tars, nil), l) },
		"rar": func(l unpack.Limits) *collect { return whole(unpack.Rar, rar5(rars...), l) },
		"7z":  func(l unpack.Limits) *collect { return whole(unpack.SevenZip, sevenEmpty(100), l) },
	} {
		b := &decode.Budget{Limits: decode.Limits{Parts: 10, Hold: 64 << 20, Live: decode.NewLive(64 << 20), Time: 1 << 40, Pace: 1000, Bytes: 1 << 30}}
		l := roomy
		l.Budget = b
		c := try(l)
		if len(c.parts) != 10 || c.misses[inspect.GapLimitEntries] != 1 || c.late > 0 {
			t.Errorf("%s: %d parts, gaps %v, %d calls after the end", name, len(c.parts), c.misses, c.late)
		}
		if b.Left() != b.Limits.Hold {
			t.Errorf("%s: %d bytes are still held", name, b.Limits.Hold-b.Left())
		}
	}
}

// sevenEmpty is an archive of n empty files.
func sevenEmpty(n int) []byte {
	bits := bytes.Repeat([]byte{0xff}, (n+7)/8)
	b := append([]byte{1, 5, byte(n), 0x0e, byte(len(bits))}, bits...)
	return sevenOf("", append(append(append(b, 0x11, 0x80|byte((1+4*n)>>8), byte(1+4*n), 0), strings.Repeat("e\x00\x00\x00", n)...), 0, 0)...)
}
