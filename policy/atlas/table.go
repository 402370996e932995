package atlas

import (
	"bufio"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sort"
	"strings"
)

// Schema is the schema of a table file. A table is one line of JSON and a
// deflate stream: the country codes, then for IPv4 and IPv6 each the distances
// between the first addresses of its ranges and the number of each range's
// country, 0 for none. IPv6 ranges are told by their upper 64 bits.
const Schema = "dc.atlas/1"

// Head is the first line of a table file.
type Head struct {
	Schema    string `json:"schema"`
	Source    string `json:"source"`
	Version   string `json:"version"`
	Date      string `json:"date"`
	Countries int    `json:"countries"`
	V4        int    `json:"v4"` // ranges
	V6        int    `json:"v6"`
}

const maxRanges = 1 << 20

type table struct {
	codes string // two letters each
	v4    []uint32
	at4   []uint8 // country of the range that begins there
	v6    []uint64
	at6   []uint8
}

func parseHead(s string) (Head, int, error) {
	var h Head
	i := strings.IndexByte(s, '\n')
	if i < 0 || i > 1024 {
		return h, 0, errors.New("atlas: table has no head")
	}
	return h, i + 1, checkHead([]byte(s[:i]), &h)
}

func checkHead(line []byte, h *Head) error {
	if err := json.Unmarshal(line, h); err != nil {
		return errors.New("atlas: table head is not readable")
	}
	if h.Schema != Schema || h.Countries < 0 || h.Countries > 255 ||
		h.V4 < 0 || h.V4 > maxRanges || h.V6 < 0 || h.V6 > maxRanges {
		return errors.New("atlas: table head is out of bounds")
	}
	return nil
}

// decode reads a table and checks that its ranges ascend.
func decode(r io.Reader) (*table, error) {
	br := bufio.NewReaderSize(r, 4096)
	line, err := br.ReadSlice('\n')
	if err != nil {
		return nil, errors.New("atlas: table has no head")
	}
	var h Head
	if err := checkHead(line, &h); err != nil {
		return nil, err
	}
	body := bufio.NewReader(flate.NewReader(br))
	codes := make([]byte, 2*h.Countries)
	if _, err := io.ReadFull(body, codes); err != nil {
		return nil, fmt.Errorf("atlas: table is cut short: %w", err)
	}
	t := &table{codes: string(codes)}
	v4, at4, err := readRanges(body, h.V4, h.Countries, 1<<32-1)
	if err != nil {
		return nil, err
	}
	t.v4, t.at4 = make([]uint32, len(v4)), at4
	for i, v := range v4 {
		t.v4[i] = uint32(v)
	}
	t.v6, t.at6, err = readRanges(body, h.V6, h.Countries, 1<<64-1)
	return t, err
}

// readRanges grows its slices as bytes come in, so that a head alone cannot
// make it allocate much.
func readRanges(r io.ByteReader, n, countries int, limit uint64) ([]uint64, []uint8, error) {
	starts := make([]uint64, 0, min(n, 4096))
	var at uint64
	for i := range n {
		d, err := binary.ReadUvarint(r)
		if err != nil {
			return nil, nil, fmt.Errorf("atlas: table is cut short: %w", err)
		}
		if (i > 0 && d == 0) || d > limit-at {
			return nil, nil, errors.New("atlas: table ranges do not ascend")
		}
		at += d
		starts = append(starts, at)
	}
	country := make([]uint8, n)
	for i := range country {
		c, err := r.ReadByte()
		if err != nil {
			return nil, nil, fmt.Errorf("atlas: table is cut short: %w", err)
		}
		if int(c) > countries {
			return nil, nil, errors.New("atlas: table names a country that it does not list")
		}
		country[i] = c
	}
	return starts, country, nil
}

// lookup returns the country of an address, or "".
func (t *table) lookup(a netip.Addr) string {
	var c uint8
	if a.Is4() {
		b := a.As4()
		v := binary.BigEndian.Uint32(b[:])
		if i := sort.Search(len(t.v4), func(i int) bool { return t.v4[i] > v }); i > 0 {
			c = t.at4[i-1]
		}
	} else {
		b := a.As16()
		v := binary.BigEndian.Uint64(b[:8])
		if i := sort.Search(len(t.v6), func(i int) bool { return t.v6[i] > v }); i > 0 {
			c = t.at6[i-1]
		}
	}
	if c == 0 {
		return ""
	}
	return t.codes[2*int(c)-2 : 2*int(c)]
}

// Range is one row of a table before it is packed. IPv4 addresses stand as
// numbers, IPv6 ones as their upper 64 bits; both ends belong to the range.
type Range struct {
	From, To uint64
	Country  string
}

// Pack writes a table. The ranges of each family must ascend and not overlap;
// neighbours of one country are joined.
func Pack(w io.Writer, h Head, v4, v6 []Range) error {
	var codes []string
	index := map[string]uint8{}
	for _, r := range append(append([]Range(nil), v4...), v6...) {
		if len(r.Country) != 2 {
			return fmt.Errorf("atlas: country %q has not two letters", r.Country)
		}
		if _, ok := index[r.Country]; !ok {
			codes = append(codes, r.Country)
			if len(codes) > 255 {
				return errors.New("atlas: more than 255 countries")
			}
			index[r.Country] = uint8(len(codes))
		}
	}
	body := []byte(strings.Join(codes, ""))
	var err error
	h.Schema, h.Countries = Schema, len(codes)
	if body, h.V4, err = appendRanges(body, v4, index, 1<<32-1); err != nil {
		return err
	}
	if body, h.V6, err = appendRanges(body, v6, index, 1<<64-1); err != nil {
		return err
	}
	if err := json.NewEncoder(w).Encode(h); err != nil {
		return err
	}
	z, err := flate.NewWriter(w, flate.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(body); err != nil {
		return err
	}
	return z.Close()
}

func appendRanges(out []byte, ranges []Range, index map[string]uint8, limit uint64) ([]byte, int, error) {
	var starts []uint64
	var countries []uint8
	put := func(at uint64, c uint8) {
		if n := len(countries); (n == 0 && c == 0) || (n > 0 && countries[n-1] == c) {
			return
		}
		starts, countries = append(starts, at), append(countries, c)
	}
	end, open := uint64(0), false // where the last range ended, and whether space may follow
	for i, r := range ranges {
		if r.From > r.To || r.To > limit || (i > 0 && r.From <= end) {
			return nil, 0, fmt.Errorf("atlas: range %d does not ascend", i+1)
		}
		if open && r.From > end+1 {
			put(end+1, 0)
		}
		put(r.From, index[r.Country])
		end, open = r.To, r.To < limit
	}
	if open {
		put(end+1, 0)
	}
	last := uint64(0)
	for _, s := range starts {
		out = binary.AppendUvarint(out, s-last)
		last = s
	}
	return append(out, countries...), len(starts), nil
}
