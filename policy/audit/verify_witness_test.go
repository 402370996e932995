package audit_test

import (
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/policytest"
	"github.com/datacustoms/customs/policy/tree"
)

func cosigner(t *testing.T, name string, at time.Time) (note.Signer, note.Verifier) {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat(name[:1], ed25519.SeedSize)))
	s, err := tree.NewCosigner(name, key, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	line, err := tree.CosignerKey(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	v, err := tree.ParseCosigner(line)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func TestWitnessExcludesRollback(t *testing.T) {
	w := newWritten(t, 1<<20)
	w.step(10)
	at := policytest.Start.Add(time.Hour)
	s, v := cosigner(t, "witness", at)
	_, other := cosigner(t, "other", at)
	signed := w.heads[0]
	body, _, _ := strings.Cut(string(signed), "\n\n")
	sig, err := s.Sign([]byte(body + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	cosigned := tree.AddSignature(signed, s.Name(), s.KeyHash(), sig)
	w.step(10)
	w.d.Put("data/audit/witnessed", cosigned)
	o := w.options()
	if sum, err := audit.Verify(bg, source(w.d), o); err != nil || sum.Anchored != 0 {
		t.Errorf("a witness that nobody trusts: %+v, %v", sum, err)
	}
	o.Witnesses = []note.Verifier{v}
	sum, err := audit.Verify(bg, source(w.d), o)
	if err != nil || sum.Anchored != 10 || len(sum.Cosigned) != 1 || !sum.Cosigned[0].Time.Equal(at) {
		t.Errorf("%+v, %v", sum, err)
	}
	o.Witnesses = append(o.Witnesses, other)
	wantFault(t, w.d, o, audit.Unsigned)
	o.Witnesses = o.Witnesses[:1]
	sig[20] ^= 1
	w.d.Put("data/audit/witnessed", tree.AddSignature(signed, s.Name(), s.KeyHash(), sig))
	wantFault(t, w.d, o, audit.Unsigned, audit.Damaged)
	if err := w.d.Remove("data/audit/witnessed"); err != nil {
		t.Fatal(err)
	}
	wantFault(t, w.d, o, audit.Unsigned)
}
