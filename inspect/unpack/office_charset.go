package unpack

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// xmlCharset returns XML as UTF-8, from its byte order mark, its first bytes
// and its declaration (XML 1.0, appendix F); nil when the charset is not
// known. Bytes that claim to be UTF-8 come as they are.
func xmlCharset(src io.Reader) io.Reader {
	in := bufio.NewReaderSize(src, 4<<10)
	head, _ := in.Peek(1024)
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe, 0, 0}), bytes.HasPrefix(head, []byte{'<', 0, 0}), bytes.HasPrefix(head, []byte{0, 0}):
		return nil // UTF-32
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = in.Discard(3)
		return in
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{'<', 0}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in)
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}), bytes.HasPrefix(head, []byte{0, '<'}):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Reader(in)
	}
	name := declaredCharset(head)
	switch name {
	case "?":
		return nil
	case "", "utf-8", "utf8", "us-ascii", "ascii", "utf-16":
		return in
	}
	enc, err := htmlindex.Get(name)
	if err != nil || enc == encoding.Replacement {
		return nil
	}
	return enc.NewDecoder().Reader(in)
}

// declaredCharset returns the charset of the declaration, "?" when that has no
// end here.
func declaredCharset(head []byte) string {
	if !bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<?xml")) {
		return ""
	}
	n := bytes.Index(head, []byte("?>"))
	if n < 0 {
		return "?"
	}
	for rest := head[:n]; len(rest) > 0; {
		k, v, r, ok := rawAttr(rest)
		if !ok {
			return ""
		}
		if bytes.HasSuffix(k, []byte("encoding")) {
			return strings.ToLower(string(v))
		}
		rest = r
	}
	return ""
}

// looksLikeXML tells whether bytes may be the head of an XML document, in any
// charset that keeps ASCII or is UTF-16.
func looksLikeXML(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if len(head) > 1 && (head[0] == 0xff && head[1] == 0xfe || head[0] == 0xfe && head[1] == 0xff) {
		head = head[2:]
	}
	head = bytes.TrimLeft(head, " \t\r\n\x00")
	return len(head) > 2 && head[0] == '<'
}
