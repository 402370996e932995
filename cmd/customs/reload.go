package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect/rules"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/stream"
	"github.com/datacustoms/customs/proxy/identity"
	"go.uber.org/zap"
)

// reload exchanges rule packs, the policy, exporters, reviewers and
// destinations. All of it is read and checked first; with any fault nothing
// changes. Flows that are open keep the rules that they began with.
func (h *house) reload(ctx context.Context, file string) {
	cfg, err := h.readAgain(file)
	was, stale := h.law.Load(), false
	if err == nil {
		stale, err = h.otherRules(cfg)
	}
	var sinks []stream.Sink
	if err == nil {
		sinks, err = h.sinks(cfg)
	}
	var trusted *trust
	if err == nil {
		trusted, err = readTrust(cfg.Upstream)
	}
	if err == nil {
		err = h.swap(ctx, cfg)
	}
	if err != nil {
		h.log.Error("reload refused, the old configuration stays", zap.Error(err))
		h.meter.Reloaded(false)
		return
	}
	h.takeTrust(trusted)
	left := needRestart(h.cfg, cfg)
	if err := h.streams.exchange(cfg, sinks); err != nil {
		h.log.Error("reloaded, but the streams cannot run until the next reload", zap.Error(err))
		left = append(left, "streams")
	}
	if stale {
		left = append(left, "inspect.rules")
	}
	if len(left) > 0 {
		h.log.Error("reloaded in part: these settings change only with a restart", zap.Strings("keys", left))
	}
	h.meter.Reloaded(len(left) == 0)
	h.warnCIIO(cfg)
	h.warnUnread(cfg)
	h.warnPasses(cfg)
	h.tellLaw(ctx, was)
	digest := h.decider.Digest()
	note := "policy " + digest + ", pack " + packInForce(&h.law)
	if err := h.record(ctx, policy.Admin{Act: "reload", Object: "configuration", Digest: configDigest(cfg), Note: note}); err != nil {
		h.log.Error("reload is in force but could not be recorded", zap.Error(err))
	}
	h.log.Info("reloaded", zap.String("policy", digest), zap.String("pack", packInForce(&h.law)))
}

func (h *house) readAgain(file string) (*config.Config, error) {
	if file == "" {
		return h.cfg, nil
	}
	cfg, err := config.Load(file)
	if err != nil {
		return nil, err
	}
	if h.pinned {
		cfg.Data = h.cfg.Data
	}
	cfg.Data, err = filepath.Abs(cfg.Data)
	return cfg, err
}

// swap reads everything, then exchanges it. The policy goes first because it
// can still refuse; what follows cannot fail.
func (h *house) swap(ctx context.Context, cfg *config.Config) error {
	r, err := readRules(cfg)
	if err != nil {
		return err
	}
	if age := minorAge(r.book); age != h.minorAge {
		return fmt.Errorf("rule packs: minor_age is now %d and was %d: the scan takes it up only with a restart", age, h.minorAge)
	}
	src, got, away, err := h.bundleFor(ctx, cfg)
	if err != nil {
		return err
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	docs, err := h.registry.Exporters(ctx)
	if err != nil {
		return err
	}
	parties, err := withRegister(r.exporters, docs)
	if err != nil {
		return err
	}
	if _, err := identity.New(parties); err != nil { // a table of its own finds the faults
		return err
	}
	if err := h.takePolicy(r.book, cfg, r.policyKeys, got.body); err != nil {
		return err
	}
	if err := h.exporters.Replace(parties); err != nil {
		return err
	}
	h.law.Store(r.book)
	h.atlas.Store(r.places)
	if err := h.passes.Reload(passEntries(cfg), cfg.NeverUnread); err != nil { // readRules found none
		return err
	}
	h.reviewers.Store(&r.reviewers)
	h.inForce.Store(cfg)
	h.conflicting = false
	h.meter.Exporters(true)
	h.tellGroups(r.exporters, docs)
	if h.bundles = src; src != nil {
		src.accept(got)
		h.tellBundle(ctx, away, false)
	}
	select {
	case h.polled <- struct{}{}:
	default:
	}
	return nil
}

// otherRules reports whether the files of rules that a configuration names say
// something else than those in force, or what is wrong with them.
func (h *house) otherRules(cfg *config.Config) (bool, error) {
	c, err := rules.LoadFiles(cfg.Inspect.Rules...)
	return err == nil && c.Digest() != h.catalogue.Digest(), err
}

// needRestart names the top-level keys that differ and are read only once.
func needRestart(old, new *config.Config) []string {
	var out []string
	for _, k := range []struct {
		name string
		a, b any
	}{
		{"data", old.Data, new.Data}, {"listen", old.Listen, new.Listen}, {"mode", old.Mode, new.Mode},
		{"ca", old.CA, new.CA}, {"keys", old.Keys, new.Keys}, {"upstream", untilRestart(old.Upstream), untilRestart(new.Upstream)},
		{"limits", old.Limits, new.Limits}, {"timeouts", old.Timeouts, new.Timeouts},
		{"alerts", old.Alerts, new.Alerts}, {"audit", old.Audit, new.Audit}, {"evidence", old.Evidence, new.Evidence}, {"drain", old.Drain, new.Drain}, {"log", old.Log, new.Log},
	} {
		if !reflect.DeepEqual(k.a, k.b) {
			out = append(out, k.name)
		}
	}
	return out
}

// packInForce names the rule pack of now with the beginning of its digest.
func packInForce(l policy.Law) string {
	rules, err := l.At(time.Now())
	if err != nil {
		return "none"
	}
	return rules.Pack.ID + "@" + rules.Pack.Digest[:min(12, len(rules.Pack.Digest))]
}

func configDigest(cfg *config.Config) string {
	text, err := json.Marshal(cfg)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
