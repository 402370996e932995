package unpack

import (
	"bytes"
	"io"
	"strings"
)

// Mail opens a message (RFC 5322) or an mbox file of several. Headers and
// bodies come out as Multipart tells; a message that is attached is opened
// with the one that holds it.
func Mail(r io.Reader, l Limits, out Out) {
	guard(out, func() {
		w := newWalk(r, newMeter(l, out), true, nil)
		w.beside = l.Beside
		w.run()
	})
}

var _ Flow = Mail

// mailFields are headers of mail, and how much each says that this is one.
// Those that say 2 stand in nothing else.
var mailFields = map[string]int{
	"from": 1, "to": 1, "cc": 1, "bcc": 1, "subject": 1, "date": 1, "reply-to": 1, "sender": 1,
	"message-id": 2, "received": 2, "return-path": 2, "mime-version": 2, "content-type": 1, "content-transfer-encoding": 2, "content-disposition": 1,
	"delivered-to": 2, "dkim-signature": 2, "references": 1, "in-reply-to": 2, "resent-from": 2, "authentication-results": 2,
	"x-mailer": 2, "x-priority": 2, "user-agent": 1, "envelope-to": 2, "arc-seal": 2, "x-originating-ip": 2, "thread-index": 1, "thread-topic": 1,
}

// mailPeople are headers that hold addresses.
var mailPeople = map[string]bool{"from": true, "to": true, "cc": true, "bcc": true, "reply-to": true, "sender": true}

// IsMail reports whether a text begins as a message or an mbox file: every
// line up to the first blank one is a header, two of them at least are those
// of mail, and one stands in nothing else, has an address of mail or an encoded
// word. A letter that has only a subject and a date is text, and so are the
// headers of HTTP and lists of names and values.
func IsMail(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\r\n")
	if isFromLine(head) {
		_, head, _ = cutLine(head)
	}
	score, fields, sure := 0, 0, false
	seen := map[string]bool{}
	for len(head) > 0 {
		line, rest, whole := cutLine(head)
		n := headerName(line)
		switch {
		case len(bytes.TrimSpace(line)) == 0 || !whole:
			rest = nil
		case fields > 0 && (line[0] == ' ' || line[0] == '\t'):
		case n == 0 || bytes.ContainsAny(line[:n], "\"'{}[]<>=,;"):
			return false
		default:
			fields++
			name := strings.ToLower(string(bytes.TrimSpace(line[:n])))
			if points := mailFields[name]; !seen[name] {
				seen[name] = true
				score += points
				sure = sure || points > 1
			}
			sure = sure || mailPeople[name] && bytes.IndexByte(line, '@') > 0 || bytes.Contains(line, []byte("=?")) && bytes.Contains(line, []byte("?="))
		}
		head = rest
	}
	return score >= 3 && fields >= 2 && sure
}

// isFromLine knows the line that begins each message of an mbox file:
// "From someone@example.com Thu Jan  1 00:00:00 2026".
func isFromLine(p []byte) bool {
	p = bytes.TrimPrefix(p, []byte(">"))
	line, _, _ := cutLine(p)
	if len(line) > 512 || !bytes.HasPrefix(line, []byte("From ")) {
		return false
	}
	k := bytes.IndexByte(line, ':')
	digit := func(i int) bool { return i >= 0 && i < len(line) && isDigit(line[i]) }
	return digit(k-1) && digit(k+1) && digit(k+2)
}
