package registry

import (
	"slices"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// widened says in the note of a change which facts about an exporter let its
// clients do more than before. One person can add them, so they must stand in
// the log and not only in the document.
func widened(before, after document) string {
	d, ok := after.(ExporterDoc)
	if !ok {
		return ""
	}
	old, _ := before.(ExporterDoc)
	if old.Status != statusEffective {
		old = ExporterDoc{}
	}
	if d.Status != statusEffective {
		return ""
	}
	var out []string
	say := func(yes bool, what string) {
		if yes {
			out = append(out, what)
		}
	}
	say(d.CIIO == policy.No && old.CIIO != policy.No, "ciio is now no")
	say(d.MayDeclare && !old.MayDeclare, "may_declare is now true")
	say(d.Zone != "" && d.Zone != old.Zone, "registered_zone is new")
	say(d.ZoneExport == policy.Yes && old.ZoneExport != policy.Yes, "zone_export is now yes")
	more := func(now, then []string) bool {
		return slices.ContainsFunc(now, func(s string) bool { return !slices.Contains(then, s) })
	}
	say(more(d.Clients, old.Clients), "clients are more")
	say(more(d.Group, old.Group), "group is larger")
	return strings.Join(out, ", ")
}
