package incident

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// Sub is where incidents stand below a data directory.
const Sub = "incidents"

// maxIncidents bounds how many are listed.
const maxIncidents = 10_000

// Store holds the incidents of an installation for one writer.
type Store struct {
	files policy.Files
	dir   string
	lock  io.Closer
}

// Open locks the incidents of a data directory for changes.
func Open(files policy.Files, data string) (*Store, error) {
	s := &Store{files: files, dir: filepath.Join(data, Sub)}
	err := files.MakeDir(s.dir)
	if err == nil {
		err = files.SyncDir(data)
	}
	if err == nil {
		s.lock, err = files.Lock(filepath.Join(s.dir, "lock"))
	}
	if err != nil {
		return nil, fmt.Errorf("incidents: %w", err)
	}
	return s, nil
}

// Close ends the lock.
func (s *Store) Close() error { return s.lock.Close() }

// Save makes an incident durable.
func (s *Store) Save(i *Incident) error {
	if err := i.Sound(); err != nil {
		return err
	}
	b, err := json.MarshalIndent(i, "", "  ")
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("it is longer than %d bytes", maxFile)
	}
	if err == nil {
		name := filepath.Join(s.dir, i.ID+".json")
		err = journal.Replace(s.files, name, name+".new", append(b, '\n'))
	}
	if err != nil {
		return fmt.Errorf("incident %s: %w", i.ID, err)
	}
	return nil
}

// ErrNone means that there is no incident of an id.
var ErrNone = errors.New("there is no such incident")

// Load reads one incident.
func Load(files policy.Files, data, id string) (*Incident, error) {
	if !Named(id) {
		return nil, ErrNone
	}
	f, err := files.Open(filepath.Join(data, Sub, id+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("incident %s: %w", id, err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("incident %s: %w", id, err)
	}
	i, err := Parse(b)
	if err == nil && i.ID != id {
		err = errors.New("its id is not that of its file")
	}
	if err != nil {
		return nil, fmt.Errorf("incident %s: its file is damaged: %w; put it back from a backup, the audit log has its acts", id, err)
	}
	return i, nil
}

// List reads all incidents, by id. What cannot be read is an error beside the
// others.
func List(files policy.Files, data string) ([]*Incident, error) {
	names, err := files.List(filepath.Join(data, Sub))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("incidents: %w", err)
	}
	var out []*Incident
	var faults []error
	slices.Sort(names)
	for _, name := range names {
		id, ok := strings.CutSuffix(name, ".json")
		if !ok || !Named(id) {
			continue
		}
		if len(out) == maxIncidents {
			faults = append(faults, fmt.Errorf("incidents: only the first %d are read", maxIncidents))
			break
		}
		i, err := Load(files, data, id)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		out = append(out, i)
	}
	return out, errors.Join(faults...)
}
