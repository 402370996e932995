// Command gen packs country ranges into the table that atlas embeds. It is run
// by hand when a new release of the ranges is taken in:
//
//	go run ./policy/atlas/gen -version V -date D V4.csv V6.csv OUT
//
// The CSV rows are first address, last address, country.
package main

import (
	"bufio"
	"encoding/binary"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy/atlas"
)

func main() {
	source := flag.String("source", "@ip-location-db/asn-country", "name of the data")
	version := flag.String("version", "", "version of the data")
	date := flag.String("date", "", "date of the data")
	flag.Parse()
	if flag.NArg() != 3 || *version == "" || *date == "" {
		fmt.Fprintln(os.Stderr, "usage: gen -version V -date D V4.csv V6.csv OUT")
		os.Exit(2)
	}
	h := atlas.Head{Source: *source, Version: *version, Date: *date}
	if err := run(h, flag.Arg(0), flag.Arg(1), flag.Arg(2)); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(2)
	}
}

func run(h atlas.Head, csv4, csv6, out string) error {
	v4, err := read(csv4, number4)
	if err != nil {
		return err
	}
	v6, err := read(csv6, number6)
	if err != nil {
		return err
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	if err := atlas.Pack(f, h, v4, v6); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func read(name string, number func(s string, last bool) (uint64, error)) ([]atlas.Range, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []atlas.Range
	for s := bufio.NewScanner(f); s.Scan(); {
		cols := strings.Split(strings.TrimSpace(s.Text()), ",")
		if len(cols) != 3 {
			return nil, fmt.Errorf("%s, row %d: want 3 columns", name, len(out)+1)
		}
		from, err := number(cols[0], false)
		if err != nil {
			return nil, fmt.Errorf("%s, row %d: %w", name, len(out)+1, err)
		}
		to, err := number(cols[1], true)
		if err != nil {
			return nil, fmt.Errorf("%s, row %d: %w", name, len(out)+1, err)
		}
		out = append(out, atlas.Range{From: from, To: to, Country: cols[2]})
	}
	return out, nil
}

// number4 takes an IPv4 address, also as a plain number.
func number4(s string, _ bool) (uint64, error) {
	if n, err := strconv.ParseUint(s, 10, 32); err == nil {
		return n, nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() {
		return 0, fmt.Errorf("not an IPv4 address")
	}
	b := a.As4()
	return uint64(binary.BigEndian.Uint32(b[:])), nil
}

// number6 takes the upper half of an IPv6 address and checks that the range
// begins and ends on a /64.
func number6(s string, last bool) (uint64, error) {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is6() {
		return 0, fmt.Errorf("not an IPv6 address")
	}
	b := a.As16()
	want := uint64(0)
	if last {
		want = 1<<64 - 1
	}
	if binary.BigEndian.Uint64(b[8:]) != want {
		return 0, fmt.Errorf("range is finer than a /64")
	}
	return binary.BigEndian.Uint64(b[:8]), nil
}
