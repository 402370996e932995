package unpack

import (
	"bytes"
	"hash"
	"hash/crc32"
	"io"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
)

// officeEntry is one entry of the zip.
type officeEntry struct {
	zipEntry
	local     zipEntry
	data      int64  // where its bytes begin
	root      string // of its XML, when it is XML that can be read
	sure      bool   // both of its headers tell of the same data, which can be read
	encrypted bool   // says the manifest of an ODF package
	done      bool
}

func (e *officeEntry) span() decode.Span {
	return decode.Span{From: e.data, To: e.data + e.packed}
}

// opaque tells whether an entry that has no reader holds text that cannot be
// seen in its bytes: what should be XML and is none, and the sheets of a
// binary workbook (MS-XLSB).
func (e *officeEntry) opaque() bool {
	name := strings.ToLower(string(e.name))
	if strings.HasSuffix(name, ".bin") {
		for _, dir := range [...]string{"/worksheets/", "/macrosheets/", "/pivotcache/", "/externallinks/", "/revisions/"} {
			if strings.Contains(name, dir) {
				return e.root != xlsbSheetRoot
			}
		}
		return false
	}
	return (strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels")) && (e.root == "" || e.root == "?") && e.sure && e.packed > 0
}

// collect takes the entries of the central directory that can be read without
// a doubt. The others are left to the zip opener alone.
func (d *officeDoc) collect(end zipEnd) {
	d.z.eachListed(end, func(_ zipEnd, e *zipEntry) bool {
		local, ok := d.z.localAt(e.header + end.base)
		if !ok || len(d.entries) >= d.z.m.parts || !d.o.hold(zipEntryCost+len(e.name)) {
			return ok
		}
		c := officeEntry{zipEntry: *e, local: local, data: local.header + local.length}
		c.name, c.extra, c.comment = bytes.Clone(e.name), nil, nil
		c.sure = local.zipWay == e.zipWay && zipReads(e.method) && !e.zipWay.encrypted && e.packed <= d.z.size-c.data
		c.local.name, c.local.extra = nil, nil
		d.entries = append(d.entries, c)
		return true
	})
}

// settled tells the zip opener that the data of an entry were read.
func (d *officeDoc) settled(e *officeEntry) {
	d.z.seen[zipKey{e.local.header, e.zipWay}] = struct{}{}
	d.z.know(e.data, e.data+e.packed)
	if e.method == zipStore {
		put(&d.plain, e.data, e.packed)
	}
	if e.flags&zipFlagDescriptor != 0 {
		at := e.data + e.packed
		d.z.know(at, at+d.z.descriptor(at, e.packed, e.crc))
	}
}

// officeBody reads the data of an entry and judges whether they were whole.
type officeBody struct {
	o    *officeOut
	e    *officeEntry
	in   *zipInput
	dec  io.Reader
	sum  hash.Hash32
	err  error
	idle int
}

// open starts to read an entry. One entry is open at a time.
func (d *officeDoc) open(e *officeEntry) *officeBody {
	b := &officeBody{o: d.o, e: e, in: d.z.at(e.data, e.data+e.packed), sum: crc32.NewIEEE()}
	b.dec, b.err = d.z.codec.open(&e.zipEntry, b.in.Reader, d.z.limits)
	return b
}

func (b *officeBody) Read(p []byte) (n int, err error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.o.stopped {
		return 0, io.EOF
	}
	n, b.err = b.dec.Read(p)
	b.o.work(int64(10 * n))
	b.sum.Write(p[:n])
	if b.o.unpack -= int64(n); b.o.unpack < 0 {
		b.o.stop(inspect.GapLimitBytes)
	}
	if b.idle++; n > 0 {
		b.idle = 0
	}
	if b.idle > 100 && b.err == nil {
		b.err = io.ErrNoProgress
	}
	return n, b.err
}

// sound tells whether the data ended where they should and are what they were.
func (b *officeBody) sound() bool {
	return b.err == io.EOF && b.in.used() == b.e.packed && b.sum.Sum32() == b.e.crc
}

// rootOf returns the local name of the root element of an entry, "" when it
// is no XML or cannot be read, "?" when its beginning does not tell.
func (d *officeDoc) rootOf(e *officeEntry) string {
	if !e.sure || e.packed == 0 {
		return ""
	}
	body := d.open(e)
	if d.head == nil {
		d.head = make([]byte, rootFar)
	}
	n, _ := io.ReadFull(body, d.head[:rootNear])
	if !looksLikeXML(d.head[:n]) {
		return xlsbRoot(d.head[:n])
	}
	root := rootName(d.head[:n])
	if root == "?" && n == rootNear {
		k, _ := io.ReadFull(body, d.head[n:])
		root = rootName(d.head[:n+k])
	}
	return root
}

const (
	rootNear = 4 << 10  // where the root element of most entries is
	rootFar  = 64 << 10 // and of those that begin with a long comment
)

func rootName(head []byte) string {
	x := newOfficeXMLIn(bytes.NewReader(head), make([]byte, max(16, len(head))))
	if x == nil {
		return "?"
	}
	for t := x.next(); t != xmlEOF; t = x.next() {
		if t == xmlStart {
			return string(x.name)
		}
	}
	return "?"
}

// wide tells whether an entry may hold UTF-16 text among other bytes: those
// of printers and controls, and metafiles.
func (e *officeEntry) wide() bool {
	name := strings.ToLower(string(e.name))
	if strings.IndexByte(name, '/') < 0 { // in no document
		return false
	}
	for _, end := range [...]string{".bin", ".emf", ".wmf", ".dat", ".mso"} {
		if strings.HasSuffix(name, end) {
			return e.sure && e.packed > 0
		}
	}
	return false
}

// wideText gives out the UTF-16 text in an entry that is no XML. What is wrong with
// it the zip opener says, which gives it out as stored.
func (d *officeDoc) wideText(e *officeEntry) {
	body := d.open(e)
	w := newWideText(d.o, append(bytes.Clone(e.name), "#text"...), e.span())
	n, _ := io.ReadFull(body, d.head[:len(oleMagic)])
	if bytes.Equal(d.head[:n], oleMagic) {
		return // its streams are read
	}
	w.add(d.head[:n])
	for !d.o.stopped {
		n, err := body.Read(d.head)
		if w.add(d.head[:n]); err != nil {
			break
		}
	}
	w.close()
	d.z.spend(body.in.used())
}
