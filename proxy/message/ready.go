package message

import (
	"bytes"

	"github.com/gobwas/ws"
)

// Small is the largest message that is judged together with others.
const Small = 4 << 10

// SmallSocket reports whether b begins with the whole of a small WebSocket
// message in one frame, so that reading it waits for nothing. It checks
// nothing else.
func SmallSocket(b []byte) bool {
	r := bytes.NewReader(b)
	h, err := ws.ReadHeader(r)
	return err == nil && h.Fin && !h.OpCode.IsControl() && h.Length <= Small && h.Length <= int64(r.Len())
}

// SmallGRPC is SmallSocket for a gRPC message.
func SmallGRPC(b []byte) bool {
	if len(b) < PrefixSize {
		return false
	}
	p, err := ParsePrefix([PrefixSize]byte(b), true)
	return err == nil && p.Size <= Small && int(p.Size) <= len(b)-PrefixSize
}
