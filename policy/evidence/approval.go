package evidence

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

const (
	// ApprovalSchema is that of files of approvals.
	ApprovalSchema = "dc.evidence.approval/1"
	// ApprovalTime is how long an approval can be used.
	ApprovalTime = 24 * time.Hour

	maxApproval = 16 << 10
)

// Approval is what one auditor gave to another: the half of a file's key that
// only the first had, encrypted to the second.
type Approval struct {
	Schema string    `json:"schema"`
	Record string    `json:"record"`
	Digest string    `json:"digest"` // of the file
	By     string    `json:"by"`
	For    string    `json:"for"`
	Time   time.Time `json:"time"`
	Until  time.Time `json:"until"`
	Act    uint64    `json:"act"` // entry of the log that says so
	Sealed []byte    `json:"sealed"`
}

// bound are the fields that stand in what is sealed, too: who changes them
// outside has made another approval, which opens nothing.
func (a *Approval) bound() []byte {
	return pack([]byte(a.Schema), []byte(a.Record), []byte(a.Digest), []byte(a.By), []byte(a.For),
		binary.BigEndian.AppendUint64(nil, uint64(a.Time.Unix())), binary.BigEndian.AppendUint64(nil, uint64(a.Until.Unix())))
}

func (a *Approval) seal(half []byte, to Auditor) error {
	r, err := ParseKey(to.Key)
	if err == nil {
		a.Sealed, err = encrypt(pack(a.bound(), half), r)
	}
	return err
}

func (a *Approval) open(id age.Identity) (half [keyLen]byte, err error) {
	text, err := decrypt(a.Sealed, id)
	if err != nil {
		return half, err
	}
	defer clear(text)
	fields, err := unpack(text, 2)
	if err != nil || len(fields) != 2 || len(fields[1]) != keyLen {
		return half, errFields
	}
	if !bytes.Equal(fields[0], a.bound()) {
		return half, ErrExchanged
	}
	return [keyLen]byte(fields[1]), nil
}

// ParseApproval reads the file of an approval.
func ParseApproval(b []byte) (*Approval, error) {
	bad := errors.New("evidence: the approval cannot be read: it was damaged or changed; ask for another")
	var a Approval
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if len(b) > maxApproval || d.Decode(&a) != nil || a.Schema != ApprovalSchema || !idForm.MatchString(a.Record) ||
		CheckName(a.By) != nil || CheckName(a.For) != nil {
		return nil, bad
	}
	if sum, err := hex.DecodeString(a.Digest); err != nil || len(sum) != keyLen {
		return nil, bad
	}
	if same, err := a.encode(); err != nil || !bytes.Equal(same, b) {
		return nil, bad
	}
	return &a, nil
}

func (a *Approval) encode() ([]byte, error) {
	b, err := json.Marshal(a)
	return append(b, '\n'), err
}

// name is the file of an approval beside that of the evidence.
func (h Held) approval(by, to string) string {
	return strings.TrimSuffix(h.name, endFile) + "." + by + "+" + to + endApproval
}

// Put writes an approval beside its evidence; an older one of the same two for
// the same is replaced.
func Put(files policy.Files, dir string, h Held, a *Approval) error {
	b, err := a.encode()
	if err != nil {
		return err
	}
	name := filepath.Join(dir, h.approval(a.By, a.For))
	if err := journal.Replace(files, name, name+endAside, b); err != nil {
		return fmt.Errorf("evidence: write the approval: %w", err)
	}
	return nil
}

// Approvals returns what was approved for an auditor, or for anybody where none
// is named, the newest first. One that cannot be read is left out.
func Approvals(files policy.Files, dir string, h Held, to string) ([]*Approval, error) {
	names, err := files.List(dir)
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	var out []*Approval
	for _, name := range names {
		if !strings.HasPrefix(name, strings.TrimSuffix(h.name, endFile)+".") || !strings.HasSuffix(name, endApproval) {
			continue
		}
		b, err := readAll(files, filepath.Join(dir, name), maxApproval)
		if err != nil {
			continue
		}
		a, err := ParseApproval(b)
		if err != nil || a.Record != h.Record || name != h.approval(a.By, a.For) || to != "" && a.For != to {
			continue
		}
		i := 0
		for i < len(out) && out[i].Time.After(a.Time) {
			i++
		}
		out = append(out[:i], append([]*Approval{a}, out[i:]...)...)
	}
	return out, nil
}

// Spend takes an approval away, durably: it is good for one opening.
func Spend(files policy.Files, dir string, h Held, a *Approval) error {
	if err := files.Remove(filepath.Join(dir, h.approval(a.By, a.For))); err != nil {
		return fmt.Errorf("evidence: use up the approval: %w", err)
	}
	return files.SyncDir(dir)
}
