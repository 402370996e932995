package index

import (
	"encoding/json"
	"fmt"
)

// Glances decodes an entry both ways.
func Glances(b []byte) (quick, plain string, quickErr, plainErr error) {
	var q, p glance
	quickErr, plainErr = q.quick(b), json.Unmarshal(b, &p)
	say := func(g glance) string {
		out, err := json.Marshal(g)
		return fmt.Sprint(string(out), err)
	}
	return say(q), say(p), quickErr, plainErr
}

// Most bounds what a Reader keeps without an index.
func (r *Reader) Most(n int) { r.most = n }
