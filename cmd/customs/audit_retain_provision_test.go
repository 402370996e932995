package main

import (
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
)

// TestRecordsOfProvisionStay has a log that is kept for the shortest time that
// a configuration may say: what went abroad stays for three years all the same.
func TestRecordsOfProvisionStay(t *testing.T) {
	tests := []struct {
		name string
		make func(w *retainWorld)
		days int
		want string // of the first segment
	}{
		{"nothing left", func(w *retainWorld) { w.refused("a", 18) }, 200, ""},
		{"it stayed in the mainland", func(w *retainWorld) {
			w.flows("a", 9, func(i *policy.Intent) { i.Place = policy.Place{Country: "CN"} })
		}, 200, ""},
		{"it went abroad", func(w *retainWorld) {
			w.flows("a", 9, func(i *policy.Intent) { i.Place = policy.Place{Country: "SG"} })
		}, 200, keptProvide},
		{"it went nobody knows where", func(w *retainWorld) { w.flows("a", 9, nil) }, 200, keptProvide},
		{"nearly three years later", func(w *retainWorld) { w.flows("a", 9, nil) }, 1095, keptProvide},
		{"three years later", func(w *retainWorld) { w.flows("a", 9, nil) }, 1098, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newRetainWorld(t)
			w.keeper.keep = func() time.Duration { return 184 * 24 * time.Hour }
			tt.make(w)
			w.at = w.at.Add(time.Duration(tt.days) * 24 * time.Hour)
			w.refused("later", 1)
			w.checked = true
			if plan := w.plan(); plan[0].Kept != tt.want || plan[0].Delete != (tt.want == "") {
				t.Errorf("%+v; all: %s", plan[0], kept(plan))
			}
		})
	}
}
