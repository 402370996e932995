package config_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

func TestUnread(t *testing.T) {
	c, err := config.Parse("c.yaml", []byte(`
exporters:
  - {uscc: 91310115MA1K3ABC99, clients: [10.0.0.0/8]}
destinations:
  - match: ["*.example.sg"]
    country: SG
    unread:
      allow: [encrypted, limit_ratio]
      exporters: [91310115MA1K3ABC99]
  - {match: [b.example], country: DE, unread: {allow: [high_entropy]}}
  - {match: [c.example], country: FR}
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Unread{{Allow: []string{"encrypted", "limit_ratio"}, Exporters: []string{"91310115MA1K3ABC99"}},
		{Allow: []string{"high_entropy"}}, {}}
	for i, d := range c.Destinations {
		if !reflect.DeepEqual(d.Unread, want[i]) {
			t.Errorf("destination %d: %+v, want %+v", i, d.Unread, want[i])
		}
	}
}

// The reasons that can be written are those there are, but for the one that
// would leave persons uncounted.
func TestUnreadReasonsAreComplete(t *testing.T) {
	text, err := os.ReadFile("../../../../inspect/coverage.go")
	if err != nil {
		t.Fatal(err)
	}
	field, _ := reflect.TypeFor[config.Unread]().FieldByName("Allow")
	allowed := regexp.MustCompile(`[a-z_]+`).FindAllString(field.Tag.Get("is"), -1)
	var known []string
	for _, m := range regexp.MustCompile(`GapReason = "([a-z_]+)"`).FindAllStringSubmatch(string(text), -1) {
		if policy.MayGoUnread(inspect.GapReason(m[1])) {
			known = append(known, m[1])
		}
	}
	slices.Sort(allowed)
	slices.Sort(known)
	if !slices.Equal(allowed, known) || len(known) < 9 {
		t.Errorf("allow takes %v, there are %v", allowed, known)
	}
}
