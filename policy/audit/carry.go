package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

const (
	carrySchema = "dc.open/1"
	maxCarry    = 64 << 20
	// aside is what the name of a file ends with while it is written.
	aside = ".new"
)

// carry tells which flows are open where a segment begins, so that Open need
// not read what is before. It can be made again from the segments.
type carry struct {
	Schema  string    `json:"schema"`
	Ordinal int       `json:"ordinal"`
	Seq     uint64    `json:"seq"` // of the last entry before
	Chain   string    `json:"chain"`
	Open    []carried `json:"open"`
}

type carried struct {
	Intent json.RawMessage `json:"intent"`
	Groups *policy.Entry   `json:"groups,omitempty"` // that stands for all
	Named  []string        `json:"named,omitempty"`  // reservations of the groups
}

func carryName(dir string, ordinal int) string {
	return filepath.Join(dir, fmt.Sprintf("open-%08d.json", ordinal))
}

// encodeCarry returns the file: a check sum in a line of its own, and the state.
func encodeCarry(at border, f *flows) ([]byte, error) {
	c := carry{Schema: carrySchema, Ordinal: at.ordinal, Seq: at.seq, Chain: at.chain.String(), Open: []carried{}}
	for _, o := range f.open {
		c.Open = append(c.Open, carried{Intent: o.intent, Groups: o.groups, Named: o.named})
	}
	slices.SortFunc(c.Open, func(a, b carried) int { return bytes.Compare(a.Intent, b.Intent) })
	b, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	out := append(hex.AppendEncode(nil, sum[:]), '\n')
	return append(append(out, b...), '\n'), nil
}

// parseCarry returns where the segment begins and the flows that are open.
func parseCarry(b []byte) (border, *flows, error) {
	bad := errors.New("file of open flows is damaged")
	sum, rest, _ := bytes.Cut(b, []byte("\n"))
	body, ok := bytes.CutSuffix(rest, []byte("\n"))
	if got := sha256.Sum256(body); !ok || hex.EncodeToString(got[:]) != string(sum) {
		return border{}, nil, bad
	}
	var c carry
	if err := json.Unmarshal(body, &c); err != nil || c.Schema != carrySchema || c.Ordinal < 1 {
		return border{}, nil, bad
	}
	chain, ok := parseHash(c.Chain)
	if !ok {
		return border{}, nil, bad
	}
	f := newFlows()
	f.dropped = c.Seq > 0 // flows that were settled before are not known
	for _, o := range c.Open {
		var g glance
		if err := json.Unmarshal(o.Intent, &g); err != nil || g.Kind != policy.KindIntent || g.Intent == nil ||
			!g.Intent.Enforced.Releases() || f.open[g.Flow] != nil || (o.Groups != nil && o.Groups.Flow != g.Flow) {
			return border{}, nil, bad
		}
		f.open[g.Flow] = &openFlow{intent: o.Intent, groups: o.Groups, named: o.Named}
	}
	return border{c.Ordinal, c.Seq, chain}, f, nil
}

// carries returns the segments before which the open flows are written down,
// newest first.
func carries(files policy.Files, dir string) []int {
	names, err := files.List(dir)
	if err != nil {
		return nil
	}
	var out []int
	for _, name := range names {
		digits, ok := strings.CutPrefix(name, "open-")
		digits, suffix := strings.CutSuffix(digits, ".json")
		if n, err := strconv.Atoi(digits); ok && suffix && err == nil && n > 0 {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}

// newestCarry returns the last one, not after a segment, that is whole and
// fits its segment; without any, the beginning of the log.
func newestCarry(files policy.Files, dir string, s *shelf, upto int) (border, *flows) {
	for _, n := range carries(files, dir) {
		if n > upto {
			continue
		}
		at, open, err := readCarry(files, carryName(dir, n))
		if err != nil || at.ordinal != n {
			continue
		}
		if p, err := s.part(n); err == nil && !p.blank && *p.border() == at {
			return at, open
		}
	}
	return border{ordinal: 1}, newFlows()
}

func readCarry(files policy.Files, name string) (border, *flows, error) {
	f, err := files.Open(name)
	if err != nil {
		return border{}, nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxCarry+1))
	if err != nil {
		return border{}, nil, err
	}
	if len(b) > maxCarry {
		return border{}, nil, errors.New("file of open flows is too long")
	}
	return parseCarry(b)
}

// writeCarry makes a carry durable and removes those that are older than the
// one before it, which stays for the case that this one is damaged.
func writeCarry(files policy.Files, dir string, ordinal int, b []byte) error {
	if len(b) > maxCarry {
		return errors.New("too many flows are open to be written down")
	}
	if err := files.MakeDir(dir); err != nil {
		return err
	}
	name := carryName(dir, ordinal)
	if err := journal.Replace(files, name, name+aside, b); err != nil {
		return err
	}
	for i, n := range carries(files, dir) {
		if i > 1 || n > ordinal {
			_ = files.Remove(carryName(dir, n)) // the next one tries again
		}
	}
	return nil
}

// makeCarry brings the carry up to the beginning of a segment.
func (l *Log) makeCarry(ctx context.Context, ordinal int) error {
	files := l.opts.Files
	shelf, err := openShelf(files, l.dir)
	if err != nil {
		return err
	}
	at, open := newestCarry(files, l.opts.Carry, shelf, ordinal)
	if at.ordinal == ordinal {
		return nil
	}
	e, err := reading{from: &at, until: ordinal}.run(ctx, files, l.dir, func(i item) error { return open.add(i.entry) })
	if err != nil {
		return err
	}
	b, err := encodeCarry(border{ordinal, e.seq, e.chain}, open)
	if err != nil {
		return err
	}
	return writeCarry(files, l.opts.Carry, ordinal, b)
}
