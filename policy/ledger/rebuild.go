package ledger

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"

	"github.com/datacustoms/customs/policy"
)

// RebuildOptions says what to rebuild a ledger from.
type RebuildOptions struct {
	// Dir is the data directory, and Files the disk. Required.
	Dir   string
	Files policy.Files
	// Key is the root of the scope keys. Nothing is read with it: when it is
	// there, a journal of another key is refused.
	Key []byte
	// Write makes a new base of what the segments come to, under the ledger's
	// lock. The base that it replaces is kept with the ending ".bad".
	Write bool
	// Intents are the reservations that the audit log knows, in any order;
	// nil checks nothing against it. They are read before the journal.
	Intents iter.Seq2[Intent, error]
	// Progress hears of the bytes that were replayed; nil for nobody.
	Progress func(done, total int64)
}

// RebuildReport says what the segments come to, and what does not agree.
type RebuildReport struct {
	Before  []Total `json:"before"`            // the counters in force
	Present string  `json:"present,omitempty"` // why they cannot be read
	After   []Total `json:"after"`             // of the segments alone

	Segments int   `json:"segments"`
	Bytes    int64 `json:"bytes"`
	Cut      int64 `json:"cut,omitempty"` // of a last line that was never acknowledged
	// Running says that a gateway held the ledger meanwhile: settlements that
	// were on their way are then not compared.
	Running bool `json:"running,omitempty"`

	Reservations int64 `json:"reservations"`   // in the journal
	Intents      int64 `json:"intents"`        // in the log, with a reservation
	Open         int   `json:"open,omitempty"` // neither made final nor taken back
	// Unnamed are the reservations that count persons and that no intent
	// names.
	Unnamed []string `json:"unnamed,omitempty"`
	// Differs says in words what does not agree: the counters with each other,
	// or the journal with the log. More is how many it leaves out.
	Differs []string `json:"differs,omitempty"`
	More    int      `json:"more,omitempty"`

	// Noted are reservations that are right and of which somebody should know.
	Noted []string `json:"noted,omitempty"`

	Base string `json:"base,omitempty"` // the base that was written
}

// maxDiffers bounds the lists of a report.
const maxDiffers = 1000

// Same reports whether the counters in force are those of the segments and the
// log agrees.
func (r *RebuildReport) Same() bool {
	return r.Present == "" && len(r.Differs) == 0 && len(r.Unnamed) == 0
}

func (r *RebuildReport) differ(format string, args ...any) {
	if len(r.Differs) == maxDiffers {
		r.More++
		return
	}
	r.Differs = append(r.Differs, fmt.Sprintf(format, args...))
}

// Rebuild counts all persons again from the first segment of the journal,
// compares every counter with those in force, and every reservation with the
// audit log. A segment that is missing or damaged is an error: there is nothing
// else to count from. Persons are compared by their numbers; no key is needed.
func Rebuild(ctx context.Context, opts RebuildOptions) (*RebuildReport, error) {
	if opts.Dir == "" || opts.Files == nil {
		return nil, errors.New("ledger: rebuild: options need Dir and Files")
	}
	r := &rebuilding{RebuildOptions: opts, dir: filepath.Join(opts.Dir, Sub), report: &RebuildReport{}}
	lock, err := opts.Files.Lock(filepath.Join(r.dir, "lock"))
	switch {
	case err == nil:
		defer lock.Close()
	case opts.Write:
		return nil, fmt.Errorf("ledger: rebuild: stop the gateway that is using %s first: %w", r.dir, err)
	case errors.Is(err, policy.ErrLocked):
		r.report.Running = true
	}
	if err := r.run(ctx); err != nil {
		return nil, fmt.Errorf("ledger: rebuild %s: %w", r.dir, err)
	}
	return r.report, nil
}

type rebuilding struct {
	RebuildOptions
	dir    string
	report *RebuildReport
	log    crossCheck
}

func (r *rebuilding) run(ctx context.Context) error {
	r.log.report = r.report
	if err := r.log.read(ctx, r.Intents); err != nil {
		return fmt.Errorf("read the audit log: %w", err)
	}
	present, in := r.present(ctx)
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := r.chain(in)
	if err != nil {
		return err
	}
	b, at, err := r.replay(ctx, c)
	if err != nil {
		return err
	}
	r.report.After = b.totals()
	if present != nil {
		r.compare(present, b.tally())
	}
	r.log.finish()
	if r.Write {
		return r.write(ctx, c, at, b)
	}
	return nil
}

// present counts what the base and the segments after it come to.
func (r *rebuilding) present(ctx context.Context) (tallies, loaded) {
	b, in, err := loadBeside(ctx, r.Files, r.dir)
	if err != nil {
		r.report.Present = err.Error()
		return nil, loaded{}
	}
	r.report.Before = b.totals()
	return b.tally(), in
}

// chain returns all segments, up to where the counters in force were read.
func (r *rebuilding) chain(in loaded) (*chain, error) {
	tip, err := readTip(r.Files, r.dir)
	if err != nil {
		return nil, err
	}
	names, err := list(r.Files, r.dir)
	if err != nil {
		return nil, err
	}
	if len(names.segments) == 0 {
		return nil, errors.New("there is no journal to rebuild it from; " + restore)
	}
	c, err := readChain(r.Files, r.dir, names.segments, span{})
	if err != nil {
		return nil, err
	}
	last := c.last()
	if n := len(names.bases); n > 0 && names.bases[n-1] > last {
		return nil, fmt.Errorf("%s is missing: %s covers it; %s", segmentName(last+1), baseName(names.bases[n-1]), restore)
	}
	if !r.report.Running {
		if err := tip.missed(last, span{}); err != nil {
			return nil, err
		}
	}
	if in.at.segment > 0 && in.at.segment <= last {
		c.heads, c.until = c.heads[:in.at.segment], in.at
	}
	if check := (&keyring{root: r.Key}).check(); len(r.Key) > 0 && c.key != check {
		return nil, errors.New("the ledger was kept under another root key; restore that key")
	}
	return c, nil
}

func (r *rebuilding) replay(ctx context.Context, c *chain) (b *books, at span, err error) {
	total := int64(0)
	for n := c.first(); n <= c.last(); n++ {
		end, _ := c.span(n)
		total += end.end
	}
	b, at = newBooks(), c.after
	to := newReplayer(b)
	for n := c.first(); n <= c.last(); n++ {
		if r.Progress != nil {
			r.Progress(r.report.Bytes, max(total, r.report.Bytes))
		}
		var torn int64
		at, torn, err = c.segment(ctx, n, func(rec record) error {
			r.log.take(&rec)
			return to.take(rec)
		})
		if err != nil {
			return nil, at, err
		}
		r.report.Segments++
		r.report.Bytes += at.end
		r.report.Cut = torn
	}
	if r.Progress != nil {
		r.Progress(r.report.Bytes, r.report.Bytes)
	}
	return b, at, to.finish()
}

// write makes the segments' base the one in force. A crash leaves the old one,
// or none, which counts the same, or the new one.
func (r *rebuilding) write(ctx context.Context, c *chain, at span, b *books) error {
	names, err := list(r.Files, r.dir)
	if err != nil {
		return err
	}
	put := func(n int) error {
		name := filepath.Join(r.dir, baseName(n))
		return r.Files.Rename(name, name+".bad")
	}
	for _, n := range names.bases {
		if n == at.segment {
			if err := errors.Join(put(n), r.Files.SyncDir(r.dir)); err != nil {
				return err
			}
		}
	}
	if _, err := writeBase(ctx, r.Files, r.dir, c.key, at, nil, b, nil); err != nil {
		return err
	}
	for _, n := range names.bases {
		if n != at.segment {
			err = errors.Join(err, put(n))
		}
	}
	r.report.Base = baseName(at.segment)
	return errors.Join(err, r.Files.SyncDir(r.dir))
}
