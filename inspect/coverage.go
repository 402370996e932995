package inspect

// CoverState is how much of a part was read. The zero value claims nothing.
type CoverState uint8

// The states of coverage, worst first.
const (
	Opaque  CoverState = iota // the content could not be read
	Partial                   // some of it was read
	Full                      // every byte was read
)

var coverNames = [...]string{"opaque", "partial", "full"}

func (s CoverState) String() string { return nameOf(coverNames[:], int(s)) }

// MarshalText gives the public name.
func (s CoverState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText takes the public name; anything else is an error.
func (s *CoverState) UnmarshalText(b []byte) error {
	i, err := indexOf("coverage", coverNames[:], string(b))
	*s = CoverState(i)
	return err
}

// GapReason says why bytes were not read. The set is closed.
type GapReason string

// The reasons for a gap.
const (
	GapEncrypted     GapReason = "encrypted"
	GapLimitRatio    GapReason = "limit_ratio"
	GapLimitDepth    GapReason = "limit_depth"
	GapLimitBytes    GapReason = "limit_bytes"
	GapLimitEntries  GapReason = "limit_entries"
	GapLimitTime     GapReason = "limit_time"
	GapLimitFindings GapReason = "limit_findings" // more persons or classes than a report holds
	GapUnknownFormat GapReason = "unknown_format"
	GapBroken        GapReason = "broken"
	GapHighEntropy   GapReason = "high_entropy"
)

// Gap is one reason with the wire bytes it kept from being read.
type Gap struct {
	Reason GapReason `json:"reason"`
	Bytes  int64     `json:"bytes"`
}

// Coverage says how much of a part was read, and why not more. All figures
// are bytes: Seen and Skipped on the wire, Decoded after peeling codings,
// Scanned by the matcher.
type Coverage struct {
	State   CoverState `json:"state"`
	Seen    int64      `json:"seen"`
	Decoded int64      `json:"decoded"`
	Scanned int64      `json:"scanned"`
	Skipped int64      `json:"skipped"`
	Gaps    []Gap      `json:"gaps,omitempty"`
}

// Miss records a gap and lowers the state: to Opaque when nothing of the part
// was read before it, else to Partial.
func (c *Coverage) Miss(reason GapReason, bytes int64) {
	c.Skipped += bytes
	if c.Scanned == 0 {
		c.State = Opaque
	} else if c.State == Full {
		c.State = Partial
	}
	for i := range c.Gaps {
		if c.Gaps[i].Reason == reason {
			c.Gaps[i].Bytes += bytes
			return
		}
	}
	c.Gaps = append(c.Gaps, Gap{reason, bytes})
}

func (c *Coverage) add(d Coverage) {
	c.State = min(c.State, d.State)
	c.Seen += d.Seen
	c.Decoded += d.Decoded
	c.Scanned += d.Scanned
	c.Skipped += d.Skipped
	for _, g := range d.Gaps {
		found := false
		for i := range c.Gaps {
			if c.Gaps[i].Reason == g.Reason {
				c.Gaps[i].Bytes += g.Bytes
				found = true
			}
		}
		if !found {
			c.Gaps = append(c.Gaps, g)
		}
	}
}
