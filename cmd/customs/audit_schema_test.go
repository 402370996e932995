package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/export"
)

// logSchemas are the compiled schemas by name.
func logSchemas(t testing.TB) map[string]*jsonschema.Schema {
	t.Helper()
	out, err := compiledSchemas()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// compiledSchemas compiles them once: every gateway of a test asks.
var compiledSchemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	out := map[string]*jsonschema.Schema{}
	for _, name := range export.SchemaNames() {
		file, text, err := export.Schema(name)
		doc, derr := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err = errors.Join(err, derr); err == nil {
			err = c.AddResource("file:///"+file, doc)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, name := range export.SchemaNames() {
		file, _, err := export.Schema(name)
		if err == nil {
			out[name], err = c.Compile("file:///" + file)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
})

func validates(t testing.TB, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("no JSON: %v\n%s", err, text)
	}
	return s.Validate(doc)
}

// checkLog holds every entry and record of a log against the schemas, and
// returns what kinds of them there were.
func checkLog(t testing.TB, data string) map[string]int {
	t.Helper()
	schemas := logSchemas(t)
	src := audit.Source{Files: disk.Files{}, Dir: data}
	kinds := map[string]int{}
	faults := 0
	fault := func(err error, text []byte) {
		if faults++; faults <= 3 {
			t.Errorf("%v\n%s", err, text)
		}
	}
	_, err := audit.ReadFrom(context.Background(), src, 1, func(i audit.Item) error {
		e, err := i.Entry()
		if err != nil {
			return err
		}
		kinds[string(e.Kind)]++
		if err := validates(t, schemas["entry"], i.Bytes); err != nil {
			fault(err, i.Bytes)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = audit.Records(context.Background(), src, func(r policy.Record) error {
		kinds[r.Intent.Mode+" "+r.Intent.Enforced.String()]++
		text := export.JSON(r)
		if err := validates(t, schemas["record"], text); err != nil {
			fault(err, text)
		}
		event, err := export.OCSF(r)
		if err == nil {
			err = validates(t, schemas["ocsf"], event)
		}
		if err != nil {
			fault(err, event)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

func TestWhatTheDemoWritesFitsTheSchemas(t *testing.T) {
	dir := t.TempDir()
	var out, errs bytes.Buffer
	if code := run([]string{"demo", "--once", "--data", dir}, &out, &errs); code != 0 {
		t.Fatalf("demo: exit %d\n%s%s", code, &out, &errs)
	}
	kinds := checkLog(t, dir)
	for _, want := range []string{"intent", "outcome", "admin", "enforce pass", "enforce block", "enforce pass_unread"} {
		if kinds[want] == 0 {
			t.Errorf("the demo wrote no %q: %v", want, kinds)
		}
	}
}

// Twins: an entry of the demo that is changed in one place is refused.
func TestChangedEntriesDoNotFitTheSchema(t *testing.T) {
	dir := t.TempDir()
	var out, errs bytes.Buffer
	if code := run([]string{"demo", "--once", "--data", dir}, &out, &errs); code != 0 {
		t.Fatalf("demo: exit %d\n%s", code, &errs)
	}
	var entry string
	_, err := audit.ReadFrom(context.Background(), audit.Source{Files: disk.Files{}, Dir: dir}, 1, func(i audit.Item) error {
		if s := string(i.Bytes); strings.Contains(s, `"filing":"SC-MOTORS","revision":1,"limits"`) {
			entry = s
		}
		return nil
	})
	if err != nil || entry == "" {
		t.Fatalf("no entry with a filing: %v", err)
	}
	s := logSchemas(t)["entry"]
	if err := validates(t, s, []byte(entry)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new string }{
		{"a field nobody knows", `"mode":`, `"text":"x","mode":`},
		{"a field of the question nobody knows", `"stage":`, `"text":"x","stage":`},
		{"another schema", `dc.entry/1`, `dc.entry/2`},
		{"another kind", `"kind":"intent"`, `"kind":"outcome"`},
		{"no kind", `"kind":"intent",`, ``},
		{"an action outside the set", `"enforced":"pass"`, `"enforced":"allow"`},
		{"a number as text", `"seen":`, `"seen":"1","x":`},
		{"a negative count", `"ns":`, `"ns":-`},
		{"a time that is none", `"time":"2`, `"time":"x`},
		{"a code in small letters", `FILING_COVERS`, `filing_covers`},
		{"a digest cut short", `"policy":"`, `"policy":"0","x":"`},
		{"no verdict", `"decided":`, `"undecided":`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(entry, tt.old, tt.new, 1)
			if changed == entry || !json.Valid([]byte(changed)) {
				t.Fatalf("the change does not apply")
			}
			if validates(t, s, []byte(changed)) == nil {
				t.Error("the schema takes it")
			}
		})
	}
}

// fitsSchemas is checkLog for a gateway that has ended, unless its test took
// the log away or changed it.
func fitsSchemas(t testing.TB, dir string) {
	data := filepath.Join(dir, "customs-data")
	n := 0
	err := audit.Records(context.Background(), audit.Source{Files: disk.Files{}, Dir: data}, func(policy.Record) error { n++; return nil })
	if err == nil && n > 0 && n < 200 { // many records are of one kind
		checkLog(t, data)
	}
}
