package main

import (
	"crypto/tls"
	"fmt"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/certs/vault"
)

// checkBackup looks at every key of a backup before anything is written. Its
// errors name files, and carry nothing of them.
func checkBackup(b vault.Backup) error {
	by := map[string][]byte{}
	for _, i := range b.Items {
		by[i.Name] = i.Bytes
	}
	for _, name := range []string{rootKeyName, logKeyName} {
		if by[name] == nil {
			return fmt.Errorf("the backup has no %s", name)
		}
	}
	for _, i := range b.Items {
		if err := checkItem(i, by); err != nil {
			return fmt.Errorf("%s of the backup %w", i.Name, err)
		}
	}
	keys, err := parseLogKeys(by[logKeyName])
	if err == nil && keys.name() != b.Log {
		err = fmt.Errorf("%s of the backup is of another log than the backup says", logKeyName)
	}
	return err
}

func checkItem(i vault.Item, by map[string][]byte) error {
	dir, base, _ := strings.Cut(i.Name, "/")
	switch {
	case i.Name == rootKeyName:
		_, err := parseRoot(i.Bytes)
		return err
	case i.Name == keptKeyName:
		_, err := parseKept(i.Bytes)
		return err
	case i.Name == logKeyName:
		_, err := parseLogKeys(i.Bytes)
		return err
	case dir == "ca" && strings.HasSuffix(base, ".key"):
		cert := by["ca/"+strings.TrimSuffix(base, ".key")+".pem"]
		if _, err := tls.X509KeyPair(cert, i.Bytes); err != nil {
			return fmt.Errorf("is not the key of its certificate")
		}
	case strings.HasPrefix(base, "pseudonym-"):
		year, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(base, "pseudonym-"), ".key"))
		if err != nil {
			return fmt.Errorf("has no year")
		}
		_, err = parseNameKey(i.Bytes, year)
		return err
	}
	return nil
}
