package unpack

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/korean"
)

// codings are the charsets that the WHATWG list lacks, by their names in mail.
var codings = map[string]Coding{
	"utf-7": UTF7, "unicode-1-1-utf-7": UTF7, "csunicode11utf7": UTF7,
	"utf-32": UTF32BE, "utf-32be": UTF32BE, "utf-32le": UTF32LE,
	"hz-gb-2312": HZ, "hz": HZ,
	"iso-2022-cn": ISO2022CN, "iso-2022-cn-ext": ISO2022CN,
	"cp936": GB18030, "ms936": GB18030, "windows-936": GB18030, "gb-18030": GB18030, "euc-cn": GB18030,
	"gb18030-2000": GB18030, "gb18030-2005": GB18030, "gb18030-2022": GB18030,
	"cp950": Big5, "ms950": Big5, "windows-950": Big5, "big-5": Big5, "big5hkscs": Big5,
}

// others are read by a table of x/text under a name of their own.
var others = map[string]encoding.Encoding{
	"cp037": charmap.CodePage037, "ibm037": charmap.CodePage037, "cp1140": charmap.CodePage1140, "ibm1140": charmap.CodePage1140,
	"cp1047": charmap.CodePage1047, "ibm1047": charmap.CodePage1047,
	"cp949": korean.EUCKR, "ms949": korean.EUCKR,
}

// native are the charsets that a scanner reads as they lie.
var native = map[string]bool{
	"": true, "utf-8": true, "utf8": true, "unicode-1-1-utf-8": true, "us-ascii": true, "ascii": true, "binary": true, "utf8mb4": true,
	"iso-8859-1": true, "latin1": true, "windows-1252": true, "gbk": true, "gb2312": true, "gb18030": true,
}

// isNative reports whether text in a charset of that name needs no turning
// into UTF-8 to be read.
func isNative(name string) bool {
	name = charsetName(name)
	c, ok := codings[name]
	return native[name] || ok && c == GB18030
}

func charsetName(name string) string {
	name = strings.ToLower(strings.Trim(name, " \t\"'"))
	return strings.ReplaceAll(name, "_", "-")
}

// toUTF8 turns text in the charset of that name into UTF-8. It answers false
// for a name that is not known.
func toUTF8(name string, b []byte) ([]byte, bool) {
	name = charsetName(name)
	if c, ok := codings[name]; ok {
		set := Charset{Coding: c}
		text, spans := set.Append(nil, nil, b, 0)
		text, _ = set.Flush(text, spans)
		return text, true
	}
	enc, ok := others[name]
	if !ok {
		var err error
		if enc, err = htmlindex.Get(name); err != nil || enc == encoding.Replacement {
			return b, false
		}
	}
	text, err := enc.NewDecoder().Bytes(b)
	return text, err == nil
}
