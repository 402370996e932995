package unpack

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"
)

// sevenMore is how much more than it tells a folder may give before that is
// noticed by the packed bytes alone.
const sevenMore = 1 << 30

// sevenReader reads what a folder gives.
type sevenReader struct {
	in     io.Reader
	packed *sevenPacked
	held   int64
	idle   int
}

// Read ends when nothing came many times over: the filters of the library swallow
// the end of what they read.
func (r *sevenReader) Read(p []byte) (n int, err error) {
	if n, err = r.in.Read(p); n > 0 {
		r.idle = 0
	} else if r.idle++; r.idle > 100 && err == nil {
		err = io.ErrNoProgress
	}
	return n, err
}

// rest calls f for packed bytes that were not read. Range coders leave some of
// their last bytes.
func (r *sevenReader) rest(f func(from, to int64)) {
	for _, p := range r.packed.streams {
		if p.to-p.reached > sevenSlack {
			f(p.reached, p.to)
		}
	}
}

const (
	// sevenSlack is how many bytes of a packed stream its coder may leave.
	sevenSlack = 5
	// sevenFine is how near to the end of a packed stream it is read byte by
	// byte, so that what is read ahead is not taken for needed.
	sevenFine = 64
)

// sevenPacked reads packed streams and knows how far each was read.
type sevenPacked struct {
	r       io.ReaderAt
	at      int64 // of the first
	streams []sevenStream
	counts  bool
}

type sevenStream struct{ from, to, reached int64 }

func newSevenPacked(r io.ReaderAt, at int64, sizes []int64) *sevenPacked {
	p := &sevenPacked{r: r, at: at}
	for _, n := range sizes {
		p.streams = append(p.streams, sevenStream{at, at + n, at})
		at += n
	}
	return p
}

func (p *sevenPacked) size() int64 {
	if n := len(p.streams); n > 0 {
		return p.streams[n-1].to - p.at
	}
	return 0
}

// stream reads them as one.
func (p *sevenPacked) stream() io.Reader {
	p.counts = true
	return io.NewSectionReader(p, 0, p.size())
}

// ReadAt may read less than it could without an error, which the readers of
// streams bear.
func (p *sevenPacked) ReadAt(b []byte, off int64) (n int, err error) {
	off += p.at
	for i := range p.streams {
		s := &p.streams[i]
		if off < s.from || off >= s.to {
			continue
		}
		want := int64(len(b))
		if p.counts {
			want = min(want, s.to-off)
			if fine := s.to - sevenFine; off < fine {
				want = min(want, fine-off)
			} else {
				want = min(want, 1)
			}
		}
		n, err = p.r.ReadAt(b[:want], off)
		if p.counts {
			s.reached = max(s.reached, off+int64(n))
		}
		return n, err
	}
	return 0, io.EOF
}

// sevenAlone is an archive of one folder with one file, made for the library:
// a head, the packed streams as they are, a header that says nothing more.
type sevenAlone struct {
	head, tail []byte
	packed     *sevenPacked
}

func newSevenAlone(packed *sevenPacked, folder []byte, packs, sizes []int64) *sevenAlone {
	num := func(b []byte, n int64) []byte { return binary.LittleEndian.AppendUint64(append(b, 0xff), uint64(n)) }
	b := []byte{sevenHeader, sevenMainStreams, sevenPackInfo, 0}
	b = append(num(b, int64(len(packs))), sevenSize)
	for _, n := range packs {
		b = num(b, n)
	}
	b = append(b, sevenEnd, sevenUnpackInfo, sevenFolderID, 1, 0)
	b = append(append(b, folder...), sevenUnpackSizes)
	for _, n := range sizes {
		b = num(b, n)
	}
	b = append(b, sevenEnd, sevenEnd, sevenFileInfo, 1, sevenNames, 5, 0, 'a', 0, 0, 0, sevenEnd, sevenEnd)

	le := binary.LittleEndian
	start := le.AppendUint64(le.AppendUint64(nil, uint64(packed.size())), uint64(len(b)))
	start = le.AppendUint32(start, crc32.ChecksumIEEE(b))
	head := append(slices.Clone(sevenSig), 0, 4)
	head = append(le.AppendUint32(head, crc32.ChecksumIEEE(start)), start...)
	return &sevenAlone{head: head, tail: b, packed: packed}
}

func (a *sevenAlone) size() int64 {
	return int64(len(a.head)) + a.packed.size() + int64(len(a.tail))
}

// ReadAt reads across the three.
func (a *sevenAlone) ReadAt(p []byte, off int64) (n int, err error) {
	pieces := [3]io.ReaderAt{bytes.NewReader(a.head), a.packed, bytes.NewReader(a.tail)}
	sizes := [3]int64{int64(len(a.head)), a.packed.size(), int64(len(a.tail))}
	for i, r := range pieces {
		if off >= sizes[i] {
			off -= sizes[i]
			continue
		}
		want := min(int64(len(p)-n), sizes[i]-off)
		k, err := r.ReadAt(p[n:n+int(want)], off)
		if n += k; int64(k) < want {
			return n, err
		}
		if n == len(p) {
			return n, nil
		}
		off = 0
	}
	return n, io.EOF
}
