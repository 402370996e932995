package audit

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/datacustoms/customs/policy"
)

// errCanonical is the answer to an entry that the recorder does not write: one
// that two readers might read differently.
var errCanonical = errors.New("entry is not in its canonical form")

// maxDepth bounds how deep an entry nests.
const maxDepth = 100

// look is what the verifier wants to know of an entry, as raw JSON.
type look struct {
	kind, time, flow, enforced, outcome, admin []byte
}

// looker reads entries in one pass, without building them.
type looker struct {
	keys []string // of an entry, in their order
	b    []byte
	at   int
}

func newLooker() *looker {
	l := &looker{}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[policy.Entry]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		l.keys = append(l.keys, name)
	}
	return l
}

// read checks that an entry is one object of compact JSON, with the members of
// an entry, each once and in order, and takes out what matters.
func (l *looker) read(entry []byte) (look, error) {
	var k look
	l.b, l.at = entry, 0
	next := 0
	ok := utf8.Valid(entry) && l.object(0, func(key []byte) bool {
		for next < len(l.keys) && l.keys[next] != string(key) {
			next++
		}
		if next == len(l.keys) {
			return false
		}
		next++
		from := l.at
		good := false
		if string(key) == "intent" {
			good = l.object(1, func(inner []byte) bool {
				from := l.at
				good := l.value(2)
				if string(inner) == "enforced" {
					k.enforced = l.b[from:l.at]
				}
				return good
			})
		} else {
			good = l.value(1)
		}
		k.set(string(key), l.b[from:l.at])
		return good
	})
	if !ok || l.at != len(entry) {
		return k, errCanonical
	}
	return k, nil
}

func (k *look) set(key string, raw []byte) {
	switch key {
	case "kind":
		k.kind = raw
	case "time":
		k.time = raw
	case "flow":
		k.flow = raw
	case "outcome":
		k.outcome = raw
	case "admin":
		k.admin = raw
	}
}

func (l *looker) take(c byte) bool {
	if l.at < len(l.b) && l.b[l.at] == c {
		l.at++
		return true
	}
	return false
}

// object reads an object; member reads the value of each key.
func (l *looker) object(depth int, member func(key []byte) bool) bool {
	if !l.take('{') || depth > maxDepth {
		return false
	}
	if l.take('}') {
		return true
	}
	for {
		from := l.at
		if !l.text() || !l.take(':') || !member(l.b[from+1:l.at-2]) {
			return false
		}
		if !l.take(',') {
			return l.take('}')
		}
	}
}

// value reads over any value.
func (l *looker) value(depth int) bool {
	if l.at == len(l.b) {
		return false
	}
	switch c := l.b[l.at]; {
	case c == '{':
		return l.object(depth, func([]byte) bool { return l.value(depth + 1) })
	case c == '[':
		return l.array(depth)
	case c == '"':
		return l.text()
	case c == 't':
		return l.word("true")
	case c == 'f':
		return l.word("false")
	case c == 'n':
		return l.word("null")
	}
	return l.number()
}

func (l *looker) array(depth int) bool {
	if l.at++; depth > maxDepth {
		return false
	}
	if l.take(']') {
		return true
	}
	for {
		if !l.value(depth + 1) {
			return false
		}
		if !l.take(',') {
			return l.take(']')
		}
	}
}

func (l *looker) word(w string) bool {
	if !bytes.HasPrefix(l.b[l.at:], []byte(w)) {
		return false
	}
	l.at += len(w)
	return true
}

// text reads over a string.
func (l *looker) text() bool {
	if !l.take('"') {
		return false
	}
	for l.at < len(l.b) {
		switch c := l.b[l.at]; {
		case c == '"':
			l.at++
			return true
		case c < ' ':
			return false
		case c == '\\':
			if l.at += 2; l.at > len(l.b) || !l.escape(l.b[l.at-1]) {
				return false
			}
		default:
			l.at++
		}
	}
	return false
}

func (l *looker) escape(c byte) bool {
	if c != 'u' {
		return bytes.IndexByte([]byte(`"\/bfnrt`), c) >= 0
	}
	for range 4 {
		if l.at == len(l.b) || bytes.IndexByte([]byte("0123456789abcdefABCDEF"), l.b[l.at]) < 0 {
			return false
		}
		l.at++
	}
	return true
}

func (l *looker) digits() bool {
	from := l.at
	for l.at < len(l.b) && '0' <= l.b[l.at] && l.b[l.at] <= '9' {
		l.at++
	}
	return l.at > from
}

func (l *looker) number() bool {
	l.take('-')
	if !l.take('0') && !l.digits() {
		return false
	}
	if l.take('.') && !l.digits() {
		return false
	}
	if l.take('e') || l.take('E') {
		if !l.take('+') {
			l.take('-')
		}
		return l.digits()
	}
	return true
}
