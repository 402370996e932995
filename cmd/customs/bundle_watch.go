package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
	"go.uber.org/zap"
)

// policyOptions are those of a decider under a configuration.
func policyOptions(packs policy.Law, cfg *config.Config, keys []sign.Verifier, body []byte) rego.Options {
	return rego.Options{Law: packs, Dir: cfg.Policy.Dir, Bundle: body, Keys: keys}
}

// openPolicy compiles the policy at start. Without a bundle that was asked for
// the gateway does not start: nobody can tell what it would let through.
func (h *house) openPolicy(ctx context.Context, r ruleSet) error {
	var got bundle
	var err error
	if h.bundles = newBundleSource(h.cfg.Policy.Bundle, h.roots); h.bundles != nil {
		if got, err = h.bundles.fetch(ctx); err != nil {
			return fmt.Errorf("%w; the gateway starts only with the bundle that is configured: mend its source, or take policy.bundle out", err)
		}
	}
	if h.decider, err = rego.New(policyOptions(&h.law, h.cfg, r.policyKeys, got.body)); err != nil {
		return err
	}
	if h.bundles != nil {
		h.bundles.accept(got)
	}
	return h.keep(r.book, h.decider)
}

// takePolicy puts a policy in force under the packs that will be in force with
// it. It is built apart and a copy is archived first: no decision may be made
// that could not be derived again. On error the old one stays. The caller
// holds changing.
func (h *house) takePolicy(book *law.Book, cfg *config.Config, keys []sign.Verifier, body []byte) error {
	o := policyOptions(book, cfg, keys, body)
	next, err := rego.New(o)
	if err != nil {
		return err
	}
	if err := h.keep(book, next); err != nil {
		return err
	}
	h.decider.Take(next)
	return nil
}

// takeBundle puts another bundle in force, and nothing else: a directory of
// modules that was changed meanwhile waits for the reload that takes it up.
func (h *house) takeBundle(cfg *config.Config, keys []sign.Verifier, body []byte) error {
	next, err := rego.New(policyOptions(h.law.Load(), cfg, keys, body))
	if err != nil {
		return err
	}
	if !sameBeside(h.decider.Snapshot(), next.Snapshot()) {
		return errors.New("policy.dir holds other modules than those in force, which a new bundle must not take up by the way; reload with SIGHUP, which takes up both")
	}
	if err := h.keep(h.law.Load(), next); err != nil {
		return err
	}
	h.decider.Take(next)
	return nil
}

// sameBeside reports whether two policies have the same modules beside those
// of their bundles.
func sameBeside(a, b []byte) bool {
	beside := func(snapshot []byte) (string, error) {
		var s struct {
			Modules []struct {
				Name string `json:"name"`
				Text string `json:"text"`
			} `json:"modules"`
		}
		err := json.Unmarshal(snapshot, &s)
		var out strings.Builder
		for _, m := range s.Modules {
			if !strings.HasPrefix(m.Name, "bundle/") {
				fmt.Fprintf(&out, "%q %q\n", m.Name, m.Text)
			}
		}
		return out.String(), err
	}
	x, err := beside(a)
	y, err2 := beside(b)
	return err == nil && err2 == nil && x == y
}

// watchBundle looks for the operator's bundle at every interval until ctx ends.
func (h *house) watchBundle(ctx context.Context) {
	for {
		timer := time.NewTimer(h.inForce.Load().Policy.Poll)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-h.polled: // by a reload, which looked itself
			timer.Stop()
			continue
		case <-timer.C:
		}
		h.lookForBundle(ctx)
	}
}

// lookForBundle takes up the bundle that is there now. With any fault the
// policy in force stays.
func (h *house) lookForBundle(ctx context.Context) {
	h.changing.Lock()
	src := h.bundles
	h.changing.Unlock()
	if src == nil {
		return
	}
	got, err := src.fetch(ctx)
	h.changing.Lock()
	defer h.changing.Unlock()
	if ctx.Err() != nil || h.bundles != src {
		return // the gateway ends, or a reload put another source in its place
	}
	cfg := h.inForce.Load()
	if err == nil && !got.same {
		var keys []sign.Verifier
		if keys, err = sign.ParseVerifiers(cfg.Policy.Keys); err == nil {
			err = h.takeBundle(cfg, keys, got.body)
		}
	}
	if err == nil {
		src.accept(got)
	}
	h.tellBundle(ctx, err, err == nil && !got.same)
}

// tellBundle counts a look for a bundle, and logs and records it where it
// changed something: once when it begins to fail or fails in another way, not at
// every look. The
// caller holds changing.
func (h *house) tellBundle(ctx context.Context, err error, fresh bool) {
	result, act := "same", ""
	switch {
	case err != nil:
		result = "failed"
		if h.badBundle != sortOf(err) {
			act = "policy.bundle.refused"
			h.log.Error("policy bundle refused, the policy before it stays in force", zap.Error(err))
		}
	case fresh:
		result, act = "new", "policy.bundle"
		h.log.Info("policy bundle is in force", zap.String("policy", h.decider.Digest()))
	case h.badBundle != "":
		act = "policy.bundle.mended"
		h.log.Info("policy bundle can be had again and is the one in force", zap.String("policy", h.decider.Digest()))
	}
	h.badBundle = ""
	if err != nil {
		h.badBundle = sortOf(err)
	}
	h.meter.Fetched(result)
	if act == "" {
		return
	}
	if err := h.record(ctx, policy.Admin{Act: act, Object: "policy", Digest: h.decider.Digest(), Note: "policy in force"}); err != nil {
		h.log.Error("a change of the policy bundle could not be recorded", zap.Error(err))
	}
}

// sortOf is an error without its numbers: the port of an attempt is no news.
func sortOf(err error) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, err.Error())
}

// bundleFor fetches the bundle that a configuration names, for a reload. A
// source that is the same as before and does not answer is no reason to refuse
// the rest: its last bundle is judged again under the keys of now.
func (h *house) bundleFor(ctx context.Context, cfg *config.Config) (src *bundleSource, got bundle, away, err error) {
	src = newBundleSource(cfg.Policy.Bundle, h.roots)
	if src == nil {
		return nil, bundle{}, nil, nil
	}
	if got, err = src.fetch(ctx); err == nil || ctx.Err() != nil {
		return src, got, nil, err
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	if h.bundles != nil && h.bundles.from == src.from {
		return src, bundle{body: h.bundles.body, tag: h.bundles.tag}, err, nil
	}
	return src, got, nil, err
}

// record writes an act to the log.
func (h *house) record(ctx context.Context, a policy.Admin) error {
	if len(a.Note) > maxAdminNote {
		return errors.New("the note of an act is too long")
	}
	_, err := h.audit.Append(ctx, policy.Entry{Schema: policy.EntrySchema, Kind: policy.KindAdmin, Node: nodeName(), Time: time.Now(), Admin: &a})
	return err
}

// maxAdminNote bounds the note of an act in the log.
const maxAdminNote = 4 << 10
