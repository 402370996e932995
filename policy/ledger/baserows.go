package ledger

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// rowReader reads a scope's rows in order.
type rowReader struct {
	who   person
	state uint32
	err   error

	ctx   context.Context
	b     *baseFile
	at    int64 // of the next block
	left  int64
	block []byte
	buf   []byte
	any   bool
	crowd float64
	share float64 // of the places of a table that one step of a hash's first 64 bits has
}

// maxCrowd is how far a row may be from its place. Among 20 million hashes
// nobody is further than a few hundred; of rows that somebody chose a table
// would be searched for ever.
const maxCrowd = 2048

func (b *baseFile) rows(ctx context.Context, k *keptScope) *rowReader {
	return &rowReader{ctx: ctx, b: b, at: k.Offset, left: k.Rows, share: float64(k.Rows) * 1.18 / (1 << 64)}
}

// next steps to the next row; false is the end, or a fault in err.
func (r *rowReader) next() bool {
	if len(r.block) == 0 && !r.read() {
		return false
	}
	who := (*person)(r.block)
	if r.any && bytes.Compare(who[:], r.who[:]) <= 0 {
		r.err = r.b.fault(r.at, errors.New("persons are not in order"))
		return false
	}
	gap := binary.BigEndian.Uint64(who[:8]) - binary.BigEndian.Uint64(r.who[:8])
	if r.crowd = max(0, r.crowd+1-float64(gap)*r.share); r.crowd > maxCrowd {
		r.err = r.b.fault(r.at, errors.New("too many persons are alike to be hashes"))
		return false
	}
	r.who, r.any = *who, true
	r.state = uint32(r.block[13])<<16 | uint32(r.block[14])<<8 | uint32(r.block[15])
	r.block = r.block[rowBytes:]
	return true
}

func (r *rowReader) read() bool {
	if r.left == 0 || r.err != nil {
		return false
	}
	if r.err = r.ctx.Err(); r.err != nil {
		return false
	}
	n := int(min(r.left, blockRows))
	if r.buf == nil {
		r.buf = make([]byte, n*rowBytes+4)
	}
	buf := r.buf[:n*rowBytes+4]
	if _, err := r.b.f.ReadAt(buf, r.at); err != nil {
		r.err = r.b.fault(r.at, err)
		return false
	}
	r.block = buf[:n*rowBytes]
	if binary.LittleEndian.Uint32(buf[n*rowBytes:]) != crc32.Checksum(r.block, castagnoli) {
		r.err = r.b.fault(r.at, errors.New("a block of rows does not match its check sum"))
		return false
	}
	r.at += int64(len(buf))
	r.left -= int64(n)
	return true
}
