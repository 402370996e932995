package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

func TestKeys(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "c.yaml")
	write(t, filepath.Join(dir, "pass"), "correct horse battery\n")
	for _, text := range []string{
		"keys: {passphrase: {file: pass}}", "keys: {passphrase: {credential: customs-keys}}", "keys: {passphrase: {command: [/bin/sh, -c, 'true']}}",
		"keys: {log: {command: [/bin/sh]}}",
	} {
		write(t, file, text+"\n")
		c, err := config.Load(file)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if p := c.Keys.Passphrase.File; p != "" && p != filepath.Join(dir, "pass") {
			t.Errorf("the file is %s", p)
		}
	}
	if !config.Default().Keys.Passphrase.None() {
		t.Error("a passphrase is asked for without a configuration")
	}
}

func TestKeysFaults(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "short"), "12345678901\n")
	write(t, filepath.Join(dir, "open"), "correct horse battery\n")
	if err := os.Chmod(filepath.Join(dir, "open"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, data, want string }{
		{"two sources", "passphrase: {file: short, credential: a}", "2 of file, credential and command|11 bytes, less than 12"},
		{"no source", "passphrase: {}", "0 of file, credential and command"},
		{"a file that others can read", "passphrase: {file: open}", "can be read by others"},
		{"a file that is not there", "passphrase: {file: none}", "no such file"},
		{"a path as a credential", "passphrase: {credential: ../a}", "is no name of a credential"},
		{"a program without its path", "passphrase: {command: [security]}", "is not absolute"},
		{"no program", "passphrase: {command: []}", "no program"},
		{"a program that is not there", "log: {command: [/nothing/here]}", "no such file"},
		{"a CA's program without its certificate", "ca: {command: [/bin/sh]}", "takes the place of ca.key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(dir, "c.yaml")
			write(t, file, "keys: {"+tt.data+"}\n")
			_, err := config.Load(file)
			for _, want := range strings.Split(tt.want, "|") {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: %v, want %q", tt.data, err, want)
				}
			}
		})
	}
}
