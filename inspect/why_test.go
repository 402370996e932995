package inspect_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
)

func TestWhy(t *testing.T) {
	w := inspect.WhyForm | inspect.WhyCheck | inspect.WhyKey
	if got := w.String(); got != "form,check,key" {
		t.Errorf("String() = %q", got)
	}
	all := inspect.WhyCapped<<1 - 1
	if en, zh := all.Explain(false), all.Explain(true); len(en) != 12 || len(zh) != 12 || len(all.Names()) != 12 {
		t.Errorf("not every reason is explained: %q, %q", en, zh)
	}
	b, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	var back inspect.Why
	if err := json.Unmarshal(b, &back); err != nil || back != w {
		t.Errorf("%s reads back as %v, %v", b, back, err)
	}
	if err := back.UnmarshalText([]byte("form,luck")); err == nil || strings.Contains(err.Error(), "luck") {
		t.Errorf("an unknown reason: %v", err)
	}
	if err := back.UnmarshalText(nil); err != nil || back != 0 {
		t.Errorf("no reason: %v, %v", back, err)
	}
}
