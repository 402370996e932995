package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/tree"
)

// Hash is a SHA-256 value.
type Hash [sha256.Size]byte

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// LeafHash is the hash of an entry in the tree. A receipt carries it in hex.
func LeafHash(entry []byte) Hash { return Hash(tree.LeafHash(entry)) }

// hashes returns what an entry adds to the chain and its hash in the tree.
// They differ only for an entry that is too long for a leaf.
func hashes(entry []byte) (link, leaf Hash) {
	if link = Hash(tlog.RecordHash(entry)); len(entry) <= tree.MaxLeaf {
		return link, link
	}
	return link, LeafHash(entry)
}

// next is the chain value after an entry.
func (h Hash) next(link Hash) Hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], h[:])
	copy(b[1+sha256.Size:], link[:])
	return sha256.Sum256(b[:])
}

const (
	// maxEntry bounds the bytes of one entry.
	maxEntry = 4 << 20
	maxLine  = maxEntry + 256

	entryHead = `{"schema":"` + policy.EntrySchema + `","seq":`
	lineHead  = `{"chain":"`
	lineMid   = `","entry":`
	lineTail  = `}`
)

// encodeEntry returns the canonical bytes of an entry after its number, which
// is not known until the entry's turn to be written.
func encodeEntry(e policy.Entry) ([]byte, error) {
	e.Schema, e.Seq, e.Time = policy.EntrySchema, 0, e.Time.UTC()
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("audit: encode entry: %w", err)
	}
	rest, ok := bytes.CutPrefix(b, []byte(entryHead+"0"))
	if !ok {
		return nil, errors.New("audit: entry does not begin with its schema and number")
	}
	if len(b) > maxEntry {
		return nil, fmt.Errorf("audit: entry of %d bytes is above the limit of %d", len(b), maxEntry)
	}
	return rest, nil
}

// appendLine writes the line of entry seq to buf.
func appendLine(buf *bytes.Buffer, chain Hash, seq uint64, rest []byte) (Hash, Hash) {
	entry := make([]byte, 0, len(entryHead)+20+len(rest))
	entry = strconv.AppendUint(append(entry, entryHead...), seq, 10)
	entry = append(entry, rest...)
	link, leaf := hashes(entry)
	chain = chain.next(link)
	buf.WriteString(lineHead)
	buf.WriteString(chain.String())
	buf.WriteString(lineMid)
	buf.Write(entry)
	buf.WriteString(lineTail + "\n")
	return chain, leaf
}

var errNotEntry = errors.New("line is not a chained entry")

// parseLine takes a line apart. It accepts exactly the bytes that appendLine
// makes around an entry, so that no byte of a line escapes the chain.
func parseLine(line []byte) (chain Hash, seq uint64, entry []byte, err error) {
	shape := errNotEntry
	rest, ok := bytes.CutPrefix(line, []byte(lineHead))
	if !ok || len(rest) < 2*sha256.Size {
		return chain, 0, nil, shape
	}
	if chain, ok = parseHash(string(rest[:2*sha256.Size])); !ok {
		return chain, 0, nil, shape
	}
	entry, ok = bytes.CutPrefix(rest[2*sha256.Size:], []byte(lineMid))
	if ok {
		entry, ok = bytes.CutSuffix(entry, []byte(lineTail))
	}
	if !ok {
		return chain, 0, nil, shape
	}
	if seq, err = entryNumber(entry); err != nil {
		return chain, 0, nil, err
	}
	return chain, seq, entry, nil
}

// parseHash takes lower-case hex only: a second spelling would be a change
// that the chain does not see.
func parseHash(s string) (h Hash, ok bool) {
	if len(s) != 2*len(h) {
		return h, false
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return h, false
	}
	return h, h.String() == s
}
