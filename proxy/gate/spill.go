package gate

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
)

// spillFile is a file without a name, of AES-256-GCM blocks under a key that
// exists only in this value: after a crash the blocks are noise on free
// space. The place of a block that was released is used again; its nonce is
// how many blocks were sealed before it, so that none is used twice.
type spillFile struct {
	f      *os.File
	aead   cipher.AEAD
	used   int64            // places that hold a block
	free   []int64          // places that were released
	end    int64            // places there are
	count  uint64           // blocks that were sealed
	nonces map[int64]uint64 // by place
	sealed []byte           // reused by seal, which has one caller at a time
}

func openSpill(dir string) (*spillFile, error) {
	f, err := os.CreateTemp(dir, "spill-")
	if err != nil {
		return nil, fmt.Errorf("spill: %w", err)
	}
	// Unlinked before the first byte: nothing is left behind by a kill.
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, fmt.Errorf("spill: unlink: %w", err)
	}
	var key [32]byte
	rand.Read(key[:]) // never fails; it crashes the program instead
	c, err := aes.NewCipher(key[:])
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("spill: %w", err)
	}
	aead, err := cipher.NewGCM(c)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("spill: %w", err)
	}
	return &spillFile{f: f, aead: aead, nonces: map[int64]uint64{}}, nil
}

func (s *spillFile) nonce(i uint64) []byte {
	n := make([]byte, s.aead.NonceSize())
	binary.BigEndian.PutUint64(n[4:], i)
	return n
}

// bytes is what the blocks take that were not released.
func (s *spillFile) bytes() int64 {
	if s == nil {
		return 0
	}
	return s.used * blockSize
}

// reserve returns a place for a block.
func (s *spillFile) reserve() (slot int64) {
	s.used++
	if n := len(s.free); n > 0 {
		slot, s.free = s.free[n-1], s.free[:n-1]
		return slot
	}
	s.end++
	return s.end - 1
}

// release makes the place of a block free.
func (s *spillFile) release(slot int64) {
	s.used--
	s.free = append(s.free, slot)
	delete(s.nonces, slot)
}

// seal writes one full block to its place.
func (s *spillFile) seal(slot int64, block []byte) error {
	s.sealed = s.aead.Seal(s.sealed[:0], s.nonce(s.count), block, nil)
	if _, err := s.f.WriteAt(s.sealed, slot*int64(len(s.sealed))); err != nil {
		return fmt.Errorf("spill: write: %w", err)
	}
	s.nonces[slot] = s.count
	s.count++
	return nil
}

// open reads one block back, into buf when that is large enough, and checks
// that it is what was written.
func (s *spillFile) open(slot int64, buf []byte) ([]byte, error) {
	need := blockSize + s.aead.Overhead()
	if cap(buf) < need {
		buf = make([]byte, need)
	}
	sealed := buf[:need]
	if _, err := s.f.ReadAt(sealed, slot*int64(len(sealed))); err != nil {
		return nil, fmt.Errorf("spill: read: %w", err)
	}
	block, err := s.aead.Open(sealed[:0], s.nonce(s.nonces[slot]), sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("spill: block %d was changed on disk", slot)
	}
	return block, nil
}

func (s *spillFile) close() { s.f.Close() }
