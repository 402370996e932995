package unpack

import (
	"bytes"
	"io"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// free gives out what belongs to no row.
func (d *sqliteDB) free() {
	if d.stopped {
		return
	}
	begun := false
	begin := func() bool {
		if !begun {
			begun = d.Begin([]byte("free"), decode.Span{To: d.size})
		}
		return begun
	}
	if len(d.slack) > 0 && (!begin() || !d.Write(d.slack)) {
		return
	}
	for n := int64(1); n <= d.pages && !d.stopped; n++ {
		if d.seen[n/64]&(1<<(n%64)) != 0 {
			continue
		}
		b := bytes.Trim(d.read(n), "\x00")
		if len(b) > 0 && (!begin() || !d.Write(b) || !d.Write([]byte{'\n'})) {
			return
		}
	}
	if rest := d.pages * d.page; rest < d.size && d.Begin([]byte("rest"), decode.Span{From: rest, To: d.size}) {
		if _, err := d.copy(io.NewSectionReader(d.r, rest, d.size-rest)); err != nil {
			d.Miss(inspect.GapBroken, d.size-rest)
		}
	}
}
