package decode

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
)

// xz reads the container of xz files, version 1.2.1: streams of blocks, each
// of one sequence of LZMA2. The library reads that sequence only. Its reader
// of the container allocates whatever dictionary a block claims, and joins
// the end of one piece with the beginning of the next.
type xz struct {
	d     *Inflate
	lzma  lzma2
	flags [2]byte
}

// xzSums are the lengths of the checksums, by type.
var xzSums = [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}

// decode reads streams and the padding between them.
func (x *xz) decode() error {
	for begun := false; ; begun = true {
		head, _ := x.d.desk.source.Peek(4)
		if len(head) == 0 && begun {
			return nil
		}
		if begun && string(head) == "\x00\x00\x00\x00" {
			if err := discard(x.d.desk.source, 4); err != nil {
				return err
			}
			continue
		}
		if err := x.stream(); err != nil {
			return err
		}
	}
}

func (x *xz) stream() error {
	head, err := x.take(12)
	if err != nil {
		return err
	}
	if string(head[:6]) != "\xfd7zXZ\x00" || !summed(head[6:]) || head[6] != 0 || head[7] > 15 {
		return errBroken
	}
	x.flags = [2]byte{head[6], head[7]}
	for blocks := uint64(0); ; blocks++ {
		size, err := x.d.desk.source.ReadByte()
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		if size == 0 {
			return x.index(blocks)
		}
		if err := x.block(size); err != nil {
			return err
		}
	}
}

// block reads a block whose header has the size given in its first byte.
func (x *xz) block(size byte) error {
	rest, err := x.take(int(size)*4 + 3)
	if err != nil {
		return err
	}
	header := append([]byte{size}, rest...)
	if !summed(header) || header[1]&0x3c != 0 {
		return errBroken
	}
	r := bytes.NewReader(header[2 : len(header)-4])
	for bit := byte(0x40); bit != 0; bit <<= 1 { // sizes, which the blocks tell better
		if header[1]&bit != 0 {
			if _, err := binary.ReadUvarint(r); err != nil {
				return errBroken
			}
		}
	}
	id, _ := binary.ReadUvarint(r)
	props, _ := binary.ReadUvarint(r)
	dict, err := r.ReadByte()
	switch {
	case header[1]&3 != 0 || id != 0x21 || props != 1:
		return errUnknown // filters before LZMA2
	case err != nil || dict > 40:
		return errBroken
	}
	sum := x.sum()
	from := x.d.at()
	if err := x.lzma.sequence(x.d, lzmaDict(dict), sum); err != nil {
		return err
	}
	pad := int(-(x.d.at() - from) & 3)
	n := xzSums[x.flags[1]]
	tail, err := x.take(pad + n)
	if err != nil {
		return err
	}
	if sum == nil || string(tail[:pad]) != "\x00\x00\x00\x00"[:pad] {
		return nil
	}
	got := sum.Sum(nil)
	if n <= 8 { // the CRCs lie the other way round
		for i, j := 0, len(got)-1; i < j; i, j = i+1, j-1 {
			got[i], got[j] = got[j], got[i]
		}
	}
	if !bytes.Equal(got, tail[pad:]) {
		return errBroken
	}
	return nil
}

// sum is the checksum of a block, nil for none and for one not known.
func (x *xz) sum() hash.Hash {
	switch x.flags[1] {
	case 1:
		return crc32.NewIEEE()
	case 4:
		return crc64.New(crc64.MakeTable(crc64.ECMA))
	case 10:
		return sha256.New()
	}
	return nil
}

// index reads the list of blocks and the footer. Its first byte is read.
func (x *xz) index(blocks uint64) error {
	r := &indexReader{source: x.d.desk.source, sum: crc32.Update(0, crc32.IEEETable, []byte{0}), n: 1}
	count, err := binary.ReadUvarint(r)
	if err != nil {
		return io.ErrUnexpectedEOF
	}
	if count != blocks {
		return errBroken
	}
	for range 2 * count {
		if _, err := binary.ReadUvarint(r); err != nil {
			return io.ErrUnexpectedEOF
		}
	}
	for r.n%4 != 0 {
		if c, err := r.ReadByte(); err != nil || c != 0 {
			return errBroken
		}
	}
	tail, err := x.take(16)
	if err != nil {
		return err
	}
	foot := tail[4:]
	if binary.LittleEndian.Uint32(tail) != r.sum || string(foot[10:]) != "YZ" || string(foot[8:10]) != string(x.flags[:]) ||
		crc32.ChecksumIEEE(foot[4:10]) != binary.LittleEndian.Uint32(foot) {
		return errBroken
	}
	return nil
}

type indexReader struct {
	source io.ByteReader
	sum    uint32
	n      int64
}

func (r *indexReader) ReadByte() (byte, error) {
	c, err := r.source.ReadByte()
	if err == nil {
		r.sum = crc32.Update(r.sum, crc32.IEEETable, []byte{c})
		r.n++
	}
	return c, err
}

// take reads a few bytes.
func (x *xz) take(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(x.d.desk.source, b); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return b, nil
}

// summed reports whether b ends with its CRC. The one of the header of a
// stream leaves out what comes before.
func summed(b []byte) bool {
	n := len(b) - 4
	return n > 0 && crc32.ChecksumIEEE(b[:n]) == binary.LittleEndian.Uint32(b[n:])
}
