package check

// Where the points of a track lie: so many of them, no further apart in the
// text, with at least precise decimals.
const (
	trackPoints = 5
	trackGap    = 4 << 10
)

// Track counts the points of a stream, in their order, until they are a
// track: the fifth distinct point of one run. The zero value is ready. It
// keeps five points and nothing of the text.
type Track struct {
	seen    [trackPoints]Point // the distinct points of the run
	n       int
	last    int64 // where the last point stands
	group   int64
	ordered bool
	untimed bool
}

// Add takes the next point, where it stands, and whose it is: another group
// ends the run, 0 belongs to all. It reports whether the point is the one that
// makes the run a track; that happens once a run.
func (t *Track) Add(p Point, offset, group int64) (fifth bool) {
	if p.Decimals < precise {
		return false
	}
	if offset-t.last > trackGap || offset < t.last || group != 0 && t.group != 0 && group != t.group {
		*t = Track{}
	}
	t.last = offset
	if group != 0 {
		t.group = group
	}
	if t.n >= trackPoints {
		return false
	}
	for _, q := range t.seen[:t.n] {
		if q.Lat == p.Lat && q.Lon == p.Lon {
			return false
		}
	}
	if t.n == 0 {
		t.ordered = p.Ordered
	}
	t.untimed = t.untimed || !p.Timed
	t.seen[t.n] = p
	t.n++
	return t.n == trackPoints
}

// Timed reports whether the points of the run were written in the order of
// time: each with a time, or in a form that is a way. Places of shops are not.
func (t *Track) Timed() bool { return t.n > 0 && (t.ordered || !t.untimed) }
