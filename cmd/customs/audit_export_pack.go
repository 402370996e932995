package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/export"
)

// piAudit writes the evidence pack. Exit 1 says that the log did not verify:
// the pack is written and says so.
func (a *exportAsk) piAudit(cmd *cobra.Command, src audit.Source, each export.Each) error {
	register, err := readRegister(cmd)
	if err != nil {
		return err
	}
	p := export.PIAudit{Each: each, Filter: a.filter, Now: a.now, Build: buildVersion()}
	if register != nil {
		defer register.Close()
		p.Filings = lookedUp(cmd.Context(), register)
		all, err := register.List(cmd.Context())
		if err != nil {
			return err
		}
		p.Extra = append(p.Extra, attachedFilings(all))
	} else {
		p.Missing = append(p.Missing, "filings.json: the installation has no register")
	}
	for name, from := range map[string]string{"log/checkpoint": filepath.Join(src.Dir, audit.Sub, "checkpoint"), "log/log.pub": filepath.Join(src.Dir, "keys", "log.pub")} {
		text, err := os.ReadFile(from)
		if errors.Is(err, fs.ErrNotExist) {
			p.Missing = append(p.Missing, name+": the log is not signed yet")
			continue
		}
		if err != nil {
			return err
		}
		p.Extra = append(p.Extra, export.Attachment{Name: name, Kind: strings.TrimPrefix(name, "log/"), Bytes: text})
	}
	verified, code := verifiedLog(cmd)
	p.Extra = append(p.Extra, export.Attachment{Name: "log/verification.json", Kind: "verification", Bytes: verified})
	if err := wholeBundle(cmd, a.out, func(b export.Bundle) error { _, err := p.Write(b); return err }); err != nil {
		return err
	}
	_ = a.progress.Close()
	fmt.Fprintf(cmd.ErrOrStderr(), "%d records, written to %s\n", a.records, a.out)
	if code == 1 {
		return exitError{Code: 1, Err: fmt.Errorf("audit export: the log does not verify; see log/verification.json in %s, and customs audit verify", a.out)}
	}
	return nil
}

// attachedFilings is the register without the persons to contact.
func attachedFilings(all []policy.Filing) export.Attachment {
	for i := range all {
		all[i].Recipients = append([]policy.Recipient(nil), all[i].Recipients...)
		for j := range all[i].Recipients {
			all[i].Recipients[j].Contact = ""
		}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		panic(err) // of our own types
	}
	return export.Attachment{Name: "filings.json", Kind: "filings", Bytes: append(text, '\n')}
}

// verifiedLog runs "customs audit verify" as an auditor would, and returns what
// it printed with its exit code.
func verifiedLog(cmd *cobra.Command) ([]byte, int) {
	args := []string{"audit", "verify", "--format", "json", "--live"}
	for _, name := range []string{"config", "data"} {
		if v, _ := cmd.Flags().GetString(name); v != "" {
			args = append(args, "--"+name, v)
		}
	}
	var out, errs bytes.Buffer
	code := run(args, &out, &errs)
	doc := struct {
		Command []string        `json:"command"`
		Exit    int             `json:"exit"`
		Result  json.RawMessage `json:"result,omitempty"`
		Said    string          `json:"said,omitempty"`
	}{Command: []string{"customs", "audit", "verify"}, Exit: code, Said: strings.TrimSpace(errs.String())}
	if text := bytes.TrimSpace(out.Bytes()); json.Valid(text) {
		doc.Result = text
	}
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic(err) // of our own types
	}
	return append(text, '\n'), code
}

// tiles writes the tree and the entries for others to serve. The checkpoint
// comes last, so a directory that is served may be brought up to date in place,
// with --force.
func (a *exportAsk) tiles(cmd *cobra.Command, src audit.Source) error {
	if err := freeName(cmd, a.out); err != nil {
		return err
	}
	info, err := audit.ExportTiles(cmd.Context(), src, a.out)
	if err != nil {
		return readFault(src, err)
	}
	_ = a.progress.Close()
	fmt.Fprintf(cmd.ErrOrStderr(), "%d entries from number %d on, in %d bundles and %d tiles, written to %s\n", info.Entries, info.First, info.Bundles, info.Tiles, a.out)
	return nil
}
