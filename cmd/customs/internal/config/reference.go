package config

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"

	"github.com/datacustoms/customs/policy"
)

// Reference gives every key of the file as a Markdown table: name, what it
// takes, default and meaning.
func Reference() string {
	var b strings.Builder
	b.WriteString("| key | takes | default | meaning |\n| --- | --- | --- | --- |\n")
	refer(&b, "", reflect.ValueOf(Default()).Elem())
	return b.String()
}

func refer(b *strings.Builder, path string, v reflect.Value) {
	for i, k := range keys(v.Type()) {
		f := v.Type().Field(i)
		at, field := join(path, k), v.Field(i)
		switch {
		case field.Kind() == reflect.Struct:
			refer(b, at, field)
		case field.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct && f.Type.Elem() != reflect.TypeFor[netip.Prefix]():
			refer(b, at+"[]", reflect.New(f.Type.Elem()).Elem())
		default:
			fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", at, takes(f), standard(f, field), f.Tag.Get("doc"))
		}
	}
}

// takes says in words what a field accepts.
func takes(f reflect.StructField) string {
	is, t := f.Tag.Get("is"), f.Type
	list := t.Kind() == reflect.Slice
	if list {
		t = t.Elem()
	}
	word := strings.TrimPrefix(kind(t), "a ")
	switch {
	case strings.Contains(is, "|"):
		word = "`" + strings.ReplaceAll(is, "|", "`, `") + "`"
	case strings.Contains(is, ".."):
		word += ", " + strings.Replace(is, "..", " to ", 1)
	case is != "":
		word = map[string]string{"path": "path", "dir": "directory", "file": "file", "pem": "file", "address": "address:port",
			"uscc": "code of 18", "division": "digits", "country": "code of 2", "match": "pattern", "zone": "code", "key": "public key", "bundle": "path or URL",
			"webhook": "URL", "relay": "host:port", "mailbox": "mail address", "id": "name", "date": "date", "cosigner": "public key", "stream": "name", "server": "host:port", "subject": "name", "topic": "name", "auditor": "name", "agekey": "public key",
			"credential": "name", "text": "text"}[is]
	}
	if list {
		return "list of " + word
	}
	return word
}

// standard gives the default of a field.
func standard(f reflect.StructField, v reflect.Value) string {
	switch {
	case f.Tag.Get("need") != "":
		return "required"
	case v.Kind() == reflect.Bool:
		return "`false`"
	case v.IsZero() || v.Type() == reflect.TypeFor[policy.Tri]():
		return "absent"
	}
	return fmt.Sprintf("`%v`", v.Interface())
}
