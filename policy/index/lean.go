package index

import (
	"bytes"
	"encoding/json"
	"errors"
)

// errForm means that bytes are not in the form that the log writes. They are
// decoded the long way then.
var errForm = errors.New("not the log's form")

// members calls fn for the members of an object in the log's own form: without
// white space, keys without escapes. It does not check what the values hold.
func members(b []byte, fn func(key string, value []byte) error) error {
	if len(b) < 2 || b[0] != '{' || b[len(b)-1] != '}' {
		return errForm
	}
	for i := 1; i < len(b)-1; {
		if b[i] != '"' {
			return errForm
		}
		n := bytes.IndexByte(b[i+1:], '"')
		if n < 0 || i+n+3 > len(b) || b[i+n+2] != ':' {
			return errForm
		}
		key, from := b[i+1:i+1+n], i+n+3
		to := valueEnd(b, from)
		if to < 0 || to >= len(b) || bytes.IndexByte(key, '\\') >= 0 {
			return errForm
		}
		if err := fn(string(key), b[from:to]); err != nil {
			return err
		}
		switch {
		case b[to] == ',' && to < len(b)-2:
			i = to + 1
		case to == len(b)-1:
			return nil
		default:
			return errForm
		}
	}
	return nil
}

// valueEnd returns where the value that begins at from ends, or -1.
func valueEnd(b []byte, from int) int {
	depth := 0
	for i := from; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',':
			if depth == 0 {
				return i
			}
		case '"':
			for i++; i < len(b) && b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// text reads a string.
func text(into *string, b []byte) error {
	if len(b) >= 2 && b[0] == '"' && bytes.IndexByte(b, '\\') < 0 {
		*into = string(b[1 : len(b)-1])
		return nil
	}
	return json.Unmarshal(b, into)
}

// quick reads an entry without its larger parts, which nothing here wants.
func (g *glance) quick(b []byte) error {
	return members(b, func(key string, v []byte) error {
		switch key {
		case "kind":
			return text((*string)(&g.Kind), v)
		case "flow":
			return text(&g.Flow, v)
		case "time":
			return g.Time.UnmarshalJSON(v)
		case "intent":
			g.Intent = &glanceIntent{}
			return g.Intent.quick(v)
		case "outcome":
			return json.Unmarshal(v, &g.Outcome)
		case "admin":
			return json.Unmarshal(v, &g.Admin)
		}
		return nil
	})
}

func (g *glanceIntent) quick(b []byte) error {
	return members(b, func(key string, v []byte) error {
		switch key {
		case "exporter":
			return text(&g.Exporter, v)
		case "host":
			return text(&g.Host, v)
		case "recipient":
			return text(&g.Recipient, v)
		case "place":
			return json.Unmarshal(v, &g.Place)
		case "classes":
			return json.Unmarshal(v, &g.Classes)
		case "persons":
			return json.Unmarshal(v, &g.Persons)
		case "decided":
			return json.Unmarshal(v, &g.Decided)
		case "enforced":
			return json.Unmarshal(v, &g.Enforced)
		}
		return nil
	})
}
