package stream

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// Sub is the directory of the positions below a data directory.
const Sub = "streams"

// PositionSchema is the schema of a position's file.
const PositionSchema = "dc.position/1"

const (
	maxOpen     = 1 << 18 // flows that are open at once
	maxPosition = 48 << 20
	orderEnd    = ".replay"
)

// Position is how far a stream is. Everything that was complete at entry
// Scanned has arrived.
type Position struct {
	Schema  string     `json:"schema"`
	Stream  string     `json:"stream"`
	Scanned uint64     `json:"scanned"`
	Records uint64     `json:"records"`
	Acts    uint64     `json:"acts"`
	Failed  uint64     `json:"failures"`
	Gone    uint64     `json:"lost_entries"`
	Broken  uint64     `json:"lost_records"`
	Read    uint64     `json:"entries_read"` // with Bytes: the mean size
	Bytes   uint64     `json:"bytes_read"`
	Shipped time.Time  `json:"shipped_at,omitzero"`
	Over    time.Time  `json:"over_since,omitzero"`
	Fault   Class      `json:"fault,omitempty"`
	FaultAt time.Time  `json:"fault_at,omitzero"`
	Open    []OpenFlow `json:"open,omitempty"` // by First
}

// OpenFlow is a flow without an outcome so far.
type OpenFlow struct {
	First uint64 `json:"first"`           // its intent
	Group uint64 `json:"group,omitempty"` // the last of its groups
	Parts int64  `json:"parts,omitempty"` // of all groups
	Bytes int64  `json:"bytes,omitempty"`
	// Question is the last group that has one, NewNS and NewSP are the persons
	// that all groups reserved, and Reserved says that any did.
	Question uint64 `json:"question,omitempty"`
	Reserved bool   `json:"reserved,omitempty"`
	NewNS    int64  `json:"new_ns,omitempty"`
	NewSP    int64  `json:"new_sp,omitempty"`
}

// add takes the next group of the flow.
func (o *OpenFlow) add(seq uint64, g *policy.Group) {
	o.Group, o.Parts, o.Bytes = seq, o.Parts+g.Parts, o.Bytes+g.Bytes
	if len(g.Question) > 0 {
		o.Question = seq
	}
	if r := g.Reservation; r != nil {
		o.Reserved, o.NewNS, o.NewSP = true, o.NewNS+r.NewNS, o.NewSP+r.NewSP
	}
}

// sum is the last group standing for all.
func (o *OpenFlow) sum(last *policy.Group, question json.RawMessage) *policy.Group {
	out := *last
	out.Parts, out.Bytes, out.Question, out.Reservation = o.Parts, o.Bytes, question, nil
	if o.Reserved {
		out.Reservation = &policy.Reservation{NewNS: o.NewNS, NewSP: o.NewSP}
	}
	return &out
}

// Needs is the lowest number of an entry that the stream still reads.
func (p *Position) Needs() uint64 {
	if len(p.Open) > 0 {
		return p.Open[0].First
	}
	return p.Scanned + 1
}

// sealed is the form of a file: the sum is over the bytes of the position.
type sealed struct {
	Position json.RawMessage `json:"position"`
	Sum      string          `json:"sum"`
}

// Encode gives the bytes of a position's file.
func (p *Position) Encode() ([]byte, error) {
	p.Schema = PositionSchema
	inner, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("stream: position: %w", err)
	}
	sum := sha256.Sum256(inner)
	out, err := json.Marshal(sealed{inner, hex.EncodeToString(sum[:])})
	if err != nil {
		return nil, fmt.Errorf("stream: position: %w", err)
	}
	return append(out, '\n'), nil
}

// errPosition says that a file is no position of the stream. Which byte is
// wrong helps nobody: the file is written by the program alone.
var errPosition = errors.New("stream: the file is no sound position of this stream")

// DecodePosition reads the bytes of a position's file. It takes only what
// Encode makes.
func DecodePosition(name string, b []byte) (*Position, error) {
	var outer sealed
	if len(b) > maxPosition || strict(b, &outer) != nil {
		return nil, errPosition
	}
	sum := sha256.Sum256(outer.Position)
	p := &Position{}
	if hex.EncodeToString(sum[:]) != outer.Sum || strict(outer.Position, p) != nil || !p.sound(name) {
		return nil, errPosition
	}
	if again, err := p.Encode(); err != nil || !bytes.Equal(again, b) {
		return nil, errPosition
	}
	return p, nil
}

func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

func (p *Position) sound(name string) bool {
	if p.Schema != PositionSchema || p.Stream != name || len(p.Open) > maxOpen || p.Scanned == ^uint64(0) {
		return false
	}
	before := uint64(0)
	for _, o := range p.Open {
		groups := o.Group > o.First && o.Group <= p.Scanned && o.Parts >= 0 && o.Bytes >= 0
		if o.First <= before || o.First > p.Scanned || !groups && (o.Group != 0 || o.Parts != 0 || o.Bytes != 0) {
			return false
		}
		before = o.First
	}
	return true
}

// Load reads the position of a stream. None is fs.ErrNotExist.
func Load(files policy.Files, data, name string) (*Position, error) {
	return load(files, filepath.Join(data, Sub, name), name)
}

func load(files policy.Files, path, name string) (*Position, error) {
	b, err := slurp(files, path)
	if err != nil {
		return nil, err
	}
	return DecodePosition(name, b)
}

func slurp(files policy.Files, path string) ([]byte, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxPosition+1))
}

// save makes a position durable.
func save(files policy.Files, path string, p *Position) error {
	b, err := p.Encode()
	if err != nil {
		return err
	}
	return journal.Replace(files, path, path+".new", b)
}

// Order asks a stream to go back to a position, of which Scanned and Open
// count. A running shipper takes it up within a second, any other at its next
// start.
func Order(files policy.Files, data, name string, back *Position) error {
	dir := filepath.Join(data, Sub)
	if err := makeDir(files, data, dir); err != nil {
		return err
	}
	back.Stream = name
	return save(files, filepath.Join(dir, name+orderEnd), back)
}

func makeDir(files policy.Files, parent, dir string) error {
	if err := files.MakeDir(dir); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	if err := files.SyncDir(parent); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	return nil
}
