package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const unitFile = "../../deploy/systemd/customs.service"

// TestUnitRuns checks that the command lines of the systemd unit are ones
// that this program takes, and that the unit keeps its hardening.
func TestUnitRuns(t *testing.T) {
	text, err := os.ReadFile(filepath.FromSlash(unitFile))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	ran := 0
	for _, line := range lines {
		key, command, _ := strings.Cut(line, "=")
		if key != "ExecStart" && key != "ExecStartPre" {
			continue
		}
		ran++
		if err := takes(strings.Fields(command)[1:]); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	if ran != 2 {
		t.Errorf("%d command lines, want 2", ran)
	}
	for _, want := range []string{"User=customs", "NoNewPrivileges=yes", "ProtectSystem=strict", "StateDirectory=customs",
		"CapabilityBoundingSet=", "LimitCORE=0", "MemoryDenyWriteExecute=yes", "SystemCallFilter=@system-service", "ExecReload=/bin/kill -HUP $MAINPID"} {
		if !slices.Contains(lines, want) {
			t.Errorf("the unit lacks %s", want)
		}
	}
	for _, bad := range [][]string{{"serv"}, {"serve", "--nowhere", "x"}, {"check"}} {
		if takes(bad) == nil {
			t.Errorf("the test takes %v", bad)
		}
	}
}

// takes reports whether a command line names a subcommand with flags and
// arguments that it accepts, without running it.
func takes(args []string) error {
	root := newRootCmd()
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	if cmd == root {
		return fmt.Errorf("no subcommand in %v", args)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}
