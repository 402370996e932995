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
// space. A block's nonce is its number; no block is written twice.
type spillFile struct {
	f      *os.File
	aead   cipher.AEAD
	blocks int64
	took   int64  // of the spill budget
	sealed []byte // reused by seal, which has one caller at a time
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
	return &spillFile{f: f, aead: aead}, nil
}

func (s *spillFile) nonce(i int64) []byte {
	n := make([]byte, s.aead.NonceSize())
	binary.BigEndian.PutUint64(n[4:], uint64(i))
	return n
}

func (s *spillFile) bytes() int64 { return s.blocks * blockSize }

// seal appends one full block.
func (s *spillFile) seal(block []byte) error {
	s.sealed = s.aead.Seal(s.sealed[:0], s.nonce(s.blocks), block, nil)
	if _, err := s.f.WriteAt(s.sealed, s.blocks*int64(blockSize+s.aead.Overhead())); err != nil {
		return fmt.Errorf("spill: write: %w", err)
	}
	s.blocks++
	return nil
}

// open reads one block back, into buf when that is large enough, and checks
// that it is what was written.
func (s *spillFile) open(i int64, buf []byte) ([]byte, error) {
	need := blockSize + s.aead.Overhead()
	if cap(buf) < need {
		buf = make([]byte, need)
	}
	sealed := buf[:need]
	if _, err := s.f.ReadAt(sealed, i*int64(len(sealed))); err != nil {
		return nil, fmt.Errorf("spill: read: %w", err)
	}
	block, err := s.aead.Open(sealed[:0], s.nonce(i), sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("spill: block %d was changed on disk", i)
	}
	return block, nil
}

func (s *spillFile) close() { s.f.Close() }
