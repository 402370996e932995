package decode

import (
	"bufio"
	"hash"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

// xzDict is the largest dictionary that is granted, what xz -9 asks for.
const xzDict = 64 << 20

// firstDict is what a sequence gets at first, whatever it claims: the text of
// the largest chunk.
const firstDict = 2 << 20

// lzma2 decodes sequences of LZMA2 chunks. The library allocates a dictionary
// in one go, so a small one is tried as long as the text is no longer than
// it; the sequence is then begun anew with a larger one, from a record of its
// chunks. A dictionary serves all sequences of a file: each begins with a
// reset.
type lzma2 struct {
	reader *lzma.Reader2
	dict   int64 // of the reader

	source *bufio.Reader
	left   int    // bytes of the chunk in hand
	kept   []byte // the chunks of the sequence, while it may have to begin anew
	keep   bool
	again  []byte // what the reader has yet to read of kept
}

// lzmaDict decodes the size of a dictionary.
func lzmaDict(c byte) int64 {
	if c == 40 {
		return 1<<32 - 1
	}
	return int64(2|c&1) << (c/2 + 11)
}

// sequence decodes chunks up to the end mark.
func (l *lzma2) sequence(d *Inflate, claim int64, sum hash.Hash) error {
	if claim > xzDict {
		return errMemory
	}
	l.source, l.kept, l.again = d.desk.source, l.kept[:0], nil
	l.keep = max(l.dict, firstDict) < claim
	for text := int64(0); ; {
		n, size, err := l.chunk(text == 0)
		if err != nil || n == 0 {
			return err
		}
		l.left = size
		for l.reader == nil || l.keep && (text+int64(n) > l.dict || int64(len(l.kept)) > l.dict) {
			if err := l.begin(d, claim, text); err != nil {
				return err
			}
		}
		if err := l.give(d, n, sum); err != nil {
			return err
		}
		text += int64(n)
	}
}

// begin makes a reader with the next larger dictionary and brings it to where
// the one before was.
func (l *lzma2) begin(d *Inflate, claim, text int64) error {
	l.dict = max(firstDict, min(claim, 8*l.dict))
	l.keep = l.dict < claim
	need := l.dict
	if l.keep {
		need *= 2
	}
	if err := d.hold(need); err != nil {
		return err
	}
	l.again = l.kept
	r, err := lzma.Reader2Config{DictCap: int(l.dict)}.NewReader2(l)
	if err != nil {
		return err
	}
	l.reader = r
	for text > 0 {
		n, err := r.Read(d.desk.out[:min(outLen, text)])
		if err != nil {
			return errBroken
		}
		text -= int64(n)
	}
	if !l.keep {
		l.kept = nil
	}
	return nil
}

// chunk reads ahead for the header of the next chunk and returns the lengths
// of its text and of the chunk; no text is the end mark, which is taken.
func (l *lzma2) chunk(first bool) (n, size int, err error) {
	b, _ := l.source.Peek(5)
	switch {
	case len(b) == 0:
		return 0, 0, io.ErrUnexpectedEOF
	case b[0] == 0:
		return 0, 0, discard(l.source, 1)
	case b[0] > 2 && b[0] < 0x80 || first && b[0] != 1 && b[0] < 0xe0:
		return 0, 0, errBroken
	case len(b) < 5:
		return 0, 0, io.ErrUnexpectedEOF
	}
	n = int(b[1])<<8 | int(b[2]) + 1
	if b[0] <= 2 {
		return n, 3 + n, nil
	}
	n += int(b[0]&0x1f) << 16
	size = 5 + (int(b[3])<<8 | int(b[4])) + 1
	if b[0]&0x40 != 0 { // new properties
		size++
	}
	return n, size, nil
}

// give gives out the text of the chunk in hand.
func (l *lzma2) give(d *Inflate, n int, sum hash.Hash) error {
	for n > 0 {
		p := d.desk.out[:min(outLen, n)]
		m, err := l.reader.Read(p)
		if m > 0 {
			if sum != nil {
				sum.Write(p[:m])
			}
			if !d.yield(p[:m]) {
				return errStopped
			}
		}
		if err != nil {
			return errBroken
		}
		n -= m
	}
	if l.left > 0 {
		return errBroken
	}
	return nil
}

// Read gives the reader the chunks it has to read again, and the chunk in
// hand.
func (l *lzma2) Read(p []byte) (int, error) {
	if len(l.again) > 0 {
		n := copy(p, l.again)
		l.again = l.again[n:]
		return n, nil
	}
	if l.left == 0 {
		return 0, io.EOF
	}
	n, err := l.source.Read(p[:min(len(p), l.left)])
	l.left -= n
	if l.keep {
		l.kept = append(l.kept, p[:n]...)
	}
	return n, err
}
