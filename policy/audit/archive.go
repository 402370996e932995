package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/datacustoms/customs/policy"
)

const (
	archiveSchema = "dc.archive/1"
	blockBytes    = 256 << 10 // of entries, after which a block ends
	maxBlock      = blockBytes + maxEntry + 1
	maxTable      = 16 << 20   // bytes of an archive's header
	skippable     = 0x184D2A50 // a zstd frame that decoders leave out
	frameHead     = 8
)

// archive is the header of a closed segment that was compressed: a skippable
// frame before one zstd frame a block. What the blocks hold are the entries,
// one a line, without chain values.
type archive struct {
	Schema  string    `json:"schema"`
	Ordinal int       `json:"ordinal"`
	Segment string    `json:"segment"` // its header line
	First   uint64    `json:"first_seq"`
	Last    uint64    `json:"last_seq"`
	Before  string    `json:"chain_before"`
	After   string    `json:"chain_after"`
	Raw     int64     `json:"raw_bytes"` // of the segment's file
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"`
	Blocks  []block   `json:"blocks"`

	base int64 // where the blocks begin
}

// block is one row of the table.
type block struct {
	Offset int64  `json:"offset"` // from the end of the header
	Length int64  `json:"length"`
	Raw    int64  `json:"raw_bytes"`
	First  uint64 `json:"first_seq"`
	Sum    string `json:"sha256"` // of the compressed bytes
}

// frame returns the header as it stands in the file.
func (a *archive) frame() ([]byte, error) {
	b, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	if len(b) > maxTable {
		return nil, fmt.Errorf("header of %d bytes is above the limit of %d", len(b), maxTable)
	}
	out := binary.LittleEndian.AppendUint32(nil, skippable)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(b)))
	return append(out, b...), nil
}

// readArchive reads the header of an archive. It accepts exactly what frame
// writes and a table that covers every byte of the file after it.
func readArchive(f policy.ReadFile) (*archive, error) {
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	var head [frameHead]byte
	if n, err := f.ReadAt(head[:], 0); n < len(head) {
		return nil, fmt.Errorf("archive has no header: %w", errors.Join(err))
	}
	length := int64(binary.LittleEndian.Uint32(head[4:]))
	if binary.LittleEndian.Uint32(head[:]) != skippable || length > maxTable || frameHead+length > size {
		return nil, errors.New("archive has no header")
	}
	b := make([]byte, length)
	if n, err := f.ReadAt(b, frameHead); n < len(b) {
		return nil, fmt.Errorf("archive's header is cut short: %w", errors.Join(err))
	}
	a := &archive{base: frameHead + length}
	if err := json.Unmarshal(b, a); err != nil {
		return nil, errors.New("archive's header is not readable")
	}
	if again, err := json.Marshal(a); err != nil || !bytes.Equal(again, b) || a.Schema != archiveSchema {
		return nil, errors.New("archive's header is not in its canonical form")
	}
	return a, a.check(size)
}

func (a *archive) check(size int64) error {
	h, err := parseHeader([]byte(a.Segment))
	_, after := parseHash(a.After)
	if err != nil || !after || h.Ordinal != a.Ordinal || h.First != a.First || h.Prev != a.Before || a.First == 0 || a.Last < a.First-1 {
		return errors.New("archive's header contradicts itself")
	}
	at, next := int64(0), a.First
	for i, b := range a.Blocks {
		if b.Offset != at || b.Length <= 0 || b.Length > maxBlock || b.Raw <= 0 || b.Raw > maxBlock ||
			(i == 0 && b.First != next) || (i > 0 && b.First <= next) || b.First > a.Last {
			return fmt.Errorf("archive's table is wrong at block %d", i+1)
		}
		at, next = at+b.Length, b.First
	}
	if a.base+at != size || (len(a.Blocks) == 0) != (a.Last < a.First) {
		return fmt.Errorf("archive is %d bytes long and its table says %d", size, a.base+at)
	}
	return nil
}

func newDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBlock), zstd.WithDecoderLowmem(true))
}

// block returns the lines of block i.
func (a *archive) block(f policy.ReadFile, dec *zstd.Decoder, i int) ([]byte, error) {
	b := a.Blocks[i]
	packed := make([]byte, b.Length)
	if n, err := f.ReadAt(packed, a.base+b.Offset); n < len(packed) {
		return nil, errors.Join(errors.New("block is cut short"), err)
	}
	if sum := sha256.Sum256(packed); hex.EncodeToString(sum[:]) != b.Sum {
		return nil, errors.New("block is not the one that the header names")
	}
	raw, err := dec.DecodeAll(packed, make([]byte, 0, b.Raw))
	if err != nil || int64(len(raw)) != b.Raw || raw[len(raw)-1] != '\n' {
		return nil, errors.New("block does not hold the lines that the header names")
	}
	return raw, nil
}
