// Command customs is the Data Customs gateway: an inspecting forward proxy
// for China's cross-border data rules, and the tools around it.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	// net/http prints there what an origin sends without being asked.
	log.SetOutput(io.Discard)
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit code: 0 fine, 1 the
// answer is "no", 2 it could not be done.
func run(args []string, stdout, stderr io.Writer) int {
	root := newRootCmd()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	if err == nil {
		return 0
	}
	var exit exitError
	if !errors.As(err, &exit) {
		fmt.Fprintf(stderr, "customs: %v\n", err)
		return 2
	}
	if exit.Err != nil {
		fmt.Fprintf(stderr, "customs: %v\n", exit.Err)
	}
	return exit.Code
}

func newRootCmd() *cobra.Command {
	root := &cobra.Command{
		Use:   "customs",
		Short: "Inspect outbound traffic against China's cross-border data rules",
		Long: `customs is an egress gateway: it reads outbound traffic, finds personal
information and important data in the stream, checks each transfer against
policy and the approved filings, then blocks, allows or logs it, with one
tamper-evident record a flow.

Start with "customs demo", then "customs serve".
Exit codes: 0 fine, 1 the answer is "no", 2 it could not be done.`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.AddCommand(newServeCmd(), newDemoCmd(), newScanCmd(), newRulesCmd(), newTapCmd(), newCheckCmd(),
		newFilingCmd(), newLedgerCmd(), newAlertCmd(), newStreamCmd(), newAuditCmd(), newEvidenceCmd(), newWitnessCmd(), newIncidentCmd(), newCACmd(), newKeygenCmd(), newKeysCmd(), newPackCmd(), newPolicyCmd(), newReviewCmd(), newPassThroughCmd(), newExplainCmd(), newReplayCmd(), newAdviseCmd(), newReportCmd(), newBenchCmd(), newVersionCmd())
	root.SetHelpCommand(newHelpCmd())
	root.InitDefaultCompletionCmd()
	root.SetFlagErrorFunc(flagFault)
	namesFaults(root)
	return root
}
