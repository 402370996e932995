package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
)

// loaded says what a store on disk is made of.
type loaded struct {
	base     int // number of the base, 0 when there is none
	baseSize int64
	segments int    // after the base
	after    int64  // bytes of them
	at       span   // how far the newest one counts, or the base
	key      string // check value of the root key; empty when nothing is there
	torn     int64
}

// load reads the newest base and the segments after it into empty books.
func load(ctx context.Context, files policy.Files, dir string, b *books) (in loaded, err error) {
	tip, err := readTip(files, dir) // first: a gateway may be writing
	if err != nil {
		return in, err
	}
	names, err := list(files, dir)
	if err != nil {
		return in, err
	}
	to := newReplayer(b)
	if n := len(names.bases); n > 0 {
		if err := in.fromBase(ctx, files, dir, names.bases[n-1], to); err != nil {
			return in, err
		}
	}
	c, err := readChain(files, dir, names.segments, in.at)
	if err != nil {
		return in, err
	}
	if in.key != "" && c.key != "" && in.key != c.key {
		return in, fmt.Errorf("%s was written under another root key than %s; %s", segmentName(c.last()), baseName(in.base), restore)
	}
	if err := tip.missed(c.last(), span{}); err != nil {
		return in, err
	}
	for n := c.first(); n <= c.last(); n++ {
		if at, ok := c.span(n); ok {
			in.after += at.end
		}
	}
	if in.at, in.torn, err = c.replay(ctx, c.last(), to.take); err != nil {
		return in, err
	}
	if in.segments = len(c.heads); in.segments > 0 {
		in.key = c.key
		in.after += in.at.end
	}
	if err := tip.missed(c.last(), in.at); err != nil {
		return in, err
	}
	return in, to.finish()
}

func (in *loaded) fromBase(ctx context.Context, files policy.Files, dir string, n int, to *replayer) error {
	f, err := openBase(files, dir, n)
	if err != nil {
		return err
	}
	defer f.Close()
	in.base, in.baseSize, in.key, in.at = n, f.size, f.head.Key, f.covers()
	return f.fill(ctx, to, true)
}

// Load reads the counters of a data directory without its lock or keys, also
// beside a running gateway.
func Load(files policy.Files, dir string) (*View, error) {
	dir = filepath.Join(dir, Sub)
	b, in, err := loadBeside(context.Background(), files, dir)
	if err != nil {
		return nil, fmt.Errorf("ledger: read %s: %w", dir, err)
	}
	return &View{b: b, behind: in.behind()}, nil
}

// behind returns how many bytes of the journal no base covers, when they are
// far more than a folding that works would leave.
func (in *loaded) behind() int64 {
	if in.after <= 4*max(DefaultCompactBytes, in.baseSize/2) {
		return 0
	}
	return in.after
}

// Behind is more than zero when the older segments of the journal have not been
// folded into a base for long: so many bytes are read again at every start. The
// gateway's log says why, and free space on the disk is what it needs most.
func (v *View) Behind() int64 { return v.behind }

// loadBeside loads while a folding may replace the base that it opens.
func loadBeside(ctx context.Context, files policy.Files, dir string) (b *books, in loaded, err error) {
	for range 5 {
		b = newBooks()
		if in, err = load(ctx, files, dir, b); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return b, in, err
}
