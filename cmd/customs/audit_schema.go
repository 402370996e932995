package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy/export"
)

func newAuditSchemaCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [" + strings.Join(export.SchemaNames(), "|") + "]",
		Short: "Print the JSON Schema of entries, of records or of OCSF events",
		Long: `schema prints a JSON Schema (draft 2020-12): of the log's entries, of the records
that exports and streams carry, or of the OCSF events that they are mapped to.
The schema of records refers to definitions of the entries' file, which is
expected beside it. Without a name the names are listed with their files.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			w := cmd.OutOrStdout()
			if len(args) == 0 {
				for _, name := range export.SchemaNames() {
					file, _, err := export.Schema(name)
					if err != nil {
						return exitError{Code: 2, Err: fmt.Errorf("audit schema: %w", err)}
					}
					fmt.Fprintf(w, "%-8s %s\n", name, file)
				}
				return nil
			}
			_, text, err := export.Schema(args[0])
			if err == nil {
				_, err = w.Write(text)
			}
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("audit schema: %w", err)}
			}
			return nil
		},
	}
}
