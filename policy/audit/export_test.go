package audit

import (
	"bytes"
	"context"

	"github.com/datacustoms/customs/policy"
)

// WithBehind sets how many entries may stand without a checkpoint.
func WithBehind(o Options, n uint64) Options {
	o.behind = n
	return o
}

// The parsers below return what was read in the form in which it is written.

func ReformGone(b []byte) ([]byte, error) {
	g, err := parseGone(b)
	if err != nil {
		return nil, err
	}
	return g.bytes()
}

func ReformCarry(b []byte) ([]byte, error) {
	at, open, err := parseCarry(b)
	if err != nil {
		return nil, err
	}
	return encodeCarry(at, open)
}

func ReformLine(b []byte) ([]byte, error) {
	chain, _, entry, err := parseLine(b)
	var out bytes.Buffer
	out.WriteString(lineHead + chain.String() + lineMid)
	out.Write(entry)
	out.WriteString(lineTail)
	return out.Bytes(), err
}

// KeptSizes returns which checkpoints a log keeps, as far as entries and
// segments tell.
func KeptSizes(s Source, origin string) (out []int64, err error) {
	all, err := Segments(context.Background(), s)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if i.First > 1 {
			out = append(out, int64(i.First)-1)
		}
	}
	err = Read(context.Background(), s, func(e policy.Entry) error {
		if _, ok := keyNamed(e.Admin, origin); ok {
			out = append(out, int64(e.Seq))
		}
		return nil
	})
	return out, err
}
