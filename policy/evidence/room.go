package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

const (
	clientShare = 16   // one client may fill this part of the total in a day
	maxClients  = 4096 // told apart in a day; all others share one share
)

// ErrFull means that there is no room until older evidence is removed.
var ErrFull = errors.New("evidence: the store is full: raise evidence.total or lower evidence.keep")

// room reports whether n bytes more may be written for a client.
func (s *Store) room(client string, n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.allowed(client, n)
	return ok
}

// allowed returns who n bytes count for, and whether they may be written. It is
// called with the lock held.
func (s *Store) allowed(client string, n int64) (string, bool) {
	if today := s.o.Now().In(policy.Shanghai).Format(time.DateOnly); today != s.day {
		s.day, s.shares = today, map[string]int64{}
	}
	if _, known := s.shares[client]; !known && len(s.shares) >= maxClients {
		client = ""
	}
	share := max(s.o.Total/clientShare, s.o.Record) // a small store takes one file of everybody
	return client, s.used+n <= s.o.Total && s.shares[client]+n <= share
}

// take counts n bytes before they are written.
func (s *Store) take(client string, n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	client, ok := s.allowed(client, n)
	if ok {
		s.used += n
		s.added += n
		s.shares[client] += n
	}
	return ok
}

// note remembers how the last write went.
func (s *Store) note(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = err
}

// write makes a file durable. What failed may have landed all the same: it
// stays counted until the next sweep, which removes it.
func (s *Store) write(in *policy.Sealing, blob []byte, kept int) *policy.EvidenceRef {
	n := int64(len(blob))
	if !s.take(in.Client, n) {
		return &policy.EvidenceRef{Fault: policy.EvidenceFull}
	}
	name := filepath.Join(s.dir(), stem{s.o.Last(), s.o.Now(), in.Flow}.String()+endFile)
	err := journal.Replace(s.o.Files, name, name+endAside, blob)
	s.note(err)
	if err != nil {
		return &policy.EvidenceRef{Fault: policy.EvidenceFailed}
	}
	sum := sha256.Sum256(blob)
	return &policy.EvidenceRef{Digest: hex.EncodeToString(sum[:]), Samples: kept}
}

// Ready says why the next evidence could not be kept, or nil.
func (s *Store) Ready(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.o.For) == 0 {
		return nil
	}
	if s.used+s.o.Record > s.o.Total {
		return ErrFull
	}
	if s.fault != nil {
		return fmt.Errorf("evidence: the last could not be kept: %w", s.fault)
	}
	return nil
}

// Used returns how many bytes the files have, and may have.
func (s *Store) Used() (used, total int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used, s.o.Total
}

// recount sums up what is in the directory. What is written meanwhile may
// count twice until the next time.
func (s *Store) recount() error {
	s.mu.Lock()
	added := s.added
	s.mu.Unlock()
	names, err := s.o.Files.List(s.dir())
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	used := int64(0)
	for _, name := range names {
		f, err := s.o.Files.Open(filepath.Join(s.dir(), name))
		if err != nil {
			continue // an approval that was just used
		}
		n, err := f.Size()
		f.Close()
		if err != nil {
			return fmt.Errorf("evidence: %w", err)
		}
		used += n
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = used + s.added - added
	return nil
}
