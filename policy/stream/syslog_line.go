package stream

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// ActLine is an act as a message of RFC 5424: what one filters by in the
// structured data, then the entry itself.
func ActLine(e *policy.Entry, canonical []byte) []byte {
	params := [][2]string{{"id", ActID(e)}}
	if a := e.Admin; a != nil {
		params = append(params, [2]string{"act", a.Act}, [2]string{"object", a.Object})
	}
	return line(5, e.Time, e.Node, string(Act), params, canonical)
}

// line makes a message of facility 13 (log audit).
func line(severity int, at time.Time, host, msgID string, params [][2]string, text []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<%d>1 %s %s customs - %s [%s@32473", 13*8+severity, at.UTC().Format("2006-01-02T15:04:05.000000Z07:00"), word(host), msgID, msgID)
	for _, p := range params {
		if p[1] != "" {
			fmt.Fprintf(&b, ` %s="%s"`, p[0], escape(p[1]))
		}
	}
	b.WriteString("] ")
	b.Write(text)
	return b.Bytes()
}

// word is a header field: printable ASCII without spaces.
func word(s string) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return '_'
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), 255)]
}

// escape bounds a value and escapes what would end it.
func escape(s string) string {
	runes := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '\uFFFD'
		}
		return r
	}, string(runes[:min(len(runes), 255)]))
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`).Replace(s)
}
