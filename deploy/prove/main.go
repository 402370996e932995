// Command prove checks what "customs audit prove" wrote against the log's public key: prove FILE NAME+HASH+KEY. What it
// prints is proved; "record" and "seq" in FILE are a summary of the entries for people, and are not looked at.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	text, err := os.ReadFile(append(os.Args, "")[1])
	var doc map[string]json.RawMessage
	var entries []struct{ Entry, Proof string }
	check(err == nil && json.Unmarshal(text, &doc) == nil && json.Unmarshal(doc["entries"], &entries) == nil && len(entries) > 0, "no proof: write prove FILE NAME+HASH+KEY")
	key, err := note.NewVerifier(append(os.Args, "", "")[2])
	check(err == nil, "no public key NAME+HASH+KEY")
	for _, e := range entries {
		head, signed, _ := strings.Cut(e.Proof, "\n\n") // C2SP tlog-proof: index and hashes, then a signed checkpoint
		n, err := note.Open([]byte(signed), note.VerifierList(key))
		check(err == nil, "the checkpoint is not signed by the key")
		origin, body, _ := strings.Cut(n.Text, "\n")
		tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + body)) // the same lines under another first one
		check(err == nil && origin == key.Name(), "the checkpoint is of another log")
		lines, path, leaf, seq := strings.Split(head+"\n\n", "\n"), tlog.RecordProof{}, []byte(e.Entry), int64(0)
		_, err = fmt.Sscanf(e.Entry, `{"schema":"dc.entry/1","seq":%d,`, &seq)
		check(err == nil && lines[0] == "c2sp.org/tlog-proof@v1" && lines[1] == fmt.Sprint("index ", seq-1), "no proof of this entry")
		for _, line := range lines[2 : len(lines)-2] {
			hash, _ := tlog.ParseHash(line) // one that is not readable is zero, and leads nowhere
			path = append(path, hash)
		}
		if len(leaf) > 65535 { // an entry that is too long for a leaf is in the tree by its length and SHA-256
			leaf = fmt.Appendf(nil, `{"schema":"dc.leaf/1","bytes":%d,"sha256":"%x"}`, len(leaf), sha256.Sum256(leaf))
		}
		check(tlog.CheckRecord(path, tree.N, tree.Hash, seq-1, tlog.RecordHash(leaf)) == nil, "the entry is not in the log")
		fmt.Printf("proved: entry %d of %d in %s is\n%s\n", seq, tree.N, origin, e.Entry)
	}
}

func check(ok bool, problem string) {
	if !ok {
		log.Fatal("not proved: ", problem)
	}
}
