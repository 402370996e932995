package rego

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// misfit says which field of an answer cannot be read. It tells names that
// this program gave, and nothing that a policy wrote.
func misfit(b []byte) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(b, &fields) != nil {
		return "it is of the wrong type, it must be an object"
	}
	name, wrong := firstMisfit[answer](fields)
	if name == "reasons" {
		if inner := reasonMisfit(fields["reasons"]); inner != "" {
			name += "[]." + inner
		}
	}
	switch {
	case !wrong:
		return "it is of the wrong type"
	case name == "":
		return "it has an unknown field"
	case name == "reasons[]."+unknownField:
		return "field reasons[] has an unknown field"
	case name == "reasons[].rule":
		return "field reasons[].rule is of the wrong type; what deny, hold and require contain must be strings"
	}
	return "field " + name + " is of the wrong type, or its value is none of those there are"
}

const unknownField = "?"

func reasonMisfit(b json.RawMessage) string {
	var reasons []map[string]json.RawMessage
	if json.Unmarshal(b, &reasons) != nil {
		return ""
	}
	for _, fields := range reasons {
		switch name, wrong := firstMisfit[policy.Reason](fields); {
		case wrong && name == "":
			return unknownField
		case wrong:
			return name
		}
	}
	return ""
}

// firstMisfit returns the first field that T cannot hold; its name is empty
// where T has no such field.
func firstMisfit[T any](fields map[string]json.RawMessage) (name string, wrong bool) {
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if fits[T](key, fields[key]) {
			continue
		}
		if !fits[T](key, json.RawMessage("null")) {
			key = ""
		}
		return key, true
	}
	return "", false
}

func fits[T any](key string, value json.RawMessage) bool {
	b, err := json.Marshal(map[string]json.RawMessage{key: value})
	if err != nil {
		return false
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	return dec.Decode(new(T)) == nil
}
