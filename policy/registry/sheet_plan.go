package registry

import (
	"context"
	"fmt"
	"reflect"

	"github.com/datacustoms/customs/policy"
)

// plan says what storing filings without faults would change, as AddAll would
// answer.
func (r *Registry) plan(ctx context.Context, filings []policy.Filing) ([]Change, error) {
	stored, err := r.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	newest := make(map[string]policy.Filing, len(stored))
	for _, f := range stored {
		newest[f.ID] = f
	}
	out := make([]Change, len(filings))
	for i, f := range filings {
		old, known := newest[f.ID]
		out[i] = Change{Kind: KindFiling, Object: f.ID, Filing: f.ID, Revision: old.Revision + 1, Act: ActAdd}
		if known && reflect.DeepEqual(bare(f), bare(old)) {
			out[i].Revision, out[i].Same = old.Revision, true
		}
	}
	return out, nil
}
