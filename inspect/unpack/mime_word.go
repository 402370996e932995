package unpack

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// wordLayers is how often encoded words within encoded words are undone.
const wordLayers = 3

// maxWordLen is how long an encoded word may be. RFC 2047 allows 75.
const maxWordLen = 8 << 10

// headerText gives the value of a header as UTF-8: encoded words (RFC 2047)
// are undone wherever they stand, also within quotes and without blanks
// around them, and what stands raw in GB 18030 is turned as well.
func headerText(b []byte) []byte {
	text := raw8(b)
	for range wordLayers {
		if !bytes.Contains(text, []byte("=?")) {
			break
		}
		text = words(text)
	}
	return text
}

// raw8 turns bytes of a header that are not UTF-8 from GB 18030, where they
// are that without a fault.
func raw8(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	if text, ok := toUTF8("gb18030", b); ok && !bytes.ContainsRune(text, utf8.RuneError) {
		return text
	}
	return b
}

// words undoes one layer of encoded words. Neighbours in one charset are
// joined before it is applied, for senders that cut within a character.
func words(b []byte) []byte {
	var out, held []byte
	set := ""
	flush := func() {
		text, _ := toUTF8(set, held)
		out, held, set = append(out, raw8(text)...), nil, ""
	}
	for len(b) > 0 {
		k := bytes.Index(b, []byte("=?"))
		if k < 0 {
			break
		}
		word, used := encodedWord(b[k:])
		if used == 0 {
			flush()
			out, b = append(out, b[:k+2]...), b[k+2:]
			continue
		}
		between := b[:k]
		if set != "" && len(bytes.TrimSpace(between)) == 0 {
			between = nil // blanks between words mean nothing
		}
		if set != "" && (word.charset != set || len(between) > 0) {
			flush()
		}
		out = append(out, between...)
		held, set, b = append(held, word.text...), word.charset, b[k+used:]
	}
	if set != "" {
		flush()
	}
	return append(out, b...)
}

type mimeWord struct {
	charset string
	text    []byte
}

// encodedWord reads the encoded word that b begins with and says how long it
// is, 0 if there is none.
func encodedWord(b []byte) (w mimeWord, used int) {
	const maxCharset = 64
	set := bytes.IndexByte(b[2:min(len(b), maxCharset)], '?') + 2
	if set < 3 || set+3 > len(b) || b[set+2] != '?' {
		return w, 0
	}
	end := bytes.Index(b[set+3:min(len(b), set+maxWordLen)], []byte("?="))
	if end < 0 {
		return w, 0
	}
	body := b[set+3 : set+3+end]
	name, _, _ := strings.Cut(string(b[2:set]), "*") // RFC 2231 puts a language behind it
	w.charset = strings.ToLower(name)
	switch b[set+1] {
	case 'B', 'b':
		w.text = wordBase64(body)
	case 'Q', 'q':
		w.text = wordQuoted(body)
	default:
		return w, 0
	}
	return w, set + 3 + end + 2
}

// wordBase64 decodes what of b is base64.
func wordBase64(b []byte) []byte {
	t := transferBase64{allow: len(b)}
	out, _ := t.decode(make([]byte, 0, len(b)), b)
	out, _ = t.end(out)
	return out
}

func wordQuoted(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '_':
			out = append(out, ' ')
		case b[i] == '=' && i+2 < len(b) && hexNibble[b[i+1]] < 16 && hexNibble[b[i+2]] < 16:
			out = append(out, hexNibble[b[i+1]]<<4|hexNibble[b[i+2]])
			i += 2
		default:
			out = append(out, b[i])
		}
	}
	return out
}
