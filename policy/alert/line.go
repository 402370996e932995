package alert

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

const (
	// Sub is the directory of the outbox in a data directory.
	Sub = "alerts"

	outboxName   = "outbox"
	outboxSchema = "dc.alerts/1"
	maxLine      = 256 << 10
	maxFile      = 512 << 20 // above what is ever written
)

// line is one line of the outbox: a head, an alert with its deliveries, or how
// one delivery stands now.
type line struct {
	Op       string    `json:"op"` // head, raise, set
	Schema   string    `json:"schema,omitempty"`
	State    *State    `json:"state,omitempty"`
	ID       string    `json:"id,omitempty"`
	Delivery *Delivery `json:"delivery,omitempty"`
}

// appendLine adds the checksum, the JSON and a newline.
func appendLine(out *bytes.Buffer, l line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if len(text) > maxLine-10 {
		return fmt.Errorf("alert: a line of %d bytes is longer than any that is read", len(text))
	}
	fmt.Fprintf(out, "%08x %s\n", crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)), text)
	return nil
}

var errLine = errors.New("damaged line")

func parseLine(b []byte) (line, error) {
	if len(b) < 10 || b[8] != ' ' {
		return line{}, errLine
	}
	sum, err := hex.DecodeString(string(b[:8]))
	text := b[9:]
	want := crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli))
	if err != nil || len(sum) != 4 || uint32(sum[0])<<24|uint32(sum[1])<<16|uint32(sum[2])<<8|uint32(sum[3]) != want {
		return line{}, errLine
	}
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return line{}, errLine
	}
	return l, nil
}

// apply takes a line into the shelf.
func (b *shelf) apply(l line) error {
	switch {
	case l.Op == "head" && l.Schema != outboxSchema:
		return &schemaError{l.Schema}
	case l.Op == "head":
	case l.Op == "raise" && l.State != nil && l.State.Alert.sound() == nil && b.known[l.State.Alert.ID] == nil &&
		len(l.State.Deliveries) <= maxReceivers && len(l.State.Covers) <= maxCovers:
		b.add(l.State)
	case l.Op == "set" && l.Delivery != nil:
		b.put(l.ID, *l.Delivery)
	default:
		return errLine
	}
	return nil
}

// schemaError is an outbox of another program.
type schemaError struct{ schema string }

func (*schemaError) Error() string {
	return "the outbox is of another version of customs: run the version that wrote it, or move the file away, and what waits in it is not sent"
}

// read takes what can be read of an outbox. Damaged lines are counted and left
// out: what is lost with them may be told twice, and nothing else.
func (b *shelf) read(r io.Reader) (damaged int, err error) {
	first := true
	_, torn, err := journal.Lines(io.LimitReader(r, maxFile), maxLine, func(_ int64, text []byte) error {
		l, err := parseLine(text)
		if err == nil && first && l.Op != "head" {
			err = errLine
		}
		first = false
		if err == nil {
			err = b.apply(l)
		}
		if errors.Is(err, errLine) {
			damaged++
			err = nil
		}
		return err
	})
	if errors.Is(err, journal.ErrLong) { // nothing behind it can be told apart
		return damaged + 1, nil
	}
	_ = torn // a line that was being written when the program ended counts for nothing
	return damaged, err
}

// load reads the outbox of a directory. A missing one is empty.
func load(files policy.Files, dir string) (b *shelf, damaged int, err error) {
	b = newShelf()
	f, err := files.Open(filepath.Join(dir, outboxName))
	if errors.Is(err, fs.ErrNotExist) {
		return b, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	damaged, err = b.read(f)
	return b, damaged, err
}

// Load reads the alerts of a data directory, the oldest first, also beside a
// running gateway.
func Load(files policy.Files, dir string) ([]State, error) {
	b, _, err := load(files, filepath.Join(dir, Sub))
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	out := make([]State, len(b.states))
	for i, s := range b.states {
		out[i] = s.clone()
	}
	return out, nil
}
