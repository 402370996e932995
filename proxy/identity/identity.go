// Package identity says who is asking: it turns a client's address into the
// exporter that answers for it. The longest prefix that holds the address
// wins; an address that no prefix holds is nobody's, and the policy is told
// so. A Table never changes; a Book swaps whole tables while in use.
package identity

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync/atomic"

	"github.com/datacustoms/customs/policy"
)

// Entry is one exporter with the addresses of its clients.
type Entry struct {
	Exporter policy.Exporter
	Clients  []netip.Prefix
	// MayDeclare lets these clients' Customs-* headers set link, purpose,
	// scenario and claim.
	MayDeclare bool
}

// Client is what is known about an address. The zero value is nobody.
type Client struct {
	Exporter   policy.Exporter
	MayDeclare bool
}

// Book is the table in force. It is safe for concurrent use.
type Book struct{ table atomic.Pointer[table] }

// table maps prefixes to clients, longest prefixes first.
type table struct {
	lengths []int // of prefixes over the 128 bit address space, falling
	clients map[netip.Prefix]Client
}

// New makes a book of the entries.
func New(entries []Entry) (*Book, error) {
	b := &Book{}
	return b, b.Replace(entries)
}

// Replace puts other entries in force. On error the old ones stay.
func (b *Book) Replace(entries []Entry) error {
	t := &table{clients: map[netip.Prefix]Client{}}
	var errs []error
	for _, e := range entries {
		for _, p := range e.Clients {
			wide, err := widen(p)
			if err != nil {
				errs = append(errs, fmt.Errorf("identity: exporter %s: %w", e.Exporter.USCC, err))
				continue
			}
			if old, ok := t.clients[wide]; ok {
				errs = append(errs, fmt.Errorf("identity: exporter %s: prefix %s is already given to exporter %s",
					e.Exporter.USCC, p, old.Exporter.USCC))
				continue
			}
			t.clients[wide] = Client{Exporter: e.Exporter, MayDeclare: e.MayDeclare}
			if !slices.Contains(t.lengths, wide.Bits()) {
				t.lengths = append(t.lengths, wide.Bits())
			}
		}
	}
	if len(errs) > 0 {
		if b.table.Load() == nil {
			b.table.Store(&table{})
		}
		return errors.Join(errs...)
	}
	slices.Sort(t.lengths)
	slices.Reverse(t.lengths)
	b.table.Store(t)
	return nil
}

// Who returns the client at an address; the zero Client when nobody is known
// there.
func (b *Book) Who(a netip.Addr) Client {
	t := b.table.Load()
	if t == nil || !a.IsValid() {
		return Client{}
	}
	least := 0
	if a = a.Unmap(); a.Is4() {
		least = 96 // ::/0 means all of IPv6
	}
	a = netip.AddrFrom16(a.As16()) // IPv4 as mapped, without a zone
	for _, n := range t.lengths {
		if n < least {
			break
		}
		p, err := a.Prefix(n)
		if err != nil {
			continue
		}
		if c, ok := t.clients[p]; ok {
			return c
		}
	}
	return Client{}
}

// widen gives a prefix in the 128 bit space, where IPv4 is mapped.
func widen(p netip.Prefix) (netip.Prefix, error) {
	if !p.IsValid() || p.Addr().Zone() != "" {
		return netip.Prefix{}, errors.New("prefix is not valid")
	}
	if p.Masked() != p {
		return netip.Prefix{}, fmt.Errorf("prefix %s has bits beyond its length; write %s", p, p.Masked())
	}
	bits := p.Bits()
	if p.Addr().Is4() {
		bits += 96
	}
	return netip.AddrFrom16(p.Addr().As16()).Prefix(bits)
}
