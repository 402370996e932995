package certs

import (
	"errors"
	"fmt"
	"time"
)

const (
	defaultActivateAfter = 7 * 24 * time.Hour
	defaultOverlap       = 7 * 24 * time.Hour
)

// RotateOptions say when a new CA begins to sign and how long the old one stays
// trusted. The zero value gives clients seven days for each.
type RotateOptions struct {
	// ActivateAfter is the time that clients have to install the new CA before
	// it signs; 0 is seven days.
	ActivateAfter time.Duration
	// AtOnce lets the new CA sign now. A rotation that is waiting is activated
	// instead of adding another.
	AtOnce bool
	// Overlap is how long the old CA stays in the bundle after that; 0 is seven
	// days.
	Overlap time.Duration
	// DropOld takes the old CA out of the bundle, and destroys its key, at the
	// activation. It is for a key that got into wrong hands.
	DropOld bool
}

// Rotation says what happens when.
type Rotation struct {
	Old       string    `json:"old"` // id of the CA that is replaced
	New       string    `json:"new"` // id of its successor
	Activates time.Time `json:"activates"`
	Retires   time.Time `json:"retires"` // of the old CA
}

// Rotate makes a successor of the CA and plans the change. It returns ErrPending
// if one is planned already and AtOnce is not set. Other processes see the plan
// when they Reload.
func (a *Authority) Rotate(o RotateOptions) (Rotation, error) {
	r, err := a.change(func() ([]*member, Rotation, error) { return a.planRotation(o) })
	if err != nil {
		return Rotation{}, fmt.Errorf("rotate the CA: %w", err)
	}
	return r, nil
}

func (a *Authority) planRotation(o RotateOptions) ([]*member, Rotation, error) {
	now := a.o.Now().UTC().Truncate(time.Second)
	at := now
	switch {
	case o.AtOnce:
	case o.ActivateAfter > 0:
		at = now.Add(o.ActivateAfter)
	default:
		at = now.Add(defaultActivateAfter)
	}
	overlap := defaultOverlap
	switch {
	case o.DropOld:
		overlap = 0
	case o.Overlap > 0:
		overlap = o.Overlap
	}
	list := a.list()
	last := *list[len(list)-1]
	if last.Activate.After(now) {
		if !o.AtOnce {
			return nil, Rotation{}, fmt.Errorf("%w, for %s: activate it now with --activate-after 0s", ErrPending, last.Activate.Format(time.RFC3339))
		}
		last.Activate = now
		return a.replace(list[:len(list)-1], &last, overlap)
	}
	next, err := makeIssuer(a.o.Host, a.o.Life, now)
	if err != nil {
		return nil, Rotation{}, err
	}
	if err := a.store.save(next); err != nil {
		return nil, Rotation{}, err
	}
	return a.replace(list, &member{entry: entry{ID: next.id, Source: SourceMade, Activate: at}, issuer: next}, overlap)
}

// replace appends next to the list and dates the end of the CA before it.
func (a *Authority) replace(list []*member, next *member, overlap time.Duration) ([]*member, Rotation, error) {
	old := *list[len(list)-1]
	old.Retire = next.Activate.Add(overlap)
	out := append(append([]*member{}, list[:len(list)-1]...), &old, next)
	return out, Rotation{Old: old.ID, New: next.ID, Activates: next.Activate, Retires: old.Retire}, nil
}

// Import puts a company's sub-CA into dir, where Open finds it. certPEM holds the
// sub-CA and, in any order, the certificates over it; they are kept and served
// with each leaf. If dir has a CA already, the imported one signs at once and the
// other stays in the bundle for seven days. An *InvalidError lists everything
// that is wrong with the files.
func Import(dir string, certPEM, keyPEM []byte, o Options) (*Authority, error) {
	a, err := importInto(o.store(dir), certPEM, keyPEM, o)
	if err != nil {
		return nil, fmt.Errorf("import the CA: %w", err)
	}
	return a, nil
}

func importInto(s *store, certPEM, keyPEM []byte, o Options) (*Authority, error) {
	a := &Authority{o: o.withDefaults(), store: s}
	now := a.o.Now().UTC().Truncate(time.Second)
	i, err := checkImport(certPEM, keyPEM, now)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	_, err = a.change(func() ([]*member, Rotation, error) {
		next := &member{entry: entry{ID: i.id, Source: SourceImported, Activate: now}, issuer: i}
		list := a.list()
		if n := len(list); n > 0 && list[n-1].Activate.After(now) {
			list = list[:n-1] // the import takes the place of what was planned
		}
		for _, m := range list {
			if m.ID == i.id {
				return nil, Rotation{}, fmt.Errorf("this CA is here already")
			}
		}
		if err := s.save(i); err != nil {
			return nil, Rotation{}, err
		}
		if len(list) == 0 {
			return []*member{next}, Rotation{}, nil
		}
		return a.replace(list, next, defaultOverlap)
	})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// checkImport parses and checks a CA, and collects what is wrong with both files.
func checkImport(certPEM, keyPEM []byte, now time.Time) (*issuer, error) {
	e := &InvalidError{}
	certs, err := parseCertificates(certPEM)
	if err != nil {
		e.add("cert", "%v", err)
	}
	for _, c := range certs {
		if published(c) {
			e.cause = ErrPublished
			e.add("cert", "%v", ErrPublished)
			return nil, e
		}
	}
	key, err := parseKey(keyPEM)
	if err != nil {
		e.add("key", "%v", err)
	}
	if err := e.orNil(); err != nil {
		return nil, err
	}
	i, err := newIssuer(certs, key)
	if err != nil {
		return nil, err
	}
	for _, err := range []error{i.accept(), i.acceptDates(now)} {
		var more *InvalidError
		if errors.As(err, &more) {
			e.Faults = append(e.Faults, more.Faults...)
			e.cause = more.cause
		}
	}
	if err := e.orNil(); err != nil {
		return nil, err
	}
	return i, nil
}

// change runs one change of the folder while no other process writes, on the
// newest state. Retired CAs are dropped with it.
func (a *Authority) change(plan func() ([]*member, Rotation, error)) (Rotation, error) {
	if a.store == nil {
		return Rotation{}, fmt.Errorf("the configuration keeps this CA in %s: exchange the two files and send SIGHUP", a.files[0])
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	unlock, err := a.store.lock()
	if err != nil {
		return Rotation{}, err
	}
	defer unlock()
	if err := a.loadLocked(); err != nil && !errors.Is(err, ErrNone) {
		return Rotation{}, err
	}
	before := a.list()
	list, r, err := plan()
	if err != nil {
		return Rotation{}, err
	}
	list = living(list, a.o.Now())
	if err := a.commit(list); err != nil {
		return Rotation{}, err
	}
	return r, a.destroy(before, list)
}

// dropRetired destroys the keys of CAs whose overlap is over.
func (a *Authority) dropRetired() error {
	if len(living(a.list(), a.o.Now())) == len(a.list()) {
		return nil
	}
	_, err := a.change(func() ([]*member, Rotation, error) { return a.list(), Rotation{}, nil })
	return err
}

// living returns the CAs that are not retired, but at least the last.
func living(list []*member, now time.Time) []*member {
	out := make([]*member, 0, len(list))
	for n, m := range list {
		if n == len(list)-1 || m.Retire.IsZero() || now.Before(m.Retire) {
			out = append(out, m)
		}
	}
	return out
}

// destroy removes the files of CAs that are in before and not in after. It runs
// after the commit: a crash in between leaves files that nobody reads.
func (a *Authority) destroy(before, after []*member) error {
	keep := make(map[string]bool, len(after))
	for _, m := range after {
		keep[m.ID] = true
	}
	for _, m := range before {
		if keep[m.ID] {
			continue
		}
		for _, suffix := range []string{".key", ".pem"} {
			if err := a.store.remove(m.ID + suffix); err != nil {
				return err
			}
		}
	}
	return nil
}
