package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

const (
	commandTime = 30 * time.Second
	commandWait = 2 * time.Second // for what a program that ended left running
)

// PassphraseFile reads a passphrase from a file that only its owner can read.
func PassphraseFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("%s can be read by others (mode %04o): run chmod 600 on it", path, mode)
	}
	b, err := readRegular(path, info)
	if err != nil {
		return nil, err
	}
	return line(b)
}

// PassphraseCredential reads a credential that the service manager passes, as
// systemd does with LoadCredentialEncrypted.
func PassphraseCredential(dir, name string) ([]byte, error) {
	if dir == "" {
		return nil, fmt.Errorf("credential %s: CREDENTIALS_DIRECTORY is not set: add LoadCredentialEncrypted=%s to the unit, or run this command in it", name, name)
	}
	path := filepath.Join(dir, name)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	b, err := readRegular(path, info)
	if err != nil {
		return nil, err
	}
	return line(b)
}

// PassphraseCommand runs a program, without a shell, and takes its standard
// output. What it says on standard error is dropped, for it may quote secrets.
func PassphraseCommand(ctx context.Context, args []string) ([]byte, error) {
	if len(args) == 0 {
		return nil, errors.New("no program is named")
	}
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	c := exec.CommandContext(ctx, args[0], args[1:]...)
	c.WaitDelay = commandWait
	var out bounded
	c.Stdout = &out
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w", args[0], err)
	}
	if out.over {
		return nil, fmt.Errorf("%s says more than %d bytes", args[0], maxPassphrase)
	}
	return line(out.b.Bytes())
}

// bounded keeps the beginning of what is written.
type bounded struct {
	b    bytes.Buffer
	over bool
}

func (w *bounded) Write(p []byte) (int, error) {
	if w.b.Len()+len(p) > maxPassphrase+2 {
		w.over = true
		return 0, io.ErrShortWrite
	}
	return w.b.Write(p)
}

// line takes the end of the line away.
func line(b []byte) ([]byte, error) {
	b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
	return b, checkPassphrase(b, minPassphrase)
}
