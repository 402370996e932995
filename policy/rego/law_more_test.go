package rego_test

import (
	"slices"
	"testing"
)

// TestReadingIsSensitive changes one number of the reading's facts and wants
// the reading to notice: a reading that never differs proves nothing.
func TestReadingIsSensitive(t *testing.T) {
	t.Parallel()
	base := facts{plain: true, ns: 99_999, ciio: "no", zone: zoneNone, inBay: true}
	for name, change := range map[string]func(*facts){
		"one person more": func(f *facts) { f.ns++ }, "one sensitive person": func(f *facts) { f.sp++ },
		"sensitive data": func(f *facts) { f.sensitive = true }, "CIIO": func(f *facts) { f.ciio = "yes" },
		"important": func(f *facts) { f.important = true }, "claim": func(f *facts) { f.claim, f.registered = "EX_HR", true },
		"zone": func(f *facts) { f.zone = zoneOfflist }, "a strict row": func(f *facts) { f.zone = zoneStrictRow },
		"approval": func(f *facts) { f.asked = true },
	} {
		f := base
		change(&f)
		if f.decide().same(base.decide()) {
			t.Errorf("%s changes nothing", name)
		}
	}
}

// TestMoreDataNeverNeedsLess walks the whole product by the reading: more
// persons, more kinds of data, importance or a CIIO never lower the need, and
// an assessment or a claim more never turns a pass into a refusal. (The
// registration of a zone's list may: its numbers may be the stricter ones.)
func TestMoreDataNeverNeedsLess(t *testing.T) {
	t.Parallel()
	rank := []string{"none", "sc_or_cert", "sa_volume", "sa_hard"}
	more := map[string]func(*facts){
		"sensitive data": func(f *facts) { f.sensitive, f.sp = true, max(f.sp, 1) },
		"plain data":     func(f *facts) { f.plain = true },
		"important data": func(f *facts) { f.important = true },
		"persons":        func(f *facts) { f.ns++ },
		"sensitive ones": func(f *facts) { f.sp++ },
		"a CIIO":         func(f *facts) { f.ciio = "yes" },
		"perhaps a CIIO": func(f *facts) {
			if f.ciio == "no" {
				f.ciio = ""
			}
		},
	}
	helps := map[string]func(*facts){
		"an assessment": func(f *facts) { f.held, f.inBay = "SA", true },
		"a claim":       func(f *facts) { f.registered = f.claim != "" },
	}
	wrong := 0
	for n := range cells() / 16 {
		f := cell(n * stride % cells())
		was := f.decide()
		for name, change := range more {
			g := f
			change(&g)
			if now := g.decide(); slices.Index(rank, now.need) < slices.Index(rank, was.need) {
				if wrong++; wrong < 8 {
					t.Errorf("%s lower the need from %s to %s: %+v", name, was.need, now.need, f)
				}
			}
		}
		for name, change := range helps {
			g := f
			change(&g)
			if now := g.decide(); was.action == "pass" && now.action != "pass" {
				if wrong++; wrong < 8 {
					t.Errorf("%s refuses what passed under %s: %+v", name, was.basis, f)
				}
			}
		}
	}
}
