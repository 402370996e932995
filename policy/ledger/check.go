package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// Intent is what the audit log says of one reservation.
type Intent struct {
	ID         string
	Flow       string
	Commitment string
	Sent       policy.Sent // of the flow's outcome; empty while it has none
	InDoubt    bool        // of the outcome
	// Settled is an operator's word on a reservation in doubt: SentAll that it
	// was sent, SentNone that it was not, empty that nobody said anything.
	Settled policy.Sent
	// Unsure says that its entry may have been reported failed: then nothing of
	// it was sent, and it was taken back.
	Unsure bool
}

// What the journal says of a reservation.
type standing byte

const (
	isAbsent standing = iota
	isOpen
	isFirm
	isFree
	isDoubt
	isDoubtFirm
	isDoubtFree
)

var standings = [...]string{"absent", "open", "final", "taken back", "in doubt", "settled as sent", "settled as not sent"}

// named is one reservation in the journal, in the log, or in both. A year has
// millions: ids and commitments are kept by 128 bits of them.
type named struct {
	commitment [16]byte
	flow       [8]byte
	inLog      bool
	doubt      bool
	unsure     bool
	is         standing
	sent       byte // 0 no outcome, 1 none, 2 some or all, 3 unknown
	settled    byte
}

// crossCheck compares the reservations of the journal with those of the log.
type crossCheck struct {
	report *RebuildReport
	use    bool
	all    map[[16]byte]*named
	odd    map[[16]byte]string // ids of another form than the ledger gives
}

func short(s string) [16]byte {
	sum := sha256.Sum256([]byte(s))
	return [16]byte(sum[:16])
}

// key returns the 128 bits that an id is, or that stand for it.
func (c *crossCheck) key(id string) (key [16]byte) {
	if n, err := hex.Decode(key[:], []byte(id[:min(len(id), 32)])); err == nil && n == 16 && len(id) == 32 {
		return key
	}
	key = short(id)
	c.odd[key] = id
	return key
}

func (c *crossCheck) id(key [16]byte) string {
	if id, ok := c.odd[key]; ok {
		return id
	}
	return hex.EncodeToString(key[:])
}

func sentCode(s policy.Sent) byte {
	switch s {
	case "":
		return 0
	case policy.SentNone:
		return 1
	case policy.SentSome, policy.SentAll:
		return 2
	}
	return 3
}

// read takes down what the log says.
func (c *crossCheck) read(ctx context.Context, intents iter.Seq2[Intent, error]) error {
	c.all, c.odd = map[[16]byte]*named{}, map[[16]byte]string{}
	if intents == nil {
		return nil
	}
	c.use = true
	for in, err := range intents {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if in.ID == "" {
			continue
		}
		c.report.Intents++
		flow := short(in.Flow)
		n := &named{commitment: short(in.Commitment), flow: [8]byte(flow[:8]), inLog: true, doubt: in.InDoubt, unsure: in.Unsure,
			sent: sentCode(in.Sent), settled: sentCode(in.Settled)}
		key := c.key(in.ID)
		if old := c.all[key]; old != nil && *old != *n {
			c.report.differ("reservation %s: the log names it twice and not alike", in.ID)
		}
		c.all[key] = n
	}
	return nil
}

// take follows a reservation through the journal.
func (c *crossCheck) take(r *record) {
	if r.Op == opReserve {
		c.report.Reservations++
	}
	if !c.use || r.ID == "" {
		return
	}
	key := c.key(r.ID)
	n := c.all[key]
	switch r.Op {
	case opReserve:
		if n == nil {
			n = &named{}
			c.all[key] = n
		}
		if n.is == isAbsent {
			n.is = isOpen
		}
		c.compare(r, n)
	case opCommit:
		switch {
		case n == nil:
		case r.Doubt && n.is == isOpen:
			n.is = isDoubt
		case !r.Doubt && n.is == isDoubt:
			n.is = isDoubtFirm
		case !r.Doubt && n.is == isOpen:
			n.is = isFirm
		}
	case opRelease:
		switch {
		case n == nil:
		case n.is == isDoubt:
			n.is = isDoubtFree
		case n.is == isOpen && !n.inLog:
			delete(c.all, key) // refused after all: nobody is counted by it
		case n.is == isOpen:
			n.is = isFree
		}
	}
}

func (c *crossCheck) compare(r *record, n *named) {
	if !n.inLog {
		return
	}
	flow := short(r.Flow)
	if n.flow != [8]byte(flow[:8]) {
		c.report.differ("reservation %s: the journal has it for another flow than the log", r.ID)
	}
	if n.commitment != short(commitment(r.Parts)) {
		c.report.differ("reservation %s: its persons in the journal are not those of the log's commitment", r.ID)
	}
}

// finish compares how reservations ended, and lists what only one side knows.
func (c *crossCheck) finish() {
	var faults, unnamed, noted []string
	for key, n := range c.all {
		if n.is == isOpen || n.is == isDoubt {
			c.report.Open++
		}
		if !n.inLog {
			if n.is != isOpen || !c.report.Running {
				unnamed = append(unnamed, fmt.Sprintf("%s (%s)", c.id(key), standings[n.is]))
			}
		} else if fault := n.fault(c.report.Running); fault != "" {
			faults = append(faults, fmt.Sprintf("reservation %s: %s", c.id(key), fault))
		} else if note := n.note(); note != "" {
			noted = append(noted, fmt.Sprintf("reservation %s: %s", c.id(key), note))
		}
	}
	slices.Sort(faults)
	slices.Sort(unnamed)
	for _, f := range faults {
		c.report.differ("%s", f)
	}
	slices.Sort(noted)
	c.report.Noted = noted[:min(len(noted), maxDiffers)]
	c.report.More += max(len(unnamed)-maxDiffers, 0)
	c.report.Unnamed = unnamed[:min(len(unnamed), maxDiffers)]
}

// fault says what is wrong with how a reservation ended, or nothing. One that
// is still open is never wrong: it counts, and recovery settles it.
func (n *named) fault(running bool) string {
	said := [...]string{"has no outcome", "says that nothing was sent", "says that it was sent", "does not know whether it was sent"}
	sent := n.sent
	if n.doubt {
		sent = 3
	}
	ok := true
	switch n.is {
	case isAbsent:
		return "the log has an intent with it, and the journal has no line of it: its persons are not counted"
	case isFree:
		ok = sent == 1 || sent == 3 || sent == 0 && running || n.unsure
	case isFirm:
		ok = sent == 2 || sent == 0 && running
	case isDoubt:
		if n.settled != 0 {
			return "an operator settled it by the log, and in the journal it is in doubt"
		}
		ok = sent != 1
	case isDoubtFirm:
		if n.settled == 1 {
			return "an operator settled it as not sent by the log, and in the journal as sent"
		}
	case isDoubtFree:
		if n.settled == 0 && !running {
			return "it was in doubt, and in the journal it is settled as not sent; the log has no operator who said so"
		}
		if n.settled > 1 {
			return "an operator settled it as sent by the log, and in the journal as not sent"
		}
	}
	if ok {
		return ""
	}
	return "it is " + standings[n.is] + " in the journal, and the log " + said[sent]
}

// note says of one that is right what an operator should look at: an entry
// that landed in the log although it was reported failed, so that the log and
// the gateway did not know the same.
func (n *named) note() string {
	switch {
	case n.is == isFree && (n.doubt || n.sent == 3):
		return "the gateway took it back because its intent was reported failed, so nothing was sent; the log could only call it in doubt"
	case n.is == isFree && n.unsure && n.sent == 2:
		return "the gateway took it back because the entry of its group was reported failed, so nothing of that group was sent"
	case n.is == isDoubt && !n.doubt && n.sent == 2:
		return "it is in doubt and counted, and the log says that it was sent: settle it so"
	}
	return ""
}
