package config

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Keys says how private keys are kept.
type Keys struct {
	Passphrase Passphrase `yaml:"passphrase"`
	Log        Outside    `yaml:"log"`
	CA         Outside    `yaml:"ca"`
}

// Passphrase says where the passphrase is that the keys are sealed under. The
// zero value keeps them in the clear.
type Passphrase struct {
	File       string   `yaml:"file" is:"file" doc:"file of the passphrase, 12 bytes or more, for its owner only; one of file, credential and command seals the keys; absent: they are in the clear"`
	Credential string   `yaml:"credential" is:"credential" doc:"credential of the service manager that holds the passphrase, as systemd's LoadCredentialEncrypted passes it"`
	Command    []string `yaml:"command" is:"text" doc:"program and arguments, run without a shell, that prints the passphrase within 30 s"`
}

// Outside names a program that holds a key, as one in front of a hardware
// module does.
type Outside struct {
	Command []string `yaml:"command" is:"text" doc:"program and arguments that sign in place of a key file (customs keys --help); absent: the key file"`
}

// None reports whether keys are in the clear.
func (p Passphrase) None() bool { return p.File == "" && p.Credential == "" && len(p.Command) == 0 }

var credentialForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

func checkCredential(s string) (what, mend string) {
	if !credentialForm.MatchString(s) {
		return "is no name of a credential", "write letters, digits, dots and dashes, as the unit names it"
	}
	return "", ""
}

const minPassphrase = 12

// keeping checks what no single value shows.
func (d *decoding) keeping(c *Config) {
	p, named := c.Keys.Passphrase, 0
	for _, is := range []bool{p.File != "", p.Credential != "", d.places["key keys.passphrase.command"] != nil} {
		if is {
			named++
		}
	}
	if at := d.places["key keys.passphrase"]; at != nil && named != 1 {
		d.fault(at, fmt.Sprintf("keys.passphrase: %d of file, credential and command are given", named), "give exactly one of them, or leave passphrase out")
	}
	d.secret("keys.passphrase.file", p.File, minPassphrase)
	d.program("keys.passphrase.command", p.Command)
	d.program("keys.log.command", c.Keys.Log.Command)
	d.program("keys.ca.command", c.Keys.CA.Command)
	if at := d.places["key keys.ca.command"]; at != nil && (c.CA.Cert == "" || c.CA.Key != "") {
		d.fault(at, "keys.ca.command: it takes the place of ca.key", "name the certificate under ca.cert, and no ca.key")
	}
}

// program checks a command line: no shell looks for the program.
func (d *decoding) program(path string, args []string) {
	at := d.places["key "+path]
	if at == nil {
		return
	}
	if len(args) == 0 {
		d.fault(at, path+": no program", "write [/path/of/program, argument, ...], or leave the key out")
		return
	}
	for i, a := range args {
		if a == "" && i == 0 || strings.ContainsRune(a, 0) {
			d.fault(at, fmt.Sprintf("%s[%d]: is no argument", path, i), "write a text without NUL")
			return
		}
	}
	info, err := os.Stat(args[0])
	switch {
	case !filepath.IsAbs(args[0]):
		d.fault(at, path+": the program's path is not absolute", "write it from the root on: no search path is used")
	case err != nil:
		d.fault(at, path+": "+reason(err), "the path is "+args[0])
	case !info.Mode().IsRegular():
		d.fault(at, path+": not a file", "the path is "+args[0])
	}
}
