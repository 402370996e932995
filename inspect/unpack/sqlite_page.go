package unpack

import (
	"slices"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// fail notes that the database is not sound. Of what was deleted nobody says
// that it is.
func (d *sqliteDB) fail() { d.broken = d.broken || !d.stale }

// reached reports whether page n was read, or does not exist.
func (d *sqliteDB) reached(n int64) bool {
	return n < 1 || n > d.pages || d.seen[n/64]&(1<<(n%64)) != 0
}

// mark notes that a page was reached, and answers false if it was before.
func (d *sqliteDB) mark(n int64) bool {
	if d.reached(n) {
		return false
	}
	d.seen[n/64] |= 1 << (n % 64)
	return true
}

// read reads page n.
func (d *sqliteDB) read(n int64) []byte {
	if !d.work(d.page) {
		return nil
	}
	b := make([]byte, d.page)
	k, _ := d.r.ReadAt(b, (n-1)*d.page)
	if int64(k) < d.page {
		d.broken = true
		return nil
	}
	return b
}

// gaps notes the bytes of the page at from that no cell uses.
func (d *sqliteDB) gaps(from int64, size int, used [][2]int) {
	slices.SortFunc(used, func(x, y [2]int) int { return x[0] - y[0] })
	at := 0
	for _, u := range used {
		d.gap(from+int64(at), from+int64(u[0]))
		at = max(at, u[1])
	}
	d.gap(from+int64(at), from+int64(size))
}

// gap notes unused bytes of the file. Three hold no text.
func (d *sqliteDB) gap(from, to int64) {
	if to-from < 4 || d.stale {
		return
	}
	if n := len(d.slack); n > 0 && d.slack[n-1].To == from {
		d.slack[n-1].To = to
		return
	}
	if len(d.slack) == cap(d.slack) {
		grow := int64(16 * max(1024, len(d.slack)))
		if int64(len(d.slack))*16+grow > d.l.Memory/2 || !d.hold(grow) {
			if !d.lost {
				d.lost = true
				d.Miss(inspect.GapLimitBytes, -1)
			}
			return
		}
		d.slack = slices.Grow(d.slack, int(grow/16))
	}
	d.slack = append(d.slack, decode.Span{From: from, To: to})
}
