package config

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// value puts a node into v and adds a fault for each thing that does not fit,
// and goes on. is is the check of the value, from the field's tag.
func (d *decoding) value(path string, n ast.Node, v reflect.Value, is string) {
	d.places[path] = n.GetToken()
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		d.fault(n.GetToken(), "anchors, aliases and tags are not used here", "write the value out")
		return
	}
	switch {
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[netip.Prefix]():
		d.mapping(path, n, v)
	case v.Kind() == reflect.Slice:
		d.sequence(path, n, v, is)
	default:
		d.scalar(path, n, v, is)
	}
}

func (d *decoding) mapping(path string, n ast.Node, v reflect.Value) {
	var pairs []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		pairs = m.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{m}
	case *ast.NullNode:
		return // a key whose lines are all commented out
	default:
		d.fault(n.GetToken(), named(path)+" must be a mapping of keys to values", "known keys: "+strings.Join(keys(v.Type()), ", "))
		return
	}
	seen := map[string]bool{}
	for _, pair := range pairs {
		key := pair.Key.GetToken()
		i := slices.Index(keys(v.Type()), key.Value)
		switch {
		case i < 0:
			d.unknown(path, key, v.Type())
		case seen[key.Value]:
			d.fault(key, fmt.Sprintf("key %q is given twice", key.Value), "keep one of them")
		default:
			d.places["key "+join(path, key.Value)] = key
			d.value(join(path, key.Value), pair.Value, v.Field(i), v.Type().Field(i).Tag.Get("is"))
		}
		seen[key.Value] = true
	}
	for i, k := range keys(v.Type()) {
		if v.Type().Field(i).Tag.Get("need") != "" && !seen[k] {
			d.fault(first(n), fmt.Sprintf("%s has no %s", named(path), k), "add "+k+": "+v.Type().Field(i).Tag.Get("doc"))
		}
	}
}

func (d *decoding) unknown(path string, key *token.Token, t reflect.Type) {
	what := fmt.Sprintf("unknown key %q", key.Value)
	if path != "" {
		what += " in " + path
	}
	if k := nearest(key.Value, keys(t)); k != "" {
		d.fault(key, what, fmt.Sprintf("did you mean %q?", k))
		return
	}
	d.fault(key, what, "known keys: "+strings.Join(keys(t), ", "))
}

func (d *decoding) sequence(path string, n ast.Node, v reflect.Value, is string) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		if n.Type() != ast.NullType {
			d.fault(n.GetToken(), named(path)+" must be a list", "write [value, value], or one \"- value\" a line")
		}
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values)))
	for i, item := range s.Values {
		d.value(fmt.Sprintf("%s[%d]", path, i), item, v.Index(i), is)
	}
}

// scalar sets one value. Codes such as 4403 or a USCC of digits alone look
// like YAML numbers, so a string takes the text as it is written.
func (d *decoding) scalar(path string, n ast.Node, v reflect.Value, is string) {
	text, plain := "", true
	switch s := n.(type) {
	case *ast.StringNode:
		text, plain = s.Value, s.Token.Type == token.StringType
	case *ast.LiteralNode:
		text = s.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		text = n.GetToken().Value
	default:
		d.fault(n.GetToken(), named(path)+" must be "+kind(v.Type()), "write one value after the colon, in quotes where it holds a colon itself")
		return
	}
	_, isBool := n.(*ast.BoolNode)
	boolean := v.Kind() == reflect.Bool || v.Type() == reflect.TypeFor[policy.Tri]()
	if isBool != boolean || boolean && !plain {
		d.fault(n.GetToken(), named(path)+" must be "+kind(v.Type()), "")
		return
	}
	if mend := set(v, text); mend != "" {
		d.fault(n.GetToken(), fmt.Sprintf("%s: %q is not %s", named(path), text, kind(v.Type())), mend)
		return
	}
	if what, mend := verify(is, text); what != "" {
		d.fault(n.GetToken(), fmt.Sprintf("%s: %q %s", named(path), text, what), mend)
	}
}

// set puts a text into v and returns how to mend one that does not fit.
func set(v reflect.Value, text string) (mend string) {
	switch p := v.Addr().Interface().(type) {
	case *string:
		*p = text
	case *bool:
		*p = text == "true"
	case *policy.Tri:
		*p = policy.No
		if text == "true" {
			*p = policy.Yes
		}
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return "write digits alone"
		}
		*p = n
	case *time.Duration:
		t, err := time.ParseDuration(text)
		if err != nil || t <= 0 {
			return "write a number and a unit, as 500ms, 30s or 2m"
		}
		*p = t
	case *Size:
		n, err := ParseSize(text)
		if err != nil {
			return err.Error()
		}
		*p = n
	case *Days:
		n, err := ParseDays(text)
		if err != nil {
			return err.Error()
		}
		*p = n
	case *netip.Prefix:
		n, mend := parsePrefix(text)
		if mend != "" {
			return mend
		}
		*p = n
	}
	return ""
}

// keys are the names of a struct's fields in a file, in order.
func keys(t reflect.Type) []string {
	out := make([]string, t.NumField())
	for i := range out {
		out[i] = t.Field(i).Tag.Get("yaml")
	}
	return out
}

// first is the token at which a mapping begins to be readable: its first key.
func first(n ast.Node) *token.Token {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		return m.Key.GetToken()
	}
	return n.GetToken()
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func named(path string) string {
	if path == "" {
		return "the file"
	}
	return path
}

// kind says in words what a type of value is.
func kind(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[netip.Prefix]():
		return "a network"
	case reflect.TypeFor[time.Duration]():
		return "a duration"
	case reflect.TypeFor[Days]():
		return "a number of days"
	case reflect.TypeFor[Size]():
		return "a size"
	case reflect.TypeFor[policy.Tri](), reflect.TypeFor[bool]():
		return "true or false"
	case reflect.TypeFor[int]():
		return "a number"
	}
	return "a text"
}
