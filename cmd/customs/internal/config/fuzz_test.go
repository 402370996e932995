package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

func FuzzParse(f *testing.F) {
	for _, s := range []string{fixed, "", "a: &a [*a]\n", "listen: {proxy: [}\n", "{{{{[[[[", "? : x\n", "--- |\n x\n...\n",
		"exporters:\n- uscc: 1\n  clients: [::/0]\n", "mode: !!str enforce\n", "<<: {mode: observe}\n", "\"mode\": observe\n",
		"limits: {memory: 99999999999999999999GiB}\n", "drain: 9999999999h\n", "mode: \"\\u0000\"\n",
		"law: {packs: testdata, keys: [law.example+c983be93+Aax9CXdYN9C+YWsbbgKyizqXSjrfYLKHvi64JPR8+2bm]}\n",
		"policy: {bundle: \"http:10.0.0.1\", keys: [PRIVATE+KEY+a+b+c], poll: 1s}\nreview: {reviewers: [a, a]}\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4<<10 {
			return // deep nesting is quadratic in the YAML parser
		}
		if strings.Contains(s, "..") || strings.Contains(s, "/") {
			s = strings.NewReplacer("..", "", "/", "").Replace(s) // stay out of other directories
		}
		c, err := config.Parse("c.yaml", []byte(s))
		if err == nil {
			if c.Mode != "enforce" && c.Mode != "observe" {
				t.Errorf("accepted mode %q", c.Mode)
			}
			return
		}
		var faults *config.Faults
		if !errors.As(err, &faults) || len(faults.List) == 0 {
			t.Fatalf("error is not a list of faults: %v", err)
		}
		for _, fault := range faults.List {
			if fault.What == "" || strings.Count(fault.Error(), "\n") > 5 {
				t.Errorf("unreadable fault: %q", fault.Error())
			}
		}
	})
}
