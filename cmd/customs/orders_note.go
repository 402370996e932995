package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/rules"
)

// errNote refuses a text that is about to stand in the audit log.
var errNote = errors.New("it holds what looks like data of a person or a secret: say it without names and numbers")

// noteFault scans what a person wrote for the audit log, as traffic is scanned:
// what the gateway would find must not stand there. The text is not quoted.
func noteFault(in inspect.Inspector, text string, now time.Time) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	s, err := in.Open(inspect.Meta{ContentType: "text/plain; charset=utf-8", Size: int64(len(text)), Time: now}, nil)
	if err != nil {
		return fmt.Errorf("scan the reason: %w", err)
	}
	_, werr := io.WriteString(s, text)
	r, cerr := s.Close()
	if err := errors.Join(werr, cerr); err != nil {
		return fmt.Errorf("scan the reason: %w", err)
	}
	for _, f := range r.Findings {
		private := strings.HasPrefix(string(f.Class), "pi.") || strings.HasPrefix(string(f.Class), "secret.")
		if private && f.Confidence >= inspect.Medium {
			return errNote
		}
	}
	if r.Coverage.State != inspect.Full {
		return errors.New("it could not be read in full: write it as plain text")
	}
	return nil
}

// noteScanner makes the engine of an installation for what a command line says.
func noteScanner(cfg *config.Config) (inspect.Inspector, error) {
	c, err := rules.LoadFiles(cfg.Inspect.Rules...)
	if err != nil {
		return nil, err
	}
	return engine.New(engine.Options{Key: make([]byte, engine.KeySize), Catalogue: c}) // no subject leaves the scan
}
