package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
)

func newAuditCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Read and verify the audit log",
		Long: `The log holds one record a flow: what was found, what was decided and why, and
what left. These commands work beside a running gateway. retain and hold write
to the log, reindex makes the index anew, and the others read it.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.AddCommand(newAuditListCmd(), newAuditShowCmd(), newAuditReindexCmd(), newAuditRetainCmd(), newAuditHoldCmd(), newAuditVerifyCmd(), newAuditProveCmd(), newAuditCheckpointCmd(), newAuditConsistencyCmd(), newAuditExportCmd(), newAuditSchemaCmd())
	return cmd
}

func auditSource(cmd *cobra.Command) (audit.Source, error) {
	dir, err := dataDir(cmd)
	return audit.Source{Files: disk.Files{}, Dir: dir}, err
}

// wantFormat reads --format and refuses what is not offered.
func wantFormat(cmd *cobra.Command) (string, error) {
	f, _ := cmd.Flags().GetString("format")
	if f != "text" && f != "json" {
		return "", exitError{Code: 2, Err: errors.New("--format must be text or json")}
	}
	return f, nil
}

// zone is the time zone of what a person is shown.
const zone = "Asia/Shanghai"

// readFault tells a log that may not be read from one that is not there.
func readFault(s audit.Source, err error) error {
	if !errors.Is(err, audit.ErrNoLog) {
		return err
	}
	for _, dir := range []string{filepath.Join(s.Dir, audit.Sub), s.Dir} {
		if _, lerr := s.Files.List(dir); errors.Is(lerr, fs.ErrPermission) {
			return fmt.Errorf("the log cannot be read: %w; run this as the user of the gateway", lerr)
		}
	}
	return err
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
