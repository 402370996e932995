package engine

import (
	"bytes"
	"io"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/unpack"
)

// box is a stream that is a container: an archive, a document, a picture. It
// is opened when it is there as a whole, and until then nothing in it is
// settled. Its bytes are read as they lie, too: what is found there counts
// unless a part told the same.
type box struct {
	name string // its path element
	open unpack.Whole
	kind func(r io.ReaderAt, size int64) string // a closer name, if it is a document
}

// kinds are the containers that their first bytes tell.
var kinds = []struct {
	magic string
	box   box
}{
	{"PK\x03\x04", box{"zip", unpack.Office, unpack.Kind}},
	{"PK\x05\x06", box{"zip", unpack.Office, unpack.Kind}},
	{"PK\x07\x08", box{"zip", unpack.Office, unpack.Kind}},
	{"7z\xbc\xaf\x27\x1c", box{"7z", unpack.SevenZip, nil}},
	{"Rar!\x1a\x07", box{"rar", unpack.Rar, nil}},
	{"%PDF-", box{"pdf", unpack.PDF, nil}},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", box{"ole", unpack.OLE, nil}},
	{"SQLite format 3\x00", box{"sqlite", unpack.SQLite, nil}},
	{"PAR1", box{"parquet", unpack.Parquet, nil}},
	{"PARE", box{"parquet", unpack.Parquet, nil}},
	{"bplist", box{"plist", unpack.Plist, nil}},
	{"{\\rtf", box{"rtf", unpack.RTF, nil}},
}

// openTar makes a Whole of a Flow.
func openTar(r io.ReaderAt, size int64, l unpack.Limits, out unpack.Out) {
	unpack.Tar(io.NewSectionReader(r, 0, size), l, out)
}

// boxed tells the container that a stream begins as, or nil.
func boxed(head []byte, meta *inspect.Meta) *box {
	for i := range kinds {
		if bytes.HasPrefix(head, []byte(kinds[i].magic)) {
			return &kinds[i].box
		}
	}
	ct := strings.ToLower(meta.ContentType)
	switch format := decode.Sniff(head); {
	case format == decode.Tar:
		return &box{name: "tar", open: openTar}
	case format == decode.Image:
		return &box{name: "image", open: unpack.Image}
	case format != decode.Plain:
	case strings.HasPrefix(ct, "application/x-git-receive-pack-request") || unpack.LooksGit(head):
		return &box{name: "git", open: unpack.Git}
	case unpack.LooksDBF(head):
		return &box{name: "dbf", open: unpack.DBF}
	case saysCBOR(ct) || unpack.LooksCBOR(head):
		return &box{name: "cbor", open: unpack.CBOR}
	case unlikeText(head) && (saysProtobuf(ct) || unpack.LooksLikeProtobuf(head)):
		return &box{name: "protobuf", open: unpack.Protobuf}
	}
	return nil
}

// unlikeText reports whether a head has bytes that no text has.
func unlikeText(head []byte) bool {
	return bytes.ContainsFunc(head, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' && r != 0x1b })
}

func saysCBOR(ct string) bool {
	return strings.HasPrefix(ct, "application/cbor") || strings.HasPrefix(ct, "application/cose") || strings.Contains(ct, "+cbor")
}

func saysProtobuf(ct string) bool {
	return strings.HasPrefix(ct, "application/grpc") || strings.Contains(ct, "protobuf")
}

// headLen is how much of a stream is seen before it is opened.
const headLen = decode.TarLen + 2

// contain makes the stream a container if its head is that of one. A coding
// that is said to lie on it comes first.
func (s *stream) contain(head []byte) bool {
	if s.scan.meta.Kind == inspect.Head || len(head) == 0 {
		return false
	}
	b := boxed(head, &inspect.Meta{ContentType: s.mime.media})
	s.thumb = s.thumb && (bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) || bytes.HasPrefix(head, []byte("\xff\xd8\xff"))) // whatever its name is
	if b == nil || b.name == s.not {
		return false
	}
	if s.deep() {
		s.shut = true
		return true
	}
	s.box, s.told = b, &told{outer: s.into}
	return true
}

// deep reports whether what lies in the stream is deeper than is read.
func (s *stream) deep() bool {
	if s.depth < s.scan.engine.opt.Limits.Depth {
		return false
	}
	s.gap(inspect.GapLimitDepth, -1)
	return true
}

// hold keeps the next bytes of a container that lies in another stream; those
// of the wire its caller keeps.
func (s *stream) hold(p []byte) {
	if s.origin < 0 || s.scan.spool == nil {
		s.store.write(p, &s.scan.budget)
	}
}

// kept is what reads the stream's bytes back, or nil.
func (s *stream) kept() io.ReaderAt {
	if s.origin < 0 || s.scan.spool == nil {
		if s.store.over {
			s.gap(inspect.GapLimitBytes, -1)
			return nil
		}
		return &s.store
	}
	r := io.NewSectionReader(s.scan.spool, s.origin, s.got)
	var last [1]byte
	if n, _ := r.ReadAt(last[:], s.got-1); n < 1 { // what was written is not all there
		s.gap(inspect.GapBroken, -1)
		return nil
	}
	return r
}

// boxWork is what it costs to open even the smallest one.
const boxWork = 40_000

// unbox opens the container, of which all has come, and then reads it as it
// lies.
func (s *stream) unbox() {
	defer s.store.drop(&s.scan.budget)
	r := s.kept()
	if r == nil || s.scan.spent {
		return
	}
	o := &outlet{stream: s, name: s.box.name}
	s.scan.work(boxWork)
	open := s.box.open
	if s.box.kind != nil {
		if o.name = s.box.kind(r, s.got); o.name == s.box.name { // it is no document
			open = unpack.Zip
		}
	}
	l := s.scan.engine.opt.Limits
	open(r, s.got, unpack.Limits{Entries: l.Parts, Memory: s.scan.budget.Left(),
		Bytes: min(l.Bytes, max(1<<20, s.got*l.Ratio)), Budget: &s.scan.budget}, o)
	o.end()
	s.lie(r)
}

// lie reads the bytes of the container themselves.
func (s *stream) lie(r io.ReaderAt) {
	buf := make([]byte, wide)
	for at := int64(0); at < s.got && !s.scan.spent; {
		n, err := r.ReadAt(buf[:min(wide, s.got-at)], at)
		s.take(buf[:n])
		if at += int64(n); err != nil && at < s.got {
			s.gap(inspect.GapBroken, s.got-at)
			break
		}
	}
	clear(buf)
}
