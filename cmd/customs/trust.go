package main

import (
	"fmt"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/proxy/upstream"
)

// trust is what the second decision on TLS goes by, apart from the roots: the
// operator's revocation lists, and whom we show a certificate.
type trust struct {
	lists      *upstream.Lists
	identities *upstream.Identities
	stale      []string // lists past their time, for people
}

// readTrust reads the files that a configuration names. They are read again
// with each reload.
func readTrust(u config.Upstream) (*trust, error) {
	t := &trust{}
	var lists []*upstream.List
	for i, path := range u.CRLs {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("upstream.crls[%d]: %w", i, err)
		}
		l, err := upstream.ParseLists(text)
		if err != nil {
			return nil, fmt.Errorf("upstream.crls[%d]: %s: %w", i, path, err)
		}
		for _, one := range l {
			if one.Stale(time.Now()) {
				t.stale = append(t.stale, fmt.Sprintf("%s of %s, until %s", path, one.Issuer(), one.Until().Format(time.RFC3339)))
			}
		}
		lists = append(lists, l...)
	}
	var all []*upstream.Identity
	for i, c := range u.Identities {
		id, err := config.ReadIdentity(c)
		if err != nil {
			return nil, fmt.Errorf("upstream.identities[%d]: %w", i, err)
		}
		all = append(all, id)
	}
	t.lists, t.identities = upstream.NewLists(lists...), upstream.NewIdentities(all...)
	return t, nil
}

// takeTrust puts it in force. Connections that showed another certificate are
// closed as they come back.
func (h *house) takeTrust(t *trust) {
	h.verifier.Use(t.lists)
	h.pool.Identify(t.identities)
	for _, s := range t.stale {
		h.log.Warn("a revocation list is past its time: what it names stays revoked, of everything else it says nothing any more; fetch it anew and reload", zap.String("list", s))
	}
}

// untilRestart is what of upstream is read only once.
func untilRestart(u config.Upstream) config.Upstream {
	u.CRLs, u.Identities = nil, nil
	return u
}
