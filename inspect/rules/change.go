package rules

import (
	"strconv"
	"strings"

	"github.com/datacustoms/customs/inspect"
)

// Change is what an operator's file changes in the built-in catalogue.
type Change struct {
	File   string
	Rule   string // id; "*" for all
	What   string // "off", "level +important", "base -low", "context +3"
	Why    string
	Weaker bool // less is found than without it
}

// Changes returns what the operator's files change, in their order. What makes
// the catalogue weaker is to be shown wherever rules are.
func (c *Catalogue) Changes() []Change { return append([]Change(nil), c.changes...) }

func (b *builder) note(c Change) { b.catalogue.changes = append(b.catalogue.changes, c) }

// change carries out one entry of changes.
func (b *builder) change(file string, fc *fileChange) {
	r := b.byID[fc.Rule]
	fault := func(code string, args ...any) { b.fault(file, fc.Rule, code, args...) }
	if r == nil || r.Own {
		fault("change-rule", strconv.Quote(fc.Rule))
		return
	}
	if b.changed[fc.Rule] {
		fault("change-twice", fc.Rule)
		return
	}
	b.changed[fc.Rule] = true
	if fc.Why == "" {
		fault("change-why")
	}
	c := Change{File: file, Rule: r.ID, Why: fc.Why}
	words := !fc.Context.empty() || !fc.Trigger.empty()
	switch other := fc.Level != "" || fc.Base != "" || words; {
	case fc.Off && other:
		fault("change-off")
	case fc.Off:
		r.off = true
		delete(b.catalogue.byForm, r.Confirm)
		c.What, c.Weaker = "off", true
	case !other:
		fault("change-none")
	default:
		var what []string
		what = append(what, b.raise(r, fc, fault)...)
		what = append(what, b.rebase(r, fc, &c, fault)...)
		what = append(what, b.widen(r, fc, fault)...)
		c.What = strings.Join(what, ", ")
	}
	b.note(c)
}

func (b *builder) raise(r *Rule, fc *fileChange, fault func(string, ...any)) []string {
	if fc.Level == "" {
		return nil
	}
	var l inspect.Level
	switch err := l.UnmarshalText([]byte(fc.Level)); {
	case err != nil:
		fault("value", err)
		return nil
	case l <= r.Level:
		fault("change-level", r.ID)
		return nil
	}
	r.Level = l
	return []string{"level +" + l.String()}
}

func (b *builder) rebase(r *Rule, fc *fileChange, c *Change, fault func(string, ...any)) []string {
	if fc.Base == "" {
		return nil
	}
	var base inspect.Confidence
	if err := base.UnmarshalText([]byte(fc.Base)); err != nil {
		fault("value", err)
		return nil
	}
	sign := "+"
	if base < r.Base {
		sign, c.Weaker = "-", true
	}
	r.Base = base
	return []string{"base " + sign + base.String()}
}

func (b *builder) widen(r *Rule, fc *fileChange, fault func(string, ...any)) (what []string) {
	b.group(r, r.ID, fc.Context)
	if !fc.Context.empty() {
		what = append(what, "context +"+fc.Context.count())
	}
	b.words(r.File, r.ID, fc.Trigger, true)
	if fc.Trigger.empty() {
		return what
	}
	if len(r.Triggers) == 0 {
		fault("trigger-unused")
	}
	r.Triggers = append(r.Triggers, fc.Trigger.triggers()...)
	return append(what, "trigger +"+fc.Trigger.count())
}
