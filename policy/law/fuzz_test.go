package law_test

import (
	"os"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/law"
)

// fuzzFile feeds one kind of file and wants that what is taken can be put in
// force, or is refused as a whole.
func fuzzFile(f *testing.F, schema string, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Add([]byte("schema: " + schema))
	f.Add([]byte("schema: " + schema + "\nid: &a [*a]"))
	f.Add([]byte("schema: " + schema + "\nid: " + strings.Repeat("[", 40)))
	f.Fuzz(func(t *testing.T, src []byte) {
		s := law.Check("f.yaml", src)
		if s.Err != nil {
			return
		}
		if s.ID == "" || s.From == "" || s.Schema == "" {
			t.Fatalf("an incomplete file was taken: %+v", s)
		}
		dir := t.TempDir()
		write(t, dir, "f.yaml", string(src))
		book, err := open(dir)
		if err != nil {
			return // it does not fit the others
		}
		for digest, b := range book.Snapshots() {
			r, err := law.FromSnapshot(b, book.Profile())
			if err != nil || r.Pack.Digest != digest {
				t.Fatalf("what is in force gives no rules: %v", err)
			}
		}
	})
}

func FuzzPack(f *testing.F) {
	b, err := os.ReadFile("cn-2024.yaml")
	if err != nil {
		f.Fatal(err)
	}
	fuzzFile(f, law.Schema, string(b), "schema: dc.pack/1\nprofiles: {a: {union_of: [a]}}")
}

func FuzzList(f *testing.F) {
	b, err := os.ReadFile("lists/shanghai-2024.yaml")
	if err != nil {
		f.Fatal(err)
	}
	fuzzFile(f, law.ListSchema, ownList, ownGeneral, string(b))
}

func FuzzCatalogue(f *testing.F) { fuzzFile(f, law.CatalogueSchema, ownCatalogue) }

func FuzzFromSnapshot(f *testing.F) {
	b, err := law.Open(law.Options{})
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range b.Snapshots() {
		f.Add(s)
	}
	f.Add([]byte(`{"schema":"dc.pack/1","lists":[null],"marks":[{"scale":{}}]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		r, err := law.FromSnapshot(src, "strict")
		if err == nil && (len(r.National) < 2 || len(r.Pack.Digest) != 64 || r.Data["profile"] != "strict") {
			t.Fatal("incomplete rules were taken")
		}
	})
}

// FuzzSignature feeds what stands beside a file: none of it puts an unsigned
// file in force.
func FuzzSignature(f *testing.F) {
	f.Add([]byte("data-customs pack\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, sig []byte) {
		dir := t.TempDir()
		put(t, dir, "own.yaml", ownList)
		put(t, dir, "own.yaml.sig", string(sig))
		if _, err := open(dir); err == nil {
			t.Fatal("a made-up signature was taken")
		}
	})
}
