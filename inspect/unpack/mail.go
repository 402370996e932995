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
	guard(out, func() { walk(r, l, out, true, nil) })
}

var _ Flow = Mail

// mailFields are headers of mail, and how much each says that this is one.
var mailFields = map[string]int{
	"from": 1, "to": 1, "cc": 1, "bcc": 1, "subject": 1, "date": 1, "reply-to": 1, "sender": 1,
	"message-id": 2, "received": 2, "return-path": 2, "mime-version": 2, "content-type": 1, "content-transfer-encoding": 2, "content-disposition": 1,
	"delivered-to": 2, "dkim-signature": 2, "references": 1, "in-reply-to": 2, "resent-from": 2, "authentication-results": 2,
	"x-mailer": 2, "x-priority": 2, "user-agent": 1, "envelope-to": 2, "arc-seal": 2, "x-originating-ip": 2, "thread-index": 1, "thread-topic": 1,
}

// IsMail reports whether a text begins as a message or an mbox file: every
// line up to the first blank one is a header, and two of them at least are
// those of mail. A letter that has only a subject and a date is text.
func IsMail(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\r\n")
	if isFromLine(head) {
		_, head, _ = bytes.Cut(head, []byte("\n"))
	}
	score, fields := 0, 0
	seen := map[string]bool{}
	for len(head) > 0 {
		line, rest, whole := bytes.Cut(head, []byte("\n"))
		n := headerName(line)
		switch {
		case len(bytes.TrimSpace(line)) == 0 || !whole:
			rest = nil
		case fields > 0 && (line[0] == ' ' || line[0] == '\t'):
		case n == 0 || bytes.ContainsAny(line[:n], "\"'{}[]<>=,;"):
			return false
		default:
			fields++
			if name := strings.ToLower(string(bytes.TrimSpace(line[:n]))); !seen[name] {
				seen[name] = true
				score += mailFields[name]
			}
		}
		head = rest
	}
	return score >= 3 && fields >= 2
}

// isFromLine knows the line that begins each message of an mbox file:
// "From someone@example.com Thu Jan  1 00:00:00 2026".
func isFromLine(p []byte) bool {
	p = bytes.TrimPrefix(p, []byte(">"))
	line, _, _ := bytes.Cut(p, []byte("\n"))
	if len(line) > 512 || !bytes.HasPrefix(line, []byte("From ")) {
		return false
	}
	k := bytes.IndexByte(line, ':')
	digit := func(i int) bool { return i >= 0 && i < len(line) && line[i] >= '0' && line[i] <= '9' }
	return digit(k-1) && digit(k+1) && digit(k+2)
}

// unflow joins the lines that RFC 3676 lets a sender break: those that end in
// a blank, which goes too where delSp says so. Quote marks and the blank that
// guards a line are taken off.
func unflow(text []byte, delSp bool) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		line, rest, broken := bytes.Cut(text, []byte("\n"))
		text = rest
		line = bytes.TrimSuffix(line, []byte("\r"))
		line = bytes.TrimLeft(line, ">")
		line = bytes.TrimPrefix(line, []byte(" "))
		soft := broken && bytes.HasSuffix(line, []byte(" ")) && string(line) != "-- "
		if soft && delSp {
			line = line[:len(line)-1]
		}
		out = append(out, line...)
		if broken && !soft {
			out = append(out, '\n')
		}
	}
	return out
}
