package witness

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy/tree"
)

const (
	maxProof = 63 // hashes of a consistency proof
	// maxRequest bounds a request: its proof lines and a checkpoint.
	maxRequest = tree.MaxCheckpoint + 64*64
)

// request is the body of add-checkpoint.
type request struct {
	old    int64
	proof  tlog.TreeProof
	signed []byte // the checkpoint with its signatures
}

// parseRequest reads a body and takes exactly what encode writes.
func parseRequest(body []byte) (r request, err error) {
	if len(body) > maxRequest {
		return r, errForm
	}
	head, signed, ok := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	size, found := strings.CutPrefix(lines[0], "old ")
	if !ok || !found || len(lines) > 1+maxProof || len(signed) > tree.MaxCheckpoint {
		return r, errForm
	}
	if r.old, err = strconv.ParseInt(size, 10, 64); err != nil || r.old < 0 || strconv.FormatInt(r.old, 10) != size {
		return r, errForm
	}
	for _, line := range lines[1:] {
		h, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(h) != tlog.HashSize || base64.StdEncoding.EncodeToString(h) != line {
			return r, errForm
		}
		r.proof = append(r.proof, tlog.Hash(h))
	}
	r.signed = signed
	return r, nil
}

// encode writes the body.
func (r request) encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "old %d\n", r.old)
	for _, h := range r.proof {
		fmt.Fprintln(&b, base64.StdEncoding.EncodeToString(h[:]))
	}
	b.WriteString("\n")
	b.Write(r.signed)
	return b.Bytes()
}
