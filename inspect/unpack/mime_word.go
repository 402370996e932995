package unpack

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/datacustoms/customs/inspect"
)

// wordLayers is how often encoded words within encoded words are undone.
const wordLayers = 3

// maxWordLen is how long an encoded word may be. RFC 2047 allows 75.
const maxWordLen = 3 << 10

// wordReader undoes encoded words (RFC 2047) wherever they stand, also within
// quotes and without blanks around them, and turns what stands raw in GB 18030
// as well. A long text may come in pieces. Neighbours in one charset are one
// text, for senders that cut within a character.
type wordReader struct {
	set   string // charset of the word before
	open  bool   // there is one, with nothing but blanks behind it
	chars charsetReader
	text  []byte // of words, in the making
	odd   bool   // a charset is not known
	deep  bool   // more layers than are undone
	long  bool   // a word is too long to be held
}

// all reads a text that is there as a whole.
func (r *wordReader) all(w *mimeWalk, b []byte) []byte {
	text, _ := r.read(nil, b, true)
	r.check(w)
	return text
}

// check reports what could not be read since it was last asked.
func (r *wordReader) check(w *mimeWalk) {
	if r.odd {
		w.miss(inspect.GapUnknownFormat, 1)
	}
	if r.deep {
		w.miss(inspect.GapLimitDepth, 1)
	}
	if r.long {
		w.miss(inspect.GapLimitBytes, maxWordLen)
	}
	r.odd, r.deep, r.long = false, false, false
}

// read appends what b reads as, and says how much of b that was. Unless it is
// the end, it leaves a word that is not complete.
func (r *wordReader) read(dst, b []byte, end bool) (out []byte, used int) {
	text, used := r.words(nil, b, end)
	for k := 1; bytes.Contains(text, []byte("=?")); k++ {
		var next wordReader
		below, _ := next.words(nil, text, true)
		if bytes.Equal(below, text) {
			break
		}
		r.odd, r.long = r.odd || next.odd, r.long || next.long
		if k == wordLayers || !end {
			r.deep = true
			break
		}
		text = below
	}
	return append(dst, text...), used
}

// words undoes one layer.
func (r *wordReader) words(dst, b []byte, end bool) (out []byte, used int) {
	rest := b
	for len(rest) > 0 {
		k := bytes.Index(rest, []byte("=?"))
		if k < 0 {
			break
		}
		word, n := encodedWord(rest[k:])
		switch {
		case n == 0 && !end && len(rest)-k < maxWordLen && len(b) > len(rest)-k:
			dst = r.between(dst, rest[:k])
			return dst, len(b) - len(rest) + k
		case n <= 0:
			r.long = r.long || n < 0
			dst = r.between(dst, rest[:k+2])
			rest = rest[k+2:]
			continue
		}
		dst = r.between(dst, rest[:k])
		if r.open && word.charset != r.set {
			dst = r.flush(dst)
		}
		if !r.open {
			r.open, r.set = true, word.charset
			r.odd = !r.chars.begin(word.charset) && strange(word.charset, word.text) || r.odd
		}
		r.text = r.chars.read(r.text, word.text)
		rest = rest[k+n:]
	}
	if !end && len(bytes.TrimSpace(rest)) == 0 {
		return dst, len(b) - len(rest)
	}
	if len(rest) > 0 {
		dst = r.between(dst, rest)
	}
	if end {
		dst = r.flush(dst)
	}
	return dst, len(b)
}

// between takes what is no encoded word. Blanks between words mean nothing.
func (r *wordReader) between(dst, b []byte) []byte {
	if r.open && len(bytes.TrimSpace(b)) == 0 {
		return dst
	}
	return append(r.flush(dst), raw8(b)...)
}

// flush ends the words in hand.
func (r *wordReader) flush(dst []byte) []byte {
	if r.open {
		r.text = r.chars.end(r.text)
		dst = append(dst, raw8(r.text)...)
		r.open, r.text = false, r.text[:0]
	}
	return dst
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

type mimeWord struct {
	charset string
	text    []byte
}

// encodedWord reads the encoded word that b begins with and says how long it
// is, 0 if there is none and -1 if it is too long.
func encodedWord(b []byte) (w mimeWord, used int) {
	const maxCharset = 64
	set := bytes.IndexByte(b[2:min(len(b), maxCharset)], '?') + 2
	if set < 3 || set+3 > len(b) || b[set+2] != '?' {
		return w, 0
	}
	end := bytes.Index(b[set+3:min(len(b), set+maxWordLen)], []byte("?="))
	if end < 0 && len(b) > set+maxWordLen && (b[set+1]|0x20 == 'b' || b[set+1]|0x20 == 'q') {
		return w, -1
	}
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
