package replay

import "encoding/json"

// comparison collects differences.
type comparison struct{ out []Difference }

func (c *comparison) text(name, recorded, derived string) {
	if recorded != derived {
		c.out = append(c.out, Difference{name, recorded, derived})
	}
}

// same compares by JSON, in which no list is the same as an empty one.
func (c *comparison) same(name string, recorded, derived any) {
	c.text(name, asText(recorded), asText(derived))
}

func asText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "what cannot be written"
	}
	if s := string(b); s != "null" && s != "[]" {
		return s
	}
	return ""
}
