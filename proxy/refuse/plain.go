package refuse

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/datacustoms/customs/policy"
)

// maxPlain bounds a text; a packet of git and what clients print are shorter
// than a verdict may be.
const maxPlain = 4 << 10

// line is the refusal in one line: codes, title, and where to ask.
func line(f *Refusal, lang string) string {
	title := policy.Text(f.Verdict.Reasons[0].Code, lang).Title
	out := strings.Join(codes(&f.Verdict), ",") + ": " + title
	if f.RecordID != "" {
		out += " record=" + f.RecordID
	}
	if f.Ticket != "" {
		out += " ticket=" + f.Ticket
	}
	return cut(out, 500)
}

// plain is the refusal in lines of text.
func plain(f *Refusal, lang string) []byte {
	doc := describe(f, lang)
	words := map[string][3]string{
		Chinese: {"Data Customs（数据海关）未放行", "处理办法", "记录"},
		English: {"Data Customs refused this", "To mend it", "Record"},
	}[lang]
	if f.undelivered() {
		words[0] = map[string]string{Chinese: "Data Customs（数据海关）未能送达", English: "Data Customs could not deliver this"}[lang]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", words[0], strings.Join(codes(&f.Verdict), ", "))
	for _, r := range doc.Reasons {
		fmt.Fprintf(&b, "%s: %s %s\n", r.Code, r.Title, r.Detail)
	}
	for _, m := range append(doc.Remedies, doc.Next...) {
		fmt.Fprintf(&b, "%s: %s\n", words[1], m)
	}
	last := ""
	if f.RecordID != "" {
		last = words[2] + ": " + f.RecordID + "\n"
	}
	if f.Ticket != "" {
		last += "Ticket: " + f.Ticket + "\n"
	}
	return []byte(cut(b.String(), maxPlain-len(last)) + last)
}

// gitFetch is the refusal as the error packet of git's protocol, which a fetch
// ends with: "fatal: remote error: ...".
func gitFetch(f *Refusal, lang string) []byte {
	return packet("ERR " + string(plain(f, lang)))
}

// gitPush is the refusal on the bands of progress and of errors, where a push
// awaits its report; each line of them is shown as "remote: ...".
func gitPush(f *Refusal, lang string) []byte {
	out := append(packet("\x02"+string(plain(f, lang))), packet("\x03"+line(f, lang)+"\n")...)
	return append(out, "0000"...)
}

func packet(text string) []byte { return fmt.Appendf(nil, "%04x%s", len(text)+4, text) }

// cut shortens a text to n bytes, at the end of a line where there is one, and
// never within a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	s = s[:max(n, 0)]
	if i := strings.LastIndexByte(s, '\n'); i > 0 {
		return s[:i+1]
	}
	for len(s) > 0 && !utf8.ValidString(s[len(s)-min(len(s), utf8.UTFMax):]) && !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}
