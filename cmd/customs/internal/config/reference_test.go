package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

const (
	deploy = "../../../../deploy"
	begin  = "<!-- generated: go test ./cmd/customs/internal/config -update -->\n"
	end    = "<!-- end -->"
)

func TestReferenceIsCurrent(t *testing.T) {
	file := filepath.Join(deploy, "CONFIG.md")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), begin)
	table, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has lost the marks around its generated table", file)
	}
	if *update {
		write(t, file, head+begin+config.Reference()+end+tail)
		return
	}
	if table != config.Reference() {
		t.Errorf("the table in %s is old: run this test with -update", file)
	}
}

// TestEveryKeyIsExplained walks the struct: a field without a name or a
// meaning would be missing from the reference.
func TestEveryKeyIsExplained(t *testing.T) {
	var walk func(t reflect.Type) []string
	walk = func(rt reflect.Type) (bad []string) {
		for i := range rt.NumField() {
			f := rt.Field(i)
			inner := f.Type
			if inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct && strings.HasSuffix(inner.PkgPath(), "internal/config") {
				bad = append(bad, walk(inner)...)
			} else if f.Tag.Get("doc") == "" {
				bad = append(bad, f.Name)
			}
			if f.Tag.Get("yaml") == "" {
				bad = append(bad, f.Name)
			}
		}
		return bad
	}
	if bad := walk(reflect.TypeFor[config.Config]()); bad != nil {
		t.Errorf("fields without a key or a meaning: %v", bad)
	}
	if bad := walk(reflect.TypeFor[struct{ Bare string }]()); len(bad) != 2 {
		t.Errorf("the walk does not see a bare field: %v", bad)
	}
}

func TestSampleLoads(t *testing.T) {
	c, err := config.Load(filepath.Join(deploy, "customs.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Exporters) == 0 || len(c.Destinations) == 0 || c.Mode != "enforce" {
		t.Errorf("the sample shows too little: %+v", c)
	}
}

func TestDefaultsAreValid(t *testing.T) {
	d := config.Default()
	c, err := config.Parse("c.yaml", []byte("listen: {proxy: "+d.Listen.Proxy+", console: "+d.Listen.Console+"}\n"+
		"limits: {flow_memory: "+d.Limits.FlowMemory.String()+"}\ndrain: "+d.Drain.String()+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	c.Data = d.Data
	if !reflect.DeepEqual(c, d) {
		t.Errorf("got %+v, want %+v", c, d)
	}
}
