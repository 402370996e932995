package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// manifestName is a file in the data directory that lists which stores the
// installation has. A store that is listed and gone was lost: to make it anew
// would begin counting persons at zero, or begin a second log.
const manifestName = "installation"

// storePatterns are what makes an installation, as patterns of files.
var storePatterns = []string{"keys/root.key", "keys/log.key", "keys/counting.key", "registry.db", "audit/segment-*", "ledger/journal-*", "ledger/keys/*", "passthrough/used"}

// checkManifest refuses an installation that lost a store.
func checkManifest(data string) error {
	listed, err := readManifest(data)
	if err != nil {
		return err
	}
	var lost []string
	for _, p := range listed {
		if !present(data, p) {
			lost = append(lost, p)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return fmt.Errorf("%s has lost %s: restore it from a backup; to go on without it, knowing that what it held is gone, delete %s",
		data, strings.Join(lost, " and "), filepath.Join(data, manifestName))
}

// noteStores brings the list up to what is there. It only ever adds.
func noteStores(data string) error {
	listed, err := readManifest(data)
	if err != nil {
		return err
	}
	before := len(listed)
	for _, p := range storePatterns {
		if !slices.Contains(listed, p) && present(data, p) {
			listed = append(listed, p)
		}
	}
	if len(listed) == before {
		return nil
	}
	return replaceFile(filepath.Join(data, manifestName), strings.Join(listed, "\n")+"\n")
}

func readManifest(data string) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(data, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list of stores: %w", err)
	}
	var out []string
	for _, line := range strings.Fields(string(text)) {
		if slices.Contains(storePatterns, line) {
			out = append(out, line)
		}
	}
	return out, nil
}

func present(data, pattern string) bool {
	found, err := filepath.Glob(filepath.Join(data, filepath.FromSlash(pattern)))
	return err == nil && len(found) > 0
}

// replaceFile writes a small file durably, in one step.
func replaceFile(path, text string) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
