package rules

import (
	"fmt"
	"slices"

	"github.com/datacustoms/customs/inspect/check"
)

// rule reads one rule and puts it into the catalogue.
func (b *builder) rule(file string, n int, fr *fileRule) {
	name := fr.ID
	if !idForm.MatchString(name) || number.MatchString(name) {
		name = fmt.Sprintf("rule %d", n)
	}
	r := &Rule{ID: fr.ID, Class: fr.Class, Confirm: fr.Confirm, Needs: fr.Needs, Doubtable: fr.Doubtable, Source: fr.Source,
		File: file, Own: b.own, Hit: fr.Hit, Miss: fr.Miss, Triggers: fr.Trigger.triggers(), On: b.known[fr.Confirm]}
	fault := func(code string, args ...any) { b.fault(file, name, code, args...) }
	b.fields(fr, r, fault)
	b.brought(fr, r, fault)
	if b.byID[r.ID] != nil {
		fault("id-taken")
	}
	if b.catalogue.byForm[r.Confirm] != nil && !b.own {
		fault("confirm-taken", r.Confirm)
	}
	b.words(file, name, fr.Trigger, true)
	b.group(r, name, fr.Context)
	b.generic(fr, r, fault)
	b.byID[r.ID] = r
	b.catalogue.rules = append(b.catalogue.rules, r)
	if !r.Confirm.Generic() && !b.own {
		b.catalogue.byForm[r.Confirm] = r
	}
}

// fields checks the values that every rule has.
func (b *builder) fields(fr *fileRule, r *Rule, fault func(code string, args ...any)) {
	if !idForm.MatchString(fr.ID) || number.MatchString(fr.ID) {
		fault("id")
	}
	switch class := string(fr.Class); {
	case !classForm.MatchString(class) || len(class) > 64 || number.MatchString(class):
		fault("class")
	case b.own && !public(class, b.reported):
		fault("class-own", class)
	}
	if fr.Source == "" {
		fault("source")
	}
	// The values of a list are secret, so that its cases would be.
	if fr.Confirm != Exact && (len(fr.Hit) == 0 || len(fr.Miss) == 0) {
		fault("cases")
	}
	for _, err := range []error{r.Level.UnmarshalText([]byte(fr.Level)), r.Base.UnmarshalText([]byte(fr.Base)), r.Scope.UnmarshalText([]byte(fr.Scope))} {
		if err != nil {
			fault("value", err)
		}
	}
}

// reported says whether a built-in rule reports a class.
func (b *builder) reported(class string) bool {
	return slices.ContainsFunc(b.catalogue.rules, func(r *Rule) bool { return !r.Own && string(r.Class) == class })
}

// brought checks the confirmer and what brings it.
func (b *builder) brought(fr *fileRule, r *Rule, fault func(code string, args ...any)) {
	on, ok := b.known[fr.Confirm]
	if fr.Needs && fr.Context.empty() && (len(r.Triggers) == 0 || fr.Confirm.Generic()) {
		fault("needs")
	}
	switch {
	case !ok && b.own:
		fault("confirm-own")
	case !ok:
		fault("confirm", names(b.known))
	case fr.Confirm.Generic():
	case b.own:
		fault("confirm-own")
	case on == check.OnKey && len(r.Triggers) == 0:
		fault("trigger")
	case on != check.OnKey && len(r.Triggers) > 0:
		fault("trigger-unused")
	}
}
