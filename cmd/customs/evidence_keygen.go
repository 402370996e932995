package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/policy/evidence"
)

const (
	maxIdentity  = 16 << 10
	sealedBegin  = "age-encryption.org/"
	scryptFactor = 18 // age's own
)

func newEvidenceKeygenCmd() *cobra.Command {
	var name, passphrase string
	var hybrid, ask bool
	cmd := &cobra.Command{
		Use:   "keygen FILE",
		Short: "Make an auditor's key",
		Long: `keygen writes a private key to FILE, which must not be there yet and which only
you can read, and prints the line for evidence.auditors of the configuration.
Each auditor makes a key of their own and keeps it away from the gateway: whoever
has two of them can open all evidence. With a passphrase the file is encrypted,
as age -p does.`,
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			lang, _ := cmd.Flags().GetString("lang")
			if err := wantLang(lang); err != nil {
				return err
			}
			if err := evidence.CheckName(name); err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("evidence keygen: --name: %w", err)}
			}
			var pass []byte
			var err error
			if ask || passphrase != "" {
				if pass, err = readPassphrase(cmd, passphrase, true); err != nil {
					return exitError{Code: 2, Err: fmt.Errorf("evidence keygen: %w", err)}
				}
				defer clear(pass)
			}
			public, err := makeIdentity(args[0], hybrid, pass)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("evidence keygen: %w", err)}
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "{name: %s, key: %s}\n", name, public)
			return err
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "name of the auditor, as li.na")
	cmd.Flags().BoolVar(&hybrid, "hybrid", false, "a key that also withstands quantum computers; its public line is long")
	cmd.Flags().BoolVar(&ask, "passphrase", false, "ask for a passphrase and encrypt the file with it")
	cmd.Flags().StringVar(&passphrase, "passphrase-file", "", "take the passphrase from this file instead")
	if err := cmd.MarkFlagRequired("name"); err != nil {
		panic(err)
	}
	return cmd
}

// makeIdentity writes a new private key and returns the public one.
func makeIdentity(path string, hybrid bool, pass []byte) (public string, err error) {
	var secret string
	if hybrid {
		id, err := age.GenerateHybridIdentity()
		if err != nil {
			return "", err
		}
		public, secret = id.Recipient().String(), id.String()
	} else {
		id, err := age.GenerateX25519Identity()
		if err != nil {
			return "", err
		}
		public, secret = id.Recipient().String(), id.String()
	}
	text := []byte("# public key: " + public + "\n" + secret + "\n")
	defer clear(text)
	var file bytes.Buffer
	if len(pass) == 0 {
		file.Write(text)
	} else if err := sealIdentity(&file, text, pass); err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s is there already and stays; name another file", path)
	}
	if err != nil {
		return "", err
	}
	_, err = f.Write(file.Bytes())
	clear(file.Bytes())
	if err = errors.Join(err, f.Sync(), f.Close(), syncDir(filepath.Dir(path))); err != nil {
		return "", errors.Join(fmt.Errorf("write private key: %w", err), os.Remove(path))
	}
	return public, nil
}

func sealIdentity(out io.Writer, text, pass []byte) error {
	r, err := age.NewScryptRecipient(string(pass))
	if err != nil {
		return err
	}
	r.SetWorkFactor(scryptFactor)
	w, err := age.Encrypt(out, r)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	return err
}

// readPassphrase reads a passphrase from a file or asks for it, twice where it
// is a new one.
func readPassphrase(cmd *cobra.Command, file string, anew bool) ([]byte, error) {
	if file != "" {
		return vault.PassphraseFile(file)
	}
	in, ok := cmd.InOrStdin().(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return nil, errors.New("there is no terminal to ask for the passphrase: write --passphrase-file")
	}
	ask := func(text string) ([]byte, error) {
		fmt.Fprint(cmd.ErrOrStderr(), text)
		defer fmt.Fprintln(cmd.ErrOrStderr())
		return term.ReadPassword(int(in.Fd()))
	}
	pass, err := ask("Passphrase: ")
	if err != nil || !anew {
		return pass, err
	}
	again, err := ask("Once more: ")
	defer clear(again)
	switch {
	case err != nil:
		return nil, err
	case !bytes.Equal(pass, again):
		return nil, errors.New("the two are not the same")
	case len(pass) < 12:
		return nil, errors.New("a passphrase has 12 characters or more")
	}
	return pass, nil
}

// readIdentity reads the file of a private key, which nobody else may read.
func readIdentity(cmd *cobra.Command, o evidenceWho) (age.Identity, error) {
	info, err := os.Stat(o.identity)
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("private key %s can be read by others (mode %04o): run chmod 600 on it", o.identity, info.Mode().Perm())
	}
	text, err := readRegular(o.identity, maxIdentity)
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	defer func() { clear(text) }()
	if bytes.HasPrefix(text, []byte(sealedBegin)) {
		if text, err = unsealIdentity(cmd, text, o.passphrase); err != nil {
			return nil, fmt.Errorf("private key %s: %w", o.identity, err)
		}
	}
	var found []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			found = append(found, line)
		}
	}
	if len(found) == 1 {
		if id, err := age.ParseX25519Identity(found[0]); err == nil {
			return id, nil
		}
		if id, err := age.ParseHybridIdentity(found[0]); err == nil {
			return id, nil
		}
	}
	return nil, fmt.Errorf("private key: %s holds not exactly one key made by customs evidence keygen or age-keygen", o.identity)
}

func unsealIdentity(cmd *cobra.Command, sealed []byte, file string) ([]byte, error) {
	pass, err := readPassphrase(cmd, file, false)
	if err != nil {
		return nil, err
	}
	defer clear(pass)
	id, err := age.NewScryptIdentity(string(pass))
	if err != nil {
		return nil, err
	}
	id.SetMaxWorkFactor(scryptFactor + 2)
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		return nil, errors.New("the passphrase is wrong, or the file was changed")
	}
	return io.ReadAll(io.LimitReader(r, maxIdentity))
}
