// Package tree keeps the Merkle tree over the audit log: RFC 6962 hashes in
// the file layout of C2SP tlog-tiles, and checkpoints as signed notes in the
// form of C2SP tlog-checkpoint. A reader of such logs can read this one.
//
// The tree is derived from the log and follows it: an entry is durable in its
// segment first, and the tiles and the checkpoint that cover it come later.
package tree

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a SHA-256 value.
type Hash = tlog.Hash

// MaxLeaf is the longest leaf, which is what a bundle of entries can hold.
const MaxLeaf = 1<<16 - 1

// LeafSchema is the schema of what stands for an entry above MaxLeaf.
const LeafSchema = "dc.leaf/1"

// Leaf returns the bytes that are hashed for an entry: the entry itself, or,
// when it is longer than MaxLeaf, a line with its length and SHA-256.
func Leaf(entry []byte) []byte {
	if len(entry) <= MaxLeaf {
		return entry
	}
	sum := sha256.Sum256(entry)
	return fmt.Appendf(nil, `{"schema":"%s","bytes":%d,"sha256":"%s"}`, LeafSchema, len(entry), hex.EncodeToString(sum[:]))
}

// LeafHash returns the hash of an entry's leaf.
func LeafHash(entry []byte) Hash { return tlog.RecordHash(Leaf(entry)) }
