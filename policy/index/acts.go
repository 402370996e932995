package index

import (
	"context"
	"fmt"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
)

// Acts calls fn for every act whose name is act, or begins with it before a
// dot, by that person; empty asks for all. Oldest first.
func (r *Reader) Acts(ctx context.Context, act, actor string, fn func(Act) error) error {
	var stopped error
	last := uint64(0)
	want := func(a Act) error {
		if a.Seq <= last || act != "" && a.Act != act && !strings.HasPrefix(a.Act, act+".") || actor != "" && a.Actor != actor {
			return nil
		}
		last, stopped = a.Seq, fn(a)
		return stopped
	}
	err := r.with(ctx, &stopped, func(v view) error {
		var gone spanSet
		var rest []Act
		err := after(ctx, r.log, v.at, func(i audit.Item) error {
			e, err := decode(i.Seq, i.Leaf, i.Bytes)
			if err != nil || e.g.Kind != policy.KindAdmin || e.g.Admin == nil {
				return err
			}
			a := Act{Seq: e.seq, Time: e.g.Time, Admin: *e.g.Admin}
			gone.take(a.Admin)
			rest = append(rest, a)
			return nil
		})
		if err == nil && v.tx != nil {
			if err = actsFit(ctx, v.tx, v.at); err == nil {
				err = eachAct(ctx, v.tx, func(a Act) error {
					if gone.has(a.Seq) {
						return nil
					}
					return want(a)
				})
			}
		}
		for _, a := range rest {
			if err == nil {
				err = want(a)
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("index: acts: %w", err)
	}
	return nil
}

// Deleted is the name of the act that authorises the deletion of a segment.
const Deleted = "retention.delete"

// spanSet is the entries that were deleted under retention.
type spanSet [][2]uint64

// take adds what an act says was deleted: Object is "segment-00000003 entries
// 1-2000".
func (s *spanSet) take(a policy.Admin) {
	if a.Act != Deleted {
		return
	}
	var ordinal int
	var first, last uint64
	if n, err := fmt.Sscanf(a.Object, "segment-%d entries %d-%d", &ordinal, &first, &last); err == nil && n == 3 && last >= first {
		*s = append(*s, [2]uint64{first, last})
	}
}

func (s spanSet) has(seq uint64) bool {
	for _, r := range s {
		if r[0] <= seq && seq <= r[1] {
			return true
		}
	}
	return false
}
