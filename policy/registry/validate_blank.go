package registry

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// blanks are what customs advise writes into a draft where only people know.
var blanks = [...]string{"待填写", "to be filled in", "to-be-filled-in.invalid"}

// filled refuses a filing that may let something pass while a field still waits
// for somebody to fill it in.
func (v *validator) filled() {
	if v.f.Status != statusEffective {
		return
	}
	b, err := json.Marshal(v.f)
	if err != nil {
		return // what cannot be written is refused where it is stored
	}
	var tree any
	if json.Unmarshal(b, &tree) != nil {
		return
	}
	var fields []string
	walkBlank("", tree, &fields)
	slices.Sort(fields)
	for _, at := range fields {
		v.fault(at, "is still to be filled in", "give what was filed; a draft of customs advise covers nothing until its blanks are filled")
	}
	for i, r := range v.f.Recipients {
		if r.Country == "ZZ" {
			v.fault(fmt.Sprintf("recipients[%d]", i)+".country", "is still to be filled in", "give the ISO 3166-1 code of two letters")
		}
	}
}

func walkBlank(at string, node any, out *[]string) {
	switch x := node.(type) {
	case map[string]any:
		for k, c := range x {
			walkBlank(strings.TrimPrefix(at+"."+k, "."), c, out)
		}
	case []any:
		for i, c := range x {
			walkBlank(fmt.Sprintf("%s[%d]", at, i), c, out)
		}
	case string:
		if slices.ContainsFunc(blanks[:], func(s string) bool { return strings.Contains(x, s) }) {
			*out = append(*out, at)
		}
	}
}
