package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"go.uber.org/zap"
)

// warnLaw says at start where the operator's rule packs ask less than those
// that came with the program. It stands in every log, as for weaker rules.
func (h *house) warnLaw() {
	if h.cfg.Law.Packs == "" {
		return
	}
	builtin, err := law.Open(law.Options{Profile: h.cfg.Law.SPI})
	if err != nil {
		return // the program itself does not start then
	}
	if less := h.law.Load().Looser(builtin, time.Now()); len(less) > 0 {
		h.log.Error("the operator's rule packs ask LESS than the built-in ones", zap.Strings("less_is_asked", less))
	}
}

// tellLaw logs and records that other rule packs came into force, and where
// they ask less than those before: also an older file that was signed once.
func (h *house) tellLaw(ctx context.Context, was *law.Book) {
	is := h.law.Load()
	if sameLaw(was, is) {
		return
	}
	now := time.Now()
	less := is.Looser(was, now)
	note, digest := "asks for no less than before", ""
	if len(less) > 0 {
		note = "asks LESS than before: " + strings.Join(less, "; ")
		h.log.Error("rule packs that ask LESS than those before are in force", zap.String("pack", packInForce(&h.law)), zap.Strings("less_is_asked", less))
	}
	if rules, err := is.At(now); err == nil {
		digest = rules.Pack.Digest
	}
	if len(note) > maxAdminNote {
		note = fmt.Sprintf("asks LESS than before at %d places; the log of the program names them", len(less))
	}
	if err := h.record(ctx, policy.Admin{Act: "law.packs", Object: "rule packs", Digest: digest, Note: note}); err != nil {
		h.log.Error("a change of the rule packs could not be recorded", zap.Error(err))
	}
}

// sameLaw reports whether two books say the same on every day.
func sameLaw(a, b *law.Book) bool {
	x, y := a.Snapshots(), b.Snapshots()
	if a.Profile() != b.Profile() || len(x) != len(y) {
		return false
	}
	for digest := range x {
		if _, ok := y[digest]; !ok {
			return false
		}
	}
	return true
}
