package alert

import (
	"bytes"
	"fmt"
	"hash/crc32"
)

// Line gives a text the checksum of a line of the outbox.
func Line(text string) []byte {
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum([]byte(text), crc32.MakeTable(crc32.Castagnoli)), text)
}

// Reread reads an outbox, writes it and reads that. It returns both readings
// as written.
func Reread(data []byte) (once, twice []byte, err error) {
	b := newShelf()
	if _, err := b.read(bytes.NewReader(data)); err != nil {
		return nil, nil, err
	}
	if once, err = b.write(); err != nil {
		return nil, nil, err
	}
	c := newShelf()
	if n, err := c.read(bytes.NewReader(once)); err != nil || n != 0 {
		return nil, nil, fmt.Errorf("what was written has %d damaged lines: %w", n, err)
	}
	twice, err = c.write()
	return once, twice, err
}

func (b *shelf) write() ([]byte, error) {
	var out bytes.Buffer
	err := appendLine(&out, line{Op: "head", Schema: outboxSchema})
	for _, s := range b.states {
		if err == nil {
			err = appendLine(&out, line{Op: "raise", State: s})
		}
	}
	return out.Bytes(), err
}
