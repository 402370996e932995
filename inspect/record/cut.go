package record

import "math"

// use notes that something stands in the record, at an offset.
func (r *open) use(at int64) {
	if !r.used {
		r.used, r.from = true, at
	}
}

// Open returns the offset at which the first of the open records begins that
// begin at an offset or behind it.
func (b *Book) Open(after int64) int64 {
	first := int64(math.MaxInt64)
	for i := range b.stack {
		if r := &b.stack[i]; r.used && r.from >= after {
			first = min(first, r.from)
		}
	}
	return first
}

// EndBefore ends the open records that began before an offset: what follows
// in them counts as other records.
func (b *Book) EndBefore(offset int64) {
	for i := range b.stack {
		if r := &b.stack[i]; r.used && r.from < offset {
			b.settle(r)
			r.begin(r.id)
		}
	}
}
