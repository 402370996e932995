package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/passthrough"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/meter"
	"go.uber.org/zap"
)

// passEntries are the entries of a configuration.
func passEntries(cfg *config.Config) []passthrough.Entry {
	var out []passthrough.Entry
	for _, p := range cfg.PassThrough {
		out = append(out, passthrough.Entry{ID: p.ID, Match: p.Match, Kind: p.Kind, Category: p.Category, Owner: p.Owner,
			Expires: p.Expires, Bytes: int64(p.Bytes), Exporters: p.Exporters})
	}
	return out
}

// openPasses opens what was used of the entries.
func (h *house) openPasses(now func() time.Time) (err error) {
	h.passes, err = passthrough.Open(passthrough.Options{Dir: h.cfg.Data, Files: disk.Files{}, Now: now,
		Entries: passEntries(h.cfg), Never: h.cfg.NeverUnread})
	if err == nil {
		h.closers = append(h.closers, h.passes.Close)
	}
	return err
}

// warnPasses names what passes unread, and whatever of it needs a look.
func (h *house) warnPasses(cfg *config.Config) {
	now := time.Now()
	for i := range cfg.PassThrough {
		p := &cfg.PassThrough[i]
		h.log.Warn("a destination passes UNREAD", zap.String("id", p.ID), zap.Strings("match", p.Match), zap.String("kind", p.Kind),
			zap.String("owner", p.Owner), zap.String("expires", p.Expires), zap.Stringer("bytes", p.Bytes), zap.Strings("look_at", passRemarks(cfg, p, now)))
	}
}

// passRemarks says what an operator should look at again in an entry.
func passRemarks(cfg *config.Config, p *config.PassThrough, now time.Time) []string {
	var out []string
	day, err := time.ParseInLocation(time.DateOnly, p.Expires, policy.Shanghai)
	switch left := day.AddDate(0, 0, 1).Sub(now); {
	case err != nil:
	case p.Over(now):
		out = append(out, "it expired on "+p.Expires+": the destination is refused; renew or remove the entry")
	case left < 14*24*time.Hour:
		out = append(out, "it expires on "+p.Expires)
	case left > 366*24*time.Hour:
		out = append(out, "it holds for more than a year")
	}
	if p.Kind != policy.PassPrivate {
		return out
	}
	for _, d := range cfg.Destinations {
		for _, m := range d.Match {
			if d.Country != "CN" && slices.Contains(p.Match, m) {
				out = append(out, fmt.Sprintf("%s is in %s by destinations: what staff send there leaves the mainland unread", m, d.Country))
			}
		}
	}
	return out
}

// looksPinned keeps the names whose clients refused our certificate. The names
// come from records, which withhold those that hold data.
type looksPinned struct{ passes *passthrough.Store }

// Closed implements proxy.Observer.
func (l looksPinned) Closed(r *policy.Record) {
	in := &r.Intent
	name := in.SNI
	if name == "" {
		name = in.Host
	}
	if in.Decided.Has(policy.LeafRefused) && name != "" && name != withheldName {
		l.passes.Refused(name)
	}
}

// withheldName stands in a record for a name in which data was found.
const withheldName = "withheld"

// Event implements proxy.Observer.
func (looksPinned) Event(proxy.Event) {}

// passFigures is how the entries stand, for the metrics.
func (h *house) passFigures() []meter.PassThrough {
	var out []meter.PassThrough
	for _, s := range h.passes.Standings() {
		until, _ := time.ParseInLocation(time.DateOnly, s.Expires, policy.Shanghai)
		out = append(out, meter.PassThrough{ID: s.ID, Kind: s.Kind, Owner: s.Owner, Used: s.Used, Budget: s.Bytes,
			Open: s.Open, Ends: until.AddDate(0, 0, 1), Over: s.State != policy.PassCurrent})
	}
	return out
}

// uninspected names what this gateway does not look into, with the entries of
// the configuration in force.
func (h *house) uninspected() []string {
	out := meter.Uninspected()
	for _, s := range h.passes.Standings() {
		out = append(out, fmt.Sprintf("passthrough %s (%s): owner %s, until %s, %s of %s used, %s",
			s.ID, s.Kind, s.Owner, s.Expires, config.Size(s.Used), config.Size(s.Bytes), s.State))
	}
	return out
}
