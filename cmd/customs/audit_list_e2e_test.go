package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/index"
)

// TestListsBesideAGateway asks a gateway's log through every flag and wants
// what the records themselves say; then holds and releases beside it.
func TestListsBesideAGateway(t *testing.T) {
	c := newDoubtCity(t)
	for i := range 3 {
		<-c.send(t, "/", i)
	}
	var all []policy.Record
	read := func(args ...string) (out []policy.Record) {
		t.Helper()
		text, code := c.customs(append([]string{"audit", "list", "--format", "json"}, args...)...)
		if code != 0 {
			t.Fatalf("%v: exit %d %s", args, code, text)
		}
		for line := range strings.Lines(text) {
			var r policy.Record
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			out = append(out, r)
		}
		return out
	}
	// A client has its answer a moment before the outcome is in the log.
	waitFor(t, "three flows with their outcomes", func() bool {
		all = read()
		return len(all) == 3 && !slices.ContainsFunc(all, func(r policy.Record) bool { return r.Outcome == nil })
	})
	v := all[0].Verdict()
	day := all[0].Time.In(policy.Shanghai).Format("2006-01-02")
	for _, flags := range [][]string{{"--exporter", all[0].Intent.Exporter}, {"--action", v.Action.String()}, {"--enforced", "block"}, {"--from", day},
		{"--to", day}, {"--reason", string(v.Reasons[0].Code)}, {"--class", "pi"}, {"--open"}, {"--in-doubt"}, {"--limit", "2"}, {"--newest", "--before", "3"}, {"--country", "zz"}} {
		cmd := newAuditListCmd()
		if err := cmd.ParseFlags(flags); err != nil {
			t.Fatal(err)
		}
		f, err := listFilter(cmd)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, r := range all {
			if f.Match(index.RowOf(r)) {
				want++
			}
		}
		if f.Limit > 0 {
			want = min(want, f.Limit)
		}
		if got := read(flags...); len(got) != want {
			t.Errorf("%v: %d records, want %d", flags, len(got), want)
		}
		if text, code := c.customs(append([]string{"audit", "list"}, flags...)...); code != 0 || strings.Count(text, "\n") < want+1 {
			t.Errorf("%v as a table: exit %d\n%s", flags, code, text)
		}
	}
	out, code := c.customs("audit", "hold", "add", "--from", day, "--to", day, "--by", "anna", "--reason", "inquiry of the authority")
	if code != 0 {
		t.Fatalf("hold add: exit %d %s", code, out)
	}
	id := strings.TrimSuffix(strings.Fields(out)[1], ":")
	if out, code = c.customs("audit", "hold", "release", id, "--by", "bob", "--reason", "closed"); code != 0 {
		t.Errorf("hold release: exit %d %s", code, out)
	}
	if out, code = c.customs("audit", "hold", "list", "--all", "--format", "json"); code != 0 || !strings.Contains(out, `"released_by":"bob"`) {
		t.Errorf("hold list: exit %d %s", code, out)
	}
}
