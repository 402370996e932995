package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/datacustoms/customs/inspect/rules"
	"github.com/datacustoms/customs/policy/atlas"
	"github.com/spf13/cobra"
)

// buildVersion is the version of the program: the module's, or the commit it
// was built from.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	revision, changed := "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				changed = "+changes"
			}
		}
	}
	if revision == "" {
		return "devel"
	}
	return "devel-" + revision[:min(12, len(revision))] + changed
}

// versionInfo is what "customs version" tells.
type versionInfo struct {
	Version   string `json:"version"`
	Go        string `json:"go"`
	Platform  string `json:"platform"`
	Countries string `json:"countries"` // source, version and date of the built-in table
	Rules     string `json:"rules"`     // digest of the built-in identifier catalogue
}

func newVersionCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show the version of the program and of the data built into it",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			catalogue, err := rules.Default()
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("built-in identifier catalogue: %w", err)}
			}
			v := versionInfo{Version: buildVersion(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
				Countries: atlas.Version(), Rules: catalogue.Digest()}
			out := cmd.OutOrStdout()
			if format == "json" {
				return json.NewEncoder(out).Encode(v)
			}
			fmt.Fprintf(out, "customs    %s\ngo         %s %s\ncountries  %s\nrules      %s\n", v.Version, v.Go, v.Platform, v.Countries, v.Rules)
			return nil
		},
	}
	cmd.Flags().String("format", "text", "text or json")
	return cmd
}
