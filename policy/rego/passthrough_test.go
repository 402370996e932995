package rego_test

import (
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
)

// An entry lets a head pass, and its end refuses; the answer names the entry
// and holds for the question alone that shows it.
func TestPassThrough(t *testing.T) {
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	tests := []struct {
		name  string
		ask   asked
		state string
		want  policy.Action
		code  policy.Code
	}{
		{"a current entry", asked{head: true}, policy.PassCurrent, policy.PassUnread, policy.RegisteredUnread},
		{"a place that is not known", asked{head: true, place: "?"}, policy.PassCurrent, policy.PassUnread, policy.RegisteredUnread},
		{"one that expired", asked{head: true}, policy.PassExpired, policy.Block, policy.PassThroughOver},
		{"one that is used up", asked{head: true}, policy.PassUsedUp, policy.Block, policy.PassThroughOver},
		{"a state that nobody knows", asked{head: true}, "later", policy.Block, policy.PassThroughOver},
		{"a recipient on the deny-list", asked{head: true, denied: true}, policy.PassCurrent, policy.Block, policy.RecipientDenied},
		{"the mainland", asked{head: true, place: "CN"}, policy.PassExpired, policy.PassUnread, policy.NotOutbound},
		{"an exporter that nobody knows", asked{head: true, exporter: "nobody"}, policy.PassCurrent, policy.Block, policy.DeciderFailed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := tt.ask.question(t, l)
			q.Link.PassThrough = &policy.PassThrough{ID: "bank-app", Kind: policy.PassPinned, State: tt.state}
			v, err := d.Decide(t.Context(), q)
			if v.Action != tt.want || !v.Has(tt.code) || (err != nil) != (tt.code == policy.DeciderFailed) {
				t.Fatalf("got %+v, %v", v, err)
			}
			if r := v.Reasons[0]; (tt.code == policy.RegisteredUnread || tt.code == policy.PassThroughOver) && r.Rule != "bank-app" {
				t.Errorf("reason %+v does not name the entry", r)
			}
		})
	}
}
