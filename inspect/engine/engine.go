// Package engine is the Inspector: decode → match → check → record → Report.
//
// The unit of work is a scan of one part. Bytes are read once as they came
// (the raw view) and, where escapes occur, a second time with the escapes
// undone; what both find at one place counts once. What lies in them has streams
// of its own, each with the same two views: compressed and UTF-16 content, the
// parts of archives, documents and messages, runs of base64 and its kin. The
// bytes of a container are read as they lie, too, and what they show counts
// unless a part told the same.
//
// The promises. Coverage is Full when every byte was read as it lies or as
// something that was made of it, and nothing met says otherwise: an archive,
// document or coding that could not be undone to its end, encrypted content
// with a known head, pictures, and 512 random bytes in a row (of a short part
// 128, in base64 1 KiB). Full does not say that shorter random bytes, or text
// under a coding that nobody knows here, were looked through.
//
// Plain text is held in a window of some KiB; containers are kept until they are
// whole, in the caller's spool where there is one, within the budget. What
// grows with the persons found is limited, and each limit shows in the
// coverage. However a part is cut into writes, the report is the same, but
// where the time of the budget ends it. In plain content Settled stays within
// 6 KiB of what was written; compressed content settles as it is decoded, and a
// container when it ends.
//
// A finding's Subject is the key of its own value. Which keys make one person
// is told by Report.Persons: there a record's keys are joined under the best.
package engine

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"sync"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/decode"
	"github.com/datacustoms/customs/inspect/rules"
)

// KeySize is the length of the root key.
const KeySize = 32

// Options are the settings of an Engine. Zero values mean the defaults.
type Options struct {
	Key         []byte           // root HMAC key of subjects, KeySize bytes; required
	Catalogue   *rules.Catalogue // the default catalogue
	Limits      decode.Limits    // of unpacking
	MaxFindings int              // findings a report lists, 10,000; the rest is counted
	MaxPersons  int              // distinct persons a report holds, 200,000
	MinorAge    int              // below it a person is a minor, 14

	// Watch, if set, is shown the text that is scanned, for a person who asks
	// what a scan sees: the path of its stream and the next bytes, which are
	// only valid during the call. It is called by one scan at a time or must
	// be safe for more.
	Watch func(path []string, text []byte)
}

// Engine opens scans. It is safe for concurrent use.
type Engine struct {
	opt   Options
	macs  sync.Pool
	forms forms
	shape shapeKeys
}

var _ inspect.Inspector = (*Engine)(nil)

// New makes an Engine.
func New(opt Options) (*Engine, error) {
	if len(opt.Key) != KeySize {
		return nil, fmt.Errorf("engine: root key has %d bytes, it needs %d", len(opt.Key), KeySize)
	}
	if opt.Catalogue == nil {
		c, err := rules.Default()
		if err != nil {
			return nil, fmt.Errorf("engine: %w", err)
		}
		opt.Catalogue = c
	}
	opt.Key = append([]byte(nil), opt.Key...)
	opt.Limits = opt.Limits.WithDefaults()
	opt.MaxFindings = or(opt.MaxFindings, 10_000)
	opt.MaxPersons = or(opt.MaxPersons, 200_000)
	opt.MinorAge = or(opt.MinorAge, 14)
	e := &Engine{opt: opt}
	e.macs.New = func() any { return &mac{hash: hmac.New(sha256.New, opt.Key)} }
	e.shape = e.shapeKeys()
	return e, e.index()
}

func or(v, def int) int {
	if v <= 0 {
		return def
	}
	return v
}

// Digest identifies the catalogue in force.
func (e *Engine) Digest() string { return e.opt.Catalogue.Digest() }

// shanghai is the zone in which ages and dates count; it has no summer time.
var shanghai = time.FixedZone("CST", 8*3600)

// Open starts the scan of one part. Without a time in m no date is too late
// and nobody is told a minor. The scan must be closed.
func (e *Engine) Open(m inspect.Meta, spool io.ReaderAt) (inspect.Scan, error) {
	s := &Scan{engine: e, meta: m, spool: spool}
	if !m.Time.IsZero() {
		s.day = m.Time.In(shanghai)
	}
	s.budget.Limits = e.opt.Limits
	s.root = newStream(s, nil, decode.Codings(m.ContentEncoding))
	s.root.origin = 0
	s.root.mime = said{media: m.ContentType}
	return s, nil
}

// mac is a keyed hash with room for its input and output.
type mac struct {
	hash hash.Hash
	in   []byte
	out  [sha256.Size]byte
}

// subject is the first 128 bits of HMAC-SHA-256(root key, kind ‖ 0 ‖ canonical).
func (e *Engine) subject(kind string, canonical []byte) (out inspect.Subject) {
	m := e.macs.Get().(*mac)
	m.hash.Reset()
	m.in = append(append(append(m.in[:0], kind...), 0), canonical...)
	m.hash.Write(m.in)
	copy(out[:], m.hash.Sum(m.out[:0]))
	clear(m.in)
	e.macs.Put(m)
	return out
}
