package main

import (
	"crypto"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/certs"
	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

// caOptions has the CA's keys sealed as the others are, or asks the program
// that holds them. The program runs as long as we do.
func caOptions(cfg *config.Config, v *vault.Vault) certs.Options {
	o := certs.Options{
		Seal:   func(name string, key []byte) ([]byte, error) { return v.Seal("ca/"+name, key) },
		Unseal: func(name string, b []byte) ([]byte, error) { return v.Unseal("ca/"+name, b) },
	}
	if args := cfg.Keys.CA.Command; len(args) > 0 {
		held := newOutside(args)
		o.Signer = func() (crypto.Signer, error) { return held.signer() }
	}
	return o
}

// recordRotation puts the rotation of a CA into the log of an installation
// that has begun. The rotation stands whether or not that works: it is planned
// already, and done again would be another.
func recordRotation(cmd *cobra.Command, r certs.Rotation) error {
	cfg, err := loadPlace(cmd)
	if err != nil {
		return err
	}
	if _, err := os.Stat(rootPath(cfg)); err != nil {
		return nil
	}
	object := fmt.Sprintf("ca %s from %s on, in place of %s", dashed(r.New), keysMoment(r.Activates), dashed(r.Old))
	if _, err := recordAct(cmd, keyAct(cmd, actKeyRotate, object)); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("the CA is rotated, see %s, but that is not in the log: %w", again(cmd, "customs ca show"), err)}
	}
	return nil
}

// dashed writes an id so that its digits cannot look like a person's number.
func dashed(id string) string {
	var parts []string
	for len(id) > 4 {
		parts, id = append(parts, id[:4]), id[4:]
	}
	return strings.Join(append(parts, id), "-")
}
