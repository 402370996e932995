package atlas

import (
	"io"
	"net/netip"
)

// Decode lets tests look into a table.
func Decode(r io.Reader) (func(netip.Addr) string, error) {
	t, err := decode(r)
	if err != nil {
		return nil, err
	}
	return t.lookup, nil
}
