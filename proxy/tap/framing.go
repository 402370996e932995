package tap

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxBlock is the longest pcapng block; blocks of comments and keys may be
// longer than packets.
const maxBlock = 16 << 20

// framing hands a pcapng stream on after checking the lengths in its blocks,
// which the reader behind it takes on trust: one could ask for 4 GiB of
// memory, and an end within a block would look like a clean one.
type framing struct {
	r     io.Reader
	order binary.ByteOrder
	head  []byte // checked, not yet handed on
	left  int    // of the block behind head
}

func (f *framing) Read(p []byte) (int, error) {
	if len(f.head) == 0 && f.left == 0 {
		if err := f.block(); err != nil {
			return 0, err
		}
	}
	if len(f.head) > 0 {
		n := copy(p, f.head)
		f.head = f.head[n:]
		return n, nil
	}
	n, err := f.r.Read(p[:min(len(p), f.left)])
	f.left -= n
	if err == io.EOF && f.left > 0 {
		err = io.ErrUnexpectedEOF
	} else if f.left == 0 {
		err = nil
	}
	return n, err
}

// block reads and checks the head of the next block.
func (f *framing) block() error {
	head := make([]byte, 8, 28)
	if n, err := io.ReadFull(f.r, head); err != nil {
		if n > 0 {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	more := func(n int) error {
		head = head[:len(head)+n]
		_, err := io.ReadFull(f.r, head[len(head)-n:])
		return unexpected(err)
	}
	section := binary.LittleEndian.Uint32(head) == 0x0a0d0d0a
	if section {
		if err := more(4); err != nil {
			return err
		}
		f.order = binary.LittleEndian
		if binary.BigEndian.Uint32(head[8:]) == 0x1a2b3c4d {
			f.order = binary.BigEndian
		}
	}
	if f.order == nil {
		return errors.New("pcapng: no section header")
	}
	total := f.order.Uint32(head[4:])
	if total < 12 || total > maxBlock || total%4 != 0 || section && total < 28 {
		return fmt.Errorf("pcapng: a block of %d bytes cannot be", total)
	}
	if kind := f.order.Uint32(head); !section && (kind == 2 || kind == 6) {
		if total < 32 {
			return fmt.Errorf("pcapng: a packet block of %d bytes cannot be", total)
		}
		if err := more(20); err != nil {
			return err
		}
		if captured := f.order.Uint32(head[20:]); captured > total-32 || captured > maxPacket {
			return fmt.Errorf("pcapng: a packet of %d bytes in a block of %d cannot be", captured, total)
		}
	} else if !section && kind == 3 {
		if total < 16 {
			return fmt.Errorf("pcapng: a packet block of %d bytes cannot be", total)
		}
		if err := more(4); err != nil {
			return err
		}
		if f.order.Uint32(head[8:]) > maxPacket {
			return errors.New("pcapng: a simple packet is too long")
		}
	}
	f.head, f.left = head, int(total)-len(head)
	return nil
}
