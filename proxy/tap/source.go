package tap

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// maxPacket is the longest packet, as tcpdump takes it.
const maxPacket = 256 << 10

// packet is one captured packet. Its data is valid until the next one.
type packet struct {
	link layers.LinkType
	data []byte
	info gopacket.CaptureInfo
}

// source reads the packets of a capture of either format.
type source struct {
	in      *counting
	packets int64
	classic *pcapgo.Reader
	ng      *pcapgo.NgReader
}

// open tells the format by the first four bytes.
func (s *source) open() error {
	br := bufio.NewReaderSize(s.in, 64<<10)
	magic, err := br.Peek(4)
	if err != nil {
		return fmt.Errorf("the file is too short for a capture: %w", unexpected(err))
	}
	switch binary.LittleEndian.Uint32(magic) {
	case 0x0a0d0d0a:
		s.ng, err = pcapgo.NewNgReader(&framing{r: br}, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
	case 0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1:
		if s.classic, err = pcapgo.NewReader(br); err == nil {
			// Many writers give a length that they do not keep.
			s.classic.SetSnaplen(maxPacket)
		}
	default:
		return errors.New("neither pcap nor pcapng: write it with tcpdump -w, or convert it with editcap")
	}
	if err != nil {
		return fmt.Errorf("the file header: %w", unexpected(err))
	}
	return nil
}

// next returns the next packet, or io.EOF at a clean end.
func (s *source) next() (packet, error) {
	var p packet
	var err error
	if s.ng != nil {
		p.data, p.info, err = s.ng.ReadPacketData()
		if err == nil {
			p.link, _ = p.info.AncillaryData[0].(layers.LinkType)
		}
	} else {
		p.data, p.info, err = s.classic.ZeroCopyReadPacketData()
		p.link = s.classic.LinkType()
		if err == io.EOF && p.info.CaptureLength > 0 {
			err = io.ErrUnexpectedEOF // the header of a packet, and nothing behind it
		}
	}
	if err == nil {
		s.packets++
	}
	return p, err
}

// fail gives an error its place in the capture.
func (s *source) fail(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the capture is cut off: %w", err)
	}
	return &Error{Packet: s.packets, Offset: s.in.n, Err: err}
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// counting counts the bytes read.
type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
