package law

import (
	"errors"

	"github.com/datacustoms/customs/policy/sign"
)

// FileStatus is what is known of one file of the law.
type FileStatus struct {
	Name     string // of the file, without its directory
	BuiltIn  bool
	Replaced bool // an operator's file with the same id is in its place
	Signer   string
	Digest   string // SHA-256 of the file
	Schema   string
	ID       string
	Title    string
	From, To string   // civil dates; To is empty for no end
	Zones    []string // of a list
	Type     string   // of a list
	// Entries are the rows of a list or the marks of a catalogue, Verified
	// how many of them can decide.
	Entries  int
	Verified int
	Err      error // all that is wrong with it
}

// Inspect returns the built-in files and then those of an operator's
// directory, each with its faults. An empty dir is none. Whether the files fit
// together is Open's to say.
func Inspect(dir string, keys []sign.Verifier) []FileStatus {
	met := readBuiltin()
	var own []found
	if dir != "" {
		var err error
		if own, err = readDir(dir, keys); err != nil {
			own = []found{{name: dir, faults: []error{err}}}
		}
	}
	ids := map[string]bool{}
	for _, f := range own {
		if f.file != nil {
			ids[f.file.head().id] = true
		}
	}
	var out []FileStatus
	for _, f := range met {
		s := f.status()
		s.BuiltIn, s.Replaced = true, ids[s.ID]
		out = append(out, s)
	}
	for _, f := range own {
		out = append(out, f.status())
	}
	return out
}

// Check reads one file as Open would, but for its signature.
func Check(name string, src []byte) FileStatus {
	f := found{name: name, src: src}
	f.read()
	return f.status()
}

func (f *found) status() FileStatus {
	s := FileStatus{Name: f.name, Signer: f.signer, Err: errors.Join(f.faults...)}
	if f.src != nil {
		s.Digest = digestOf(f.src)
	}
	if f.file == nil {
		return s
	}
	h := f.file.head()
	s.Schema, s.ID, s.Title, s.From, s.To = h.schema, h.id, h.title, h.from, h.to
	if l := f.file.list; l != nil {
		s.Zones, s.Type, s.Entries = l.Zones, l.Type, len(l.Entries)
		for _, e := range l.Entries {
			if l.Verified && e.Verified {
				s.Verified++
			}
		}
	}
	if k := f.file.catalogue; k != nil {
		s.Entries = len(k.Important)
		for _, m := range k.Important {
			if m.Verified {
				s.Verified++
			}
		}
	}
	return s
}
