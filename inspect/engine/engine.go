// Package engine is the Inspector: decode → match → check → record → Report.
//
// The unit of work is a scan of one part. Bytes are read once as they came
// (the raw view) and, where escapes occur, a second time with the escapes
// undone; what both find at one place counts once. Compressed and UTF-16
// content is a stream of its own inside the first, with the same two views.
//
// The promises. Nothing of a part is held but a window of some KiB, so memory
// does not grow with the part; what grows with the persons found is limited,
// and the limit shows in the coverage. However a part is cut into writes, the
// report is the same. In plain content Settled stays within 1 KiB of what
// was written; compressed content settles as it is decoded. What cannot be
// read lowers the coverage: the documentation of package decode lists what is
// recognised, and what a coverage of Full does not claim.
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
}

// Engine opens scans. It is safe for concurrent use.
type Engine struct {
	opt   Options
	macs  sync.Pool
	forms forms
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
func (e *Engine) Open(m inspect.Meta, _ io.ReaderAt) (inspect.Scan, error) {
	s := &Scan{engine: e, meta: m}
	if !m.Time.IsZero() {
		s.day = m.Time.In(shanghai)
	}
	s.budget.Limits = e.opt.Limits
	s.root = newStream(s, nil, decode.Codings(m.ContentEncoding))
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
