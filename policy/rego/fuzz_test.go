package rego_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
)

// Whatever bytes come as a bundle, only those that a trusted key signed are
// taken.
func FuzzBundle(f *testing.F) {
	s, v := fixedKey(f)
	stranger, _ := newKey(f, "policy")
	good := signed(f, bundleDir(f), s)
	files := untar(f, good)
	f.Add(good)
	f.Add(signed(f, bundleDir(f), stranger))
	delete(files, ".signatures.json")
	f.Add(retar(f, files))
	f.Add([]byte("\x1f\x8b"))
	want, err := rego.InspectBundle(good, []sign.Verifier{v})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := rego.InspectBundle(b, []sign.Verifier{v})
		if err == nil && (got.Signer != want.Signer || len(got.Modules) != len(want.Modules) || len(got.Data) != len(want.Data)) {
			t.Fatalf("taken without a signature: %+v", got)
		}
	})
}

// fixedKey is the same in every process of a fuzzing run.
func fixedKey(f *testing.F) (sign.Signer, sign.Verifier) {
	seed := bytes.Repeat([]byte{7}, ed25519.SeedSize)
	public := append([]byte{1}, ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)...)
	id := sha256.Sum256(append([]byte("policy\n"), public...))
	s, err := sign.ParseSigner(fmt.Sprintf("PRIVATE+KEY+policy+%08x+%s", id[:4], base64.StdEncoding.EncodeToString(append([]byte{1}, seed...))))
	if err != nil {
		f.Fatal(err)
	}
	v, err := s.Verifier()
	if err != nil {
		f.Fatal(err)
	}
	return s, v
}

// A snapshot that is taken is its own snapshot again.
func FuzzSnapshot(f *testing.F) {
	l := openLaw(f)
	f.Add([]byte(`{"schema":"dc.policy/1","modules":[{"name":"a.rego","text":"package customs.decision\nverdict := 1"}]}`))
	f.Add([]byte(`{"schema":"dc.policy/1","modules":[{"name":"a.rego","operator":true,"text":"package customs.operator"}],"data":{"x":[1.0,null]}}`))
	f.Add([]byte(`{"schema":"dc.policy/1","modules":null,"data":{"deny":1}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := rego.FromSnapshot(b, rego.Options{Law: l, Now: noon})
		if err != nil {
			return
		}
		if string(d.Snapshot()) != string(b) || d.Digest() != sum(b) {
			t.Fatal("the snapshot of a snapshot is another")
		}
	})
}

// A question of any form gets an answer or an error with a Block.
func FuzzQuestion(f *testing.F) {
	l := makeLaw(f, "LINK_NOT_FILED")
	d := open(f, rego.Options{Law: l, Limit: 5 * time.Second, Cache: -1})
	flows := []asked{{}, {head: true}, {found: mob, ns: 1}, {found: card, sp: 1, filings: scF}, {filings: one(filing("F1", policy.SC, opened(inspect.BankCard)))}, {found: imp, filings: saF},
		{found: card, claim: "EX_HR", filings: one(claim("EX_HR"))}, {found: "vehicle.vin " + mob, ns: 1, approved: []string{"a", "b"}}}
	for _, a := range flows {
		q := a.question(f, l)
		for _, change := range []func(*policy.Question){nil, inZone, excepted("suspected.vehicles")} {
			if change != nil {
				change(q)
			}
			for _, stage := range []policy.Stage{q.Stage, policy.StageWindow} {
				q.Stage = stage
				b, err := q.Canonical()
				if err != nil {
					f.Fatal(err)
				}
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := d.Eval(context.Background(), b)
		if err != nil && v.Action != policy.Block {
			t.Fatalf("%s with the error %v", v.Action, err)
		}
		q, bad := rego.ParseQuestion(b)
		if bad != nil || err != nil {
			return
		}
		if v.Action.Releases() && v.Basis != "NOT_OUTBOUND" && (q.Destination.Denied || !q.Destination.Overseas) {
			t.Fatalf("released under %s: %s", v.Basis, codes(v))
		}
		if q.Stage == policy.StageWindow && v.Action.Releases() && v.Filing == "" {
			t.Fatalf("a window was released under %s", v.Basis)
		}
		for _, found := range q.Found {
			if v.Action.Releases() && q.Destination.Overseas && (found.Class == "mark.secret" || found.Level.String() == "core") {
				t.Fatalf("a secret was released under %s", v.Basis)
			}
		}
	})
}
