package main

import (
	"flag"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	update = flag.Bool("update", false, "rewrite golden files")
	reps   = flag.Int("reps", 1, "how often heavy loops run; CI uses more, a closing note the full count")
)

// asProgram makes the test binary behave as customs, so that tests run the
// real program as a process of its own without building it a second time.
const asProgram = "CUSTOMS_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(withPanics) == "1" {
		os.Exit(servePanicking(os.Args[len(os.Args)-1]))
	}
	if os.Getenv(withNames) == "1" {
		os.Exit(serveNamed(os.Args[len(os.Args)-1]))
	}
	if os.Getenv(asProgram) == "1" {
		os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
	}
	testscript.Main(m, map[string]func(){
		"customs": func() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// inCI reports whether a missing tool is a failure instead of a skip.
func inCI() bool { return os.Getenv("CUSTOMS_CI") == "1" }

// TestScript runs the stories in testdata/script, each as a user would type it.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", UpdateScripts: *update,
		Setup: gatewaySetup, Cmds: gatewayCmds()})
}
