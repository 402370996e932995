package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
)

// describeLaw says what law and policy would be in force today, who signed
// what, and who may review.
func describeLaw(out io.Writer, c *config.Config) {
	keys, err := sign.ParseVerifiers(c.Law.Keys)
	if err != nil {
		return
	}
	book, err := openBook(c)
	if err != nil {
		return
	}
	now := time.Now()
	rules, err := book.At(now)
	if err != nil {
		return
	}
	day := now.In(policy.Shanghai).Format(time.DateOnly)
	fmt.Fprintf(out, "rule pack     %s in force on %s\n", rules.Pack.ID, day)
	for _, f := range law.Inspect(c.Law.Packs, keys) {
		if !f.BuiltIn && f.Err == nil {
			fmt.Fprintf(out, "  %s: %s, signed by %s, %s\n", f.Name, f.ID, f.Signer, packLineOf(f, day, rules.Pack.ID).State)
		}
	}
	describeZones(out, c, book, day)
	describePolicy(out, c)
	fmt.Fprintf(out, "reviewers     %d\n", len(c.Review.Reviewers))
	if reviewers, err := sign.ParseVerifiers(c.Review.Reviewers); err == nil && len(reviewers) > 0 {
		var names []string
		for _, v := range reviewers {
			names = append(names, v.Name())
		}
		fmt.Fprintf(out, "  %s\n", strings.Join(names, " "))
	}
	if len(c.Review.Reviewers) < 2 {
		fmt.Fprintf(out, "  two are needed: what is held stays held, and no exception comes into force\n")
	}
}

// describeZones says which lists there are for the exporters' zones.
func describeZones(out io.Writer, c *config.Config, book *law.Book, day string) {
	for _, e := range c.Exporters {
		if e.Zone == "" {
			continue
		}
		var lists []string
		for _, l := range book.Lists() {
			if !slices.Contains(l.Zones, e.Zone) || !within(day, l.From, l.To) {
				continue
			}
			word := l.ID
			switch {
			case !l.Verified:
				word += " (not verified: it never decides)"
			case l.AppliesTo.Exports && e.ZoneExport != policy.Yes:
				word += " (only with zone_export: true)"
			}
			lists = append(lists, word)
		}
		if len(lists) == 0 {
			lists = []string{"no list is known; the national rules apply"}
		}
		fmt.Fprintf(out, "zone          %s of %s: %s\n", e.Zone, e.USCC, strings.Join(lists, ", "))
	}
}

// describePolicy says whose modules stand beside the built-in policy.
func describePolicy(out io.Writer, c *config.Config) {
	fmt.Fprintf(out, "policy        built in\n")
	if c.Policy.Dir != "" {
		fmt.Fprintf(out, "  and the modules in %s\n", c.Policy.Dir)
	}
	switch keys, err := sign.ParseVerifiers(c.Policy.Keys); {
	case c.Policy.Bundle == "" || err != nil:
	case config.IsURL(c.Policy.Bundle):
		fmt.Fprintf(out, "  and the bundle at %s, every %s; it was not fetched now\n", c.Policy.Bundle, c.Policy.Poll)
	default:
		got, err := newBundleSource(c.Policy.Bundle, nil).fetch(context.Background())
		if err != nil {
			return
		}
		if info, err := rego.InspectBundle(got.body, keys); err == nil {
			fmt.Fprintf(out, "  and the bundle %s, signed by %s: %s\n", c.Policy.Bundle, info.Signer, strings.Join(info.Modules, " "))
		}
	}
}
