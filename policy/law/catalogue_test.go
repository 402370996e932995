package law_test

import (
	"strings"
	"testing"
)

func TestFaultyCataloguesAreRefusedWithTheirPlace(t *testing.T) {
	refuses(t, ownCatalogue, []fault{
		{"unknown field", "scenarios:\n", "scenario:\n", "scenario"},
		{"unknown field of a mark", "    min_magnitude: 4", "    min_magnitud: 4", "min_magnitud"},
		{"bad day", "from: 2026-02-01", "from: soon", "effective_from"},
		{"code in words", "code: own.returns", "code: returns", "scenarios[0].code"},
		{"no Chinese title", "title_zh: 退货", "title_zh: ''", "scenarios[0].title_zh"},
		{"no English title", "title_en: returns", "title_en: ''", "scenarios[0].title_en"},
		{"no sector", "sector: retail", "sector: ''", "scenarios[0].sector"},
		{"no source", "source: ours, verified", "source: '', verified", "scenarios[0].source"},
		{"id with upper case", "id: own.scale", "id: Own.scale", "important[0].id"},
		{"two marks of one id", "id: own.approval", "id: own.scale", "important[1].id: another mark"},
		{"mark without title", "title_en: scale", "title_en: ''", "important[0].title_en"},
		{"unknown effect", "effect: suspected", "effect: maybe", "important[0].effect"},
		{"approval without kind", "    approval: hgr\n", "", "important[1].approval: must name the kind"},
		{"kind of another effect", "effect: suspected", "effect: suspected\n    approval: hgr", "important[0].approval: is only for effect approval"},
		{"published without a class", "    classes: [geo.coordinate]\n", "", "important[2].classes: must not be empty"},
		{"nothing to hold", "    classes: [pi.bio.genomic]\n", "", "important[1]: must name classes, scenarios or a scale"},
		{"class in words", "[geo.coordinate]", "[places]", "important[2].classes[0]"},
		{"scenario in words", `["own.*"]`, "[all]", "important[2].scenarios[0]"},
		{"unknown kind of scale", "kind: any", "kind: all", "important[0].scale.kind"},
		{"scale of nobody", "reach: 5000", "reach: 0", "important[0].scale.reach"},
		{"digits below zero", "min_magnitude: 4", "min_magnitude: -1", "important[0].min_magnitude"},
		{"digits of nothing", "    classes: [pi.name]\n", "", "important[0].min_magnitude: needs classes"},
	})
}

func TestFaultsOfThePack(t *testing.T) {
	refuses(t, builtinPack(t), []fault{
		{"exempt in between", "  national:\n", "  exempt: half\n  national:\n", "thresholds.exempt: must be in or out"},
		{"basis nobody knows", "[EX_SMALL, SC,", "[EX_SMALL, SCC,", "thresholds.bases[1]"},
		{"id that is not national", "{id: national.sp.1,", "{id: sp.1,", "thresholds.national[2].id"},
		{"threshold without article", "reach: 1, need: sc_or_cert, article: 促进和规范数据跨境流动规定 第八条", "reach: 1, need: sc_or_cert, article: ''", "thresholds.national[2].article"},
		{"relaxing what cannot be", "may_relax: []", "may_relax: [LINK_NOT_FILED, STATE_SECRET]", "operator.may_relax[1]"},
		{"holiday that is no day", "holidays: []", "holidays: [2026-10-32]", "calendar.holidays[0]"},
		{"holiday twice", "holidays: []", "holidays: [2026-10-01, 2026-10-01]", "calendar.holidays[1]: is listed twice"},
		{"working holiday", "holidays: []\n  workdays: []", "holidays: [2026-10-01]\n  workdays: [2026-10-01]", "calendar.workdays[0]: is a holiday too"},
		{"verified calendar without source", "  source: 国务院办公厅关于部分节假日安排的通知 (yearly)\n  verified: false", "  verified: true", "calendar.source"},
		{"warnings that rise", "[120, 90, 60]", "[90, 120]", "warn_working_days[1]"},
		{"negative lead time", "renew_working_days: 60", "renew_working_days: -60", "renew_working_days"},
		{"pathway nobody knows", "  GBA_SC:", "  GBA_SD:", "pathways.'GBA_SD': is no pathway"},
		{"need nobody knows", "  sa_hard: {", "  sa_harder: {", "needs.'sa_harder'"},
		{"country in words", "countries: [HK, MO]", "countries: [Hongkong, MO]", "countries[0]"},
		{"class in words", "core: []", "core: [Nuclear]", "classes.core[0]"},
		{"recipient like a person's number", "recipients: []", "recipients: ['110105194912310021']", "denied.recipients[0]"},
	})
}

// Files that are in force together must agree; each clash names both.
func TestClashesBetweenFiles(t *testing.T) {
	general := strings.NewReplacer("icv.aftersales", "retail.*", "vehicle.vin", "pi.address").Replace(ownGeneral)
	tests := []struct {
		name  string
		files map[string]string
		want  []string // none is no error
	}{
		{"freed and listed", map[string]string{"g.yaml": general, "n.yaml": ownList},
			[]string{"g.yaml", "entries[0].classes[0]", "entry member", "n.yaml", "2026-03-01", "\n>"}},
		{"freed and listed at other times", map[string]string{"n.yaml": ownList, "g.yaml": sub(t, general, "from: 2026-03-01", "from: 2027-01-01")}, nil},
		{"freed and listed in other zones", map[string]string{"n.yaml": ownList, "g.yaml": sub(t, general, "CN-SH-FTZ-LINGANG", "CN-BJ-FTZ")}, nil},
		{"freed by a row nobody verified", map[string]string{"n.yaml": ownList,
			"g.yaml": sub(t, general, "    verified: true", "    verified: false")}, nil},
		{"freed by a list nobody verified", map[string]string{"n.yaml": ownList,
			"g.yaml": sub(t, general, "verified: true", "verified: false")}, nil},
		{"freed in another scenario", map[string]string{"n.yaml": ownList, "g.yaml": ownGeneral}, nil},
		{"two marks of one id", map[string]string{"a.yaml": ownCatalogue,
			"b.yaml": sub(t, sub(t, ownCatalogue, "id: OWN", "id: OWN-2"), "own.returns", "own.other")},
			[]string{"b.yaml", "important[0].id", "a.yaml", "important[2].id"}},
		{"a mark of the built-in ones", map[string]string{"a.yaml": sub(t, ownCatalogue, "own.approval", "hgr.genomic")},
			[]string{"hgr.genomic", "genetic.yaml"}},
		{"words of their own for a scenario", map[string]string{"a.yaml": sub(t, ownCatalogue, "own.returns", "retail.member")}, nil},
		{"ids that differ in case", map[string]string{"a.yaml": ownList, "b.yaml": sub(t, ownList, "id: CN-SH-TEST", "id: cn-sh-test")},
			[]string{"a.yaml", "b.yaml", "same id"}},
		{"a list with the id of the pack", map[string]string{"a.yaml": sub(t, ownList, "id: CN-SH-TEST", "id: cn-2024")},
			[]string{"a.yaml", "cn-2024", "dc.pack/1"}},
		{"more numbers than a zone may have", map[string]string{"a.yaml": manyRows(143)}, []string{"a.yaml", "more than 1000 numbers"}},
		{"as many as it may", map[string]string{"a.yaml": manyRows(142)}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				write(t, dir, name, text)
			}
			_, err := open(dir)
			if (err == nil) != (tt.want == nil) {
				t.Fatalf("got %v, want an error with %q", err, tt.want)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("the error has no %q: %v", w, err)
				}
			}
		})
	}
}
