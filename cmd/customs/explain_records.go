package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/replay"
)

// maxRecordLine bounds a line of --records.
const maxRecordLine = 4 << 20

// derivedLine is what explain --records prints of a record.
type derivedLine struct {
	Record  string          `json:"record"`
	Verdict *policy.Verdict `json:"verdict"` // null when it cannot be derived
	// Match is null when the record has no verdict to compare with.
	Match       *bool               `json:"match"`
	Differences []replay.Difference `json:"differences"`
	Unknown     []string            `json:"unknown,omitempty"`
	// Taken are facts that only the record tells.
	Taken []string `json:"taken_from_record,omitempty"`
	Error string   `json:"error,omitempty"`
}

// records derives the records of a file.
func (x *explaining) records(from string) error {
	in := x.cmd.InOrStdin()
	if from != "-" {
		f, err := os.Open(from)
		if err != nil {
			return exitError{Code: 2, Err: fmt.Errorf("explain: %w", err)}
		}
		defer f.Close()
		in = f
	}
	out := bufio.NewWriter(x.cmd.OutOrStdout())
	failed, err := x.lines(in, out)
	if err = errors.Join(err, out.Flush()); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("explain: %w", err)}
	}
	if failed {
		return exitError{Code: 1}
	}
	return nil
}

func (x *explaining) lines(in io.Reader, out io.Writer) (failed bool, err error) {
	s := bufio.NewScanner(in)
	s.Buffer(make([]byte, 64<<10), maxRecordLine)
	for n := 1; s.Scan(); n++ {
		if err := x.cmd.Context().Err(); err != nil {
			return failed, err
		}
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		r, has, err := readRecord(s.Bytes())
		if err != nil {
			return failed, fmt.Errorf("line %d %w", n, err)
		}
		line := x.derive(r, has)
		failed = failed || line.Verdict == nil || len(line.Differences) > 0
		if err := writeJSON(out, line); err != nil {
			return failed, err
		}
	}
	if errors.Is(s.Err(), bufio.ErrTooLong) {
		return failed, fmt.Errorf("a line is longer than %d bytes", maxRecordLine)
	}
	return failed, s.Err()
}

// readRecord reads a record and says whether it has its verdict.
func readRecord(line []byte) (r policy.Record, has verdictParts, err error) {
	var glance struct {
		Intent *struct {
			Decided  json.RawMessage `json:"decided"`
			Enforced json.RawMessage `json:"enforced"`
		} `json:"intent"`
	}
	// The text stays unsaid: it may be anything.
	if json.Unmarshal(line, &r) != nil || json.Unmarshal(line, &glance) != nil || glance.Intent == nil || r.ID == "" {
		return r, has, errors.New(`is no record; write what "customs audit list --format json" prints`)
	}
	there := func(b json.RawMessage) bool { return len(b) > 0 && string(b) != "null" }
	return r, verdictParts{there(glance.Intent.Decided), there(glance.Intent.Enforced)}, nil
}

// verdictParts says what a record tells of its verdict.
type verdictParts struct{ decided, enforced bool }

func (x *explaining) derive(r policy.Record, has verdictParts) derivedLine {
	line := derivedLine{Record: r.ID, Differences: []replay.Difference{}}
	d, err := replay.Derive(x.cmd.Context(), r, x.src, x.what)
	if err != nil {
		line.Error = err.Error()
		return line
	}
	line.Differences, line.Unknown, line.Taken = append(line.Differences, d.Differences...), d.Unknown, d.Taken
	if len(d.Unknown) > 0 {
		return line
	}
	line.Verdict = &d.Verdict
	if x.what.None() && !d.Undecided {
		line.Differences = append(line.Differences, replay.CheckOutcome(r, d.Verdict, has.enforced)...)
	}
	if has.decided {
		changed := replay.Compare(r.Intent.Decided, d.Verdict, x.what.None() && d.Stopped == "")
		line.Differences = append(line.Differences, changed...)
		match := len(line.Differences) == 0
		line.Match = &match
	}
	return line
}
