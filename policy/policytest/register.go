package policytest

import (
	"context"
	"errors"
	"testing"

	"github.com/datacustoms/customs/policy"
)

// RunRegister checks what every Register with a store promises of reviews:
// nothing is released, lifted or used without them. open returns an empty one.
func RunRegister(t *testing.T, open func(t *testing.T) policy.Register) {
	ctx := context.Background()
	r := open(t)
	if err := r.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	f := &policy.Flow{ID: "f", Time: Start, Session: &policy.Session{Exporter: policy.Exporter{USCC: Exporter}},
		Destination: policy.Destination{Host: "origin.example", Port: 443}}
	if err := r.Identify(ctx, f); err != nil || f.Destination.Recipient != "" || f.Destination.Denied {
		t.Errorf("Identify by nothing = %+v, %v", f.Destination, err)
	}
	if cs, err := r.Candidates(ctx, f); err != nil || len(cs) != 0 {
		t.Errorf("Candidates = %v, %v", cs, err)
	}
	if es, err := r.Exceptions(ctx, f); err != nil || len(es) != 0 {
		t.Errorf("Exceptions = %v, %v", es, err)
	}
	const id = "t-0123456789abcdef"
	for range 2 {
		if err := r.Hold(ctx, policy.Ticket{ID: id, At: Start, Flow: "f", Exporter: Exporter, Host: "origin.example"}); err != nil {
			t.Errorf("Hold = %v", err)
		}
	}
	for _, ticket := range []string{id, "t-ffffffffffffffff", ""} {
		if a, err := r.Approval(ctx, ticket); a != nil || err != nil {
			t.Errorf("Approval(%q) = %v, %v; nobody approved", ticket, a, err)
		}
		if err := r.Use(ctx, policy.Use{Flow: "f", At: Start, IDs: []string{ticket}, Persons: 1}); !errors.Is(err, policy.ErrUsedUp) {
			t.Errorf("Use(%q) = %v, want ErrUsedUp", ticket, err)
		}
	}
	if err := r.Use(ctx, policy.Use{Flow: "f", At: Start}); err != nil {
		t.Errorf("Use of nothing = %v", err)
	}
}
