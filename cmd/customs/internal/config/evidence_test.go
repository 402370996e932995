package config_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

// auditorKey returns the two lines of a new key.
func auditorKey(t *testing.T) (private, public string) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id.String(), id.Recipient().String()
}

// TestEvidenceFaults wants "what-part / mend-part" of each one fault. K1, K2 and
// PRIVATE stand for keys, TWO for two sound auditors.
func TestEvidenceFaults(t *testing.T) {
	private, one := auditorKey(t)
	_, two := auditorKey(t)
	tests := []struct{ name, data, want string }{
		{"one auditor", "for: [block], auditors: [{name: a1, key: K1}]", `fewer than two auditors / no one alone`},
		{"verdicts without auditors", "for: [block]", `fewer than two auditors / no one alone`},
		{"auditors without verdicts", "auditors: [TWO]", `for is missing / block, hold`},
		{"one person under two names", "for: [block], auditors: [{name: a1, key: K1}, {name: a2, key: K1}]", `auditors[1].key: the same key as auditors[0] / two persons`},
		{"one name for two keys", "for: [block], auditors: [{name: a1, key: K1}, {name: a1, key: K2}]", `auditors[1].name: the same name as auditors[0] / of their own`},
		{"a private key", "for: [block], auditors: [{name: a1, key: PRIVATE}, {name: a2, key: K2}]", `is a private key / make a new key`},
		{"no key", "for: [block], auditors: [{name: a1, key: age1xyz}, {name: a2, key: K2}]", `no public key of age / keygen`},
		{"no name", "for: [block], auditors: [{name: 'A 1', key: K1}, {name: a2, key: K2}]", `no name of an auditor / 1 to 32`},
		{"another verdict", "for: [pass], auditors: [TWO]", `not one of block, hold / write one`},
		{"too many samples", "for: [block], auditors: [TWO], samples: 65", `out of range / 1 to 64`},
		{"too much context", "for: [block], auditors: [TWO], context: 2000", `out of range / 0 to 1024`},
		{"too little for one finding", "for: [block], auditors: [TWO], per_record: 1KiB", `too small / or more`},
		{"too much for one flow", "for: [block], auditors: [TWO], per_record: 2MiB", `more than 1MiB / less`},
		{"too little for all", "for: [block], auditors: [TWO], total: 64KiB", `less than 16 times / more`},
		{"a number without its unit", "for: [block], auditors: [TWO], keep: 180", `not a number of days / 180 days`},
		{"no day", "for: [block], auditors: [TWO], keep: 0 days", `not a number of days / 180 days`},
	}
	words := strings.NewReplacer("TWO", "{name: a1, key: "+one+"}, {name: a2, key: "+two+"}", "PRIVATE", private, "K1", one, "K2", two)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Parse("c.yaml", []byte("evidence: {"+words.Replace(tt.data)+"}\n"))
			var faults *config.Faults
			if !errors.As(err, &faults) || len(faults.List) != 1 {
				t.Fatalf("Parse = %v, want one fault", err)
			}
			if strings.Contains(err.Error(), private) {
				t.Error("the fault quotes a private key")
			}
			what, mend, _ := strings.Cut(tt.want, " / ")
			if f := faults.List[0]; !strings.Contains(f.What, what) || !strings.Contains(f.Mend, mend) {
				t.Errorf("got %q / %q, want %q / %q", f.What, f.Mend, what, mend)
			}
		})
	}
	c, err := config.Parse("c.yaml", []byte(words.Replace("evidence: {for: [block, hold], auditors: [TWO], keep: 90 days}\n")))
	if err != nil || len(c.Evidence.Auditors) != 2 || c.Evidence.Keep.Duration() != 90*24*time.Hour || c.Evidence.Samples != 8 {
		t.Errorf("%+v: %v", c, err)
	}
	if off := config.Default().Evidence; len(off.Auditors) != 0 || len(off.For) != 0 {
		t.Error("evidence is not off by default")
	}
}
