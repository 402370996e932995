package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

const exporter = "exporters:\n  - {uscc: 91310115MA1K3ABC99, clients: [10.0.0.0/8]}\n"

func TestPassThrough(t *testing.T) {
	c, err := config.Parse("c.yaml", []byte(exporter+`
never_unread: ["*.cdn.example.cn", 203.0.113.0/24]
passthrough:
  - {id: bank-app, match: ["*.bank.example"], kind: pinned, owner: network team, expires: 2027-03-31, bytes: 500MiB, exporters: [91310115MA1K3ABC99]}
  - {id: staff, match: [pay.example], kind: private, category: banking, owner: HR, expires: 2027-03-31, bytes: 1GiB}
  - {id: deploy, match: [git.example, 198.51.100.7], kind: raw, owner: dev, expires: 2027-03-31, bytes: 10MiB}
`))
	if err != nil {
		t.Fatal(err)
	}
	if p := c.PassThrough[0]; p.ID != "bank-app" || p.Bytes != 500<<20 || p.Owner != "network team" || len(c.NeverUnread) != 2 {
		t.Errorf("got %+v, %v", p, c.NeverUnread)
	}
	day := func(s string) time.Time { at, _ := time.Parse(time.RFC3339, s); return at }
	if p := c.PassThrough[0]; p.Over(day("2027-03-31T23:59:59+08:00")) || !p.Over(day("2027-04-01T00:00:00+08:00")) {
		t.Error("the last day is not the last day in Beijing")
	}
}

func TestPassThroughFaults(t *testing.T) {
	const good = "id: a, match: [a.example], kind: pinned, owner: o, expires: 2027-03-31, bytes: 1MiB"
	entry := func(drop, add string) string {
		var keep []string
		for _, part := range strings.Split(good, ", ") {
			if drop == "" || !strings.HasPrefix(part, drop+":") {
				keep = append(keep, part)
			}
		}
		if add != "" {
			keep = append(keep, add)
		}
		return exporter + "passthrough:\n  - {" + strings.Join(keep, ", ") + "}\n"
	}
	two := func(match, more string) string {
		return entry("", "") + "  - {id: b, match: [" + match + "], kind: raw, owner: o, expires: 2027-03-31, bytes: 1MiB" + more + "}\n"
	}
	tests := []struct{ name, text, want string }{
		{"no id", entry("id", ""), "has no id"},
		{"no match", entry("match", ""), "has no match"},
		{"no kind", entry("kind", ""), "has no kind"},
		{"no owner", entry("owner", ""), "has no owner"},
		{"no last day", entry("expires", ""), "has no expires"},
		{"no budget", entry("bytes", ""), "has no bytes"},
		{"a budget of nothing", entry("bytes", "bytes: 0B"), "lets nothing pass"},
		{"a budget without a unit", entry("bytes", "bytes: 5"), "is not a size"},
		{"an owner of blanks", entry("owner", `owner: "  "`), "nobody is named"},
		{"a kind that there is not", entry("kind", "kind: any"), "is not one of pinned"},
		{"a day that there is not", entry("expires", "expires: 2027-02-30"), "is no date"},
		{"an id that is no name", entry("id", "id: Bank App"), "is no name"},
		{"private without a category", entry("kind", "kind: private"), "has no category"},
		{"a category of another kind", entry("", "category: health"), "belongs to kind private"},
		{"a whole top-level domain", entry("match", `match: ["*.com"]`), "half a country"},
		{"half the internet", entry("match", "match: [128.0.0.0/1]"), "half a country"},
		{"an exporter of another file", entry("", "exporters: [91440300708461136T]"), "is no exporter"},
		{"no exporter", entry("", "exporters: []"), "no exporter"},
		{"the same id twice", two("b.example", "") + "  - {" + good + "}\n", "the same as that of"},
		{"the same host twice", two("a.example", ""), "meets a.example"},
		{"a suffix over a host", two(`"*.example"`, ""), "half a country"},
		{"a suffix over a longer one", entry("match", `match: ["*.a.b.example"]`) + "  - {id: b, match: [\"*.b.example\"], kind: raw, owner: o, expires: 2027-03-31, bytes: 1MiB}\n", "meets *.a.b.example"},
		{"networks that meet", entry("match", "match: [198.51.100.0/24]") + "  - {id: b, match: [198.51.100.7], kind: raw, owner: o, expires: 2027-03-31, bytes: 1MiB}\n", "meets 198.51.100.0/24"},
		{"one that is never unread", entry("", "") + "never_unread: [a.example]\n", "never_unread, which wins"},
		{"one below what is never unread", entry("match", "match: [x.a.example]") + "never_unread: [\"*.a.example\"]\n", "never_unread, which wins"},
		{"one in the mainland", entry("", "") + "destinations:\n  - {match: [a.example], country: CN}\n", "not read anyway"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := config.Parse("c.yaml", []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("want %q, got\n%v", tt.want, err)
			}
		})
	}
	apart := strings.Replace(two("b.example", ""), "*", "", 1)
	if _, err := config.Parse("c.yaml", []byte(apart)); err != nil {
		t.Errorf("two entries that do not meet: %v", err)
	}
}
