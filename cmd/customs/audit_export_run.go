package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/export"
	"github.com/datacustoms/customs/policy/registry"
)

// run writes the export and says on the terminal what it was.
func (a *exportAsk) run(cmd *cobra.Command) error {
	src, err := auditSource(cmd)
	if err != nil {
		return err
	}
	a.progress = recordProgress(cmd.ErrOrStderr())
	defer a.progress.Close()
	each := a.each(cmd.Context(), func(fn func(policy.Record) error) error {
		return readFault(src, a.recordsOf(cmd.Context(), src, fn))
	})
	switch a.kind {
	case "tiles":
		return a.tiles(cmd, src)
	case "pi-audit":
		return a.piAudit(cmd, src, each)
	}
	write := func(w io.Writer) error { return a.write(cmd, each, w) }
	if a.out == "" || a.out == "-" {
		return write(cmd.OutOrStdout())
	}
	if err := wholeFile(cmd, a.out, write); err != nil {
		return err
	}
	_ = a.progress.Close()
	fmt.Fprintf(cmd.ErrOrStderr(), "%d records, written to %s\n", a.records, a.out)
	return nil
}

// write writes one document.
func (a *exportAsk) write(cmd *cobra.Command, each export.Each, w io.Writer) error {
	switch a.kind {
	case "provision", "risk-report":
		filings, done, err := filingsOf(cmd)
		if err != nil {
			return err
		}
		defer done()
		if a.kind == "risk-report" {
			x, err := export.NewRisk(each, a.filter, filings, a.now)
			if err != nil {
				return err
			}
			return x.Write(w, a.format, a.lang)
		}
		p, err := export.NewProvision(each, a.filter, filings, a.now)
		if err != nil {
			return err
		}
		return p.Write(w, a.format, a.lang)
	}
	sink := a.sink(w)
	return errors.Join(each.Filtered(a.filter, sink.Put), sink.Close())
}

// sink is how records are written one by one.
func (a *exportAsk) sink(w io.Writer) export.Sink {
	switch {
	case a.kind == "ocsf":
		return export.OCSFLines(w)
	case a.kind == "syslog":
		return export.SyslogLines(w)
	case a.format == "csv":
		return export.CSV(w)
	case a.format == "xlsx":
		return export.XLSX(w, a.lang)
	}
	return export.JSONLines(w)
}

// filingsOf opens the register beside the log. Without one nothing is known of
// recipients but their ids.
func filingsOf(cmd *cobra.Command) (export.Filings, func(), error) {
	r, err := readRegister(cmd)
	if err != nil || r == nil {
		return nil, func() {}, err
	}
	return lookedUp(cmd.Context(), r), func() { _ = r.Close() }, nil // only read
}

// readRegister opens the register for reading, or returns nil where there is
// none.
func readRegister(cmd *cobra.Command) (*registry.Registry, error) {
	dir, err := dataDir(cmd)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(registryPath(dir)); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return registry.Open(registryPath(dir), registry.Options{ReadOnly: true})
}

// lookedUp remembers a bounded number of filings.
func lookedUp(ctx context.Context, r *registry.Registry) export.Filings {
	type key struct {
		id       string
		revision int
	}
	type found struct {
		f  policy.Filing
		ok bool
	}
	known := map[key]found{}
	return func(id string, revision int) (policy.Filing, bool) {
		k := key{id, revision}
		if got, ok := known[k]; ok {
			return got.f, got.ok
		}
		f, err := r.Show(ctx, id, revision)
		if len(known) < 1000 {
			known[k] = found{f, err == nil}
		}
		return f, err == nil
	}
}

// recordProgress counts records on a terminal, and shows nothing elsewhere.
func recordProgress(out io.Writer) io.WriteCloser {
	if f, ok := out.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return silent{io.Discard}
	}
	return progressbar.NewOptions64(-1, progressbar.OptionSetWriter(out), progressbar.OptionShowCount(),
		progressbar.OptionSetDescription("records"), progressbar.OptionClearOnFinish())
}
