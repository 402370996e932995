package rego_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/sign"
)

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func TestASnapshotAnswersTheSame(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	s, v := newKey(t, "policy")
	dir := t.TempDir()
	put(t, dir, "own.rego", own+"# <a> & 中文 \u2028\n"+`hold contains "look" if { some f in input.found; f.class == "pi.contact.mobile" }`)
	d := open(t, rego.Options{Law: l, Dir: dir, Bundle: signed(t, bundleDir(t), s), Keys: []sign.Verifier{v}})
	kept := d.Snapshot()
	if sum(kept) != d.Digest() {
		t.Fatalf("the snapshot's hash is %s, the digest %s", sum(kept), d.Digest())
	}
	for name, part := range map[string]string{"the law": "customs.exemption", "the directory": "operator/own.rego", "the bundle": "bundle/countries.rego", "its data": `"XX"`} {
		if !bytes.Contains(kept, []byte(part)) {
			t.Errorf("the snapshot lacks %s", name)
		}
	}
	if bytes.Contains(kept, []byte("countries_test")) {
		t.Error("tests are no part of a policy")
	}
	again, err := rego.FromSnapshot(kept, rego.Options{Law: l, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range [][]row{thresholds, exporters, order, claims, filings, heads} {
		for _, tt := range g {
			q := tt.flow.question(t, l)
			want, err1 := d.Decide(context.Background(), q)
			got, err2 := again.Decide(context.Background(), q)
			if err1 != nil || err2 != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: got %+v, %v, want %+v, %v", tt.name, got, err2, want, err1)
			}
		}
	}
	if err := again.Reload(); err != nil || again.Digest() != d.Digest() {
		t.Errorf("a reload changed it: %v", err)
	}
	kept[0] = 'x'
	if !bytes.HasPrefix(d.Snapshot(), []byte("{")) {
		t.Error("a caller changed the policy")
	}
}

// A program of another day has other modules of the law; a policy that was
// kept answers by its own.
func TestASnapshotBringsItsOwnLaw(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	older := bytes.Replace(d.Snapshot(), []byte(`\"code\": \"EX_SMALL\"`), []byte(`\"code\": \"EX_TINY\"`), 1)
	again, err := rego.FromSnapshot(older, rego.Options{Law: l, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	if again.Digest() != sum(older) || again.Digest() == d.Digest() {
		t.Error("another policy has the same digest")
	}
	if v, err := again.Decide(context.Background(), asked{found: mob, ns: 1}.question(t, l)); err != nil || codes(v) != "EX_TINY" {
		t.Errorf("got %s, %v", codes(v), err)
	}
}

func TestDamagedSnapshotsAreRefused(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	good := string(open(t, rego.Options{Law: l}).Snapshot())
	edit := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	tests := []struct{ name, text, want string }{
		{"nothing", "", "no JSON"},
		{"cut off", good[:len(good)-1], "no JSON"},
		{"something behind it", good + "{}", "follows"},
		{"a space", edit(`{"schema"`, `{ "schema"`), "form"},
		{"another order", edit(`{"schema":"dc.policy/1",`, `{`) + "", "schema must be"},
		{"another schema", edit("dc.policy/1", "dc.policy/2"), "schema must be"},
		{"unknown field", edit(`"name"`, `"nick":"x","name"`), "no JSON of its schema"},
		{"two of one name", edit("01_outbound.rego", "00_facts.rego"), "a name of its own"},
		{"no Rego", edit("package customs.facts", "package"), "00_facts.rego"},
		{"an operator who decides", edit(`{"name":"11_decision.rego",`, `{"name":"11_decision.rego","operator":true,`), "package must be customs.operator"},
		{"data that would speak", strings.TrimSuffix(good, "}") + `,"data":{"deny":["x"]}}`, "belongs to modules"},
	}
	for _, tt := range tests {
		if _, err := rego.FromSnapshot([]byte(tt.text), rego.Options{Law: l}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := rego.FromSnapshot([]byte(good), rego.Options{}); err == nil {
		t.Error("a decider without law")
	}
}

func TestEval(t *testing.T) {
	t.Parallel()
	l := openLaw(t)
	d := open(t, rego.Options{Law: l})
	q := asked{found: card, sp: 1, filings: scF}.question(t, l)
	want, err := d.Decide(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	b, err := q.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := d.Eval(context.Background(), b); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	// A question written by hand names no pack.
	q.Pack, q.Profile = policy.PackID{}, ""
	if b, err = json.Marshal(q); err != nil {
		t.Fatal(err)
	}
	if got, err := d.Eval(context.Background(), b); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("without a pack: got %+v, %v, want %+v", got, err, want)
	}
	good := string(b)
	tests := []struct{ name, text, want string }{
		{"nothing", "", "no JSON"},
		{"a list", "[]", "must be of type"},
		{"unknown field", strings.Replace(good, `"stage"`, `"sage":"x","stage"`, 1), "unknown field"},
		{"wrong type", strings.Replace(good, `"found":[`, `"found":["secret-text",`, 1), "field found"},
		{"two documents", good + good, "follows"},
		{"no stage", strings.Replace(good, `"part"`, `"whole"`, 1), "stage must be"},
		{"no date", strings.Replace(good, today, "today", 1), "date must be"},
		{"an unknown level", strings.Replace(good, `"level":"general"`, `"level":"secret-text"`, 1), "outside its set"},
		{"a day before all packs", strings.Replace(good, today, "1999-01-01", 1), "no rule pack"},
	}
	for _, tt := range tests {
		v, err := d.Eval(context.Background(), []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) || v.Action != policy.Block {
			t.Errorf("%s: got %s, %v, want %q", tt.name, v.Action, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret-text") {
			t.Errorf("%s: the error quotes the question: %v", tt.name, err)
		}
	}
}
