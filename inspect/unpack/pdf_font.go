package unpack

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// pdfFont says what the codes of a font stand for and how wide they are.
type pdfFont struct {
	name   string
	wide   bool              // a Type0 font: codes may have more bytes than one
	uni    *pdfCMap          // what it says itself, nil for nothing
	codes  *pdfCMap          // how codes are cut, where its encoding says so
	dec    encoding.Encoding // codes are a charset of their own
	simple *[256]string
	cids   bool // codes are numbers of an Adobe collection, whose first 95 are ASCII
	unsure bool // simple is a guess, but for those in sure
	sure   [256]bool

	strange bool // of no known type: nobody knows how its codes are cut

	widths map[uint32]float64
	width  float64 // of codes that are not in widths, in thousandths
}

// pdfCharset gives the charset of a predefined CMap whose codes are one
// (ISO 32000-2, table 116).
func pdfCharset(name string) encoding.Encoding {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "-H"), "-V")
	switch {
	case strings.HasSuffix(name, "UCS2"), strings.Contains(name, "UTF16"):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case strings.HasSuffix(name, "UTF8"):
		return unicode.UTF8
	case strings.HasSuffix(name, "UTF32"):
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
	case strings.HasPrefix(name, "GB") && (strings.Contains(name, "EUC") || strings.HasPrefix(name, "GBK")):
		return simplifiedchinese.GB18030
	case strings.HasPrefix(name, "B5"), strings.HasPrefix(name, "ETen"), strings.HasPrefix(name, "ETHK"), strings.HasPrefix(name, "HK"):
		return traditionalchinese.Big5
	case strings.Contains(name, "RKSJ"):
		return japanese.ShiftJIS
	case strings.HasPrefix(name, "KSC") && !strings.Contains(name, "Johab"):
		return korean.EUCKR
	case name == "EUC", name == "H-EUC":
		return japanese.EUCJP
	}
	return nil
}

// font reads a font, once for each object.
func (d *pdfDoc) font(v any) *pdfFont {
	ref, isRef := v.(pdfRef)
	if f, ok := d.fonts[ref.num]; ok && isRef {
		return f
	}
	dict := d.dictOf(v)
	if dict == nil {
		return nil
	}
	f := &pdfFont{widths: map[uint32]float64{}, width: 500}
	f.name = string(d.name(dict["BaseFont"]))
	if _, src := d.object(dict["ToUnicode"]); src != nil {
		f.uni = readCMap(d.decoded(src))
	}
	sub := d.name(dict["Subtype"])
	switch sub {
	case "Type0", "Type1", "MMType1", "TrueType", "Type3":
	default:
		f.strange = true
	}
	if f.wide = sub == "Type0" || dict["DescendantFonts"] != nil; f.wide {
		d.composite(f, dict)
	} else {
		d.simpleFont(f, dict)
	}
	if isRef && len(d.fonts) < 2000 {
		d.fonts[ref.num] = f
	}
	return f
}

// composite reads a Type0 font.
func (d *pdfDoc) composite(f *pdfFont, dict pdfDict) {
	enc, src := d.object(dict["Encoding"])
	if name, ok := enc.(pdfName); ok {
		f.dec = pdfCharset(string(name))
	}
	if src != nil {
		f.codes = readCMap(d.decoded(src))
	}
	if f.codes == nil || len(f.codes.spaces) == 0 {
		f.codes = &pdfCMap{wide: true}
	}
	f.width = 1000
	var kid pdfDict
	if kids := d.list(dict["DescendantFonts"]); len(kids) > 0 {
		kid = d.dictOf(kids[0])
	}
	if w, ok := d.number(kid["DW"]); ok {
		f.width = w
	}
	order, _ := d.resolve(d.dictOf(kid["CIDSystemInfo"])["Ordering"]).(pdfStr)
	switch string(order) {
	case "GB1", "CNS1", "Japan1", "Korea1", "KR":
		f.cids = true
	}
	d.cidWidths(f, d.list(kid["W"]))
}

// cidWidths reads "1 [500 600] 10 20 1000".
func (d *pdfDoc) cidWidths(f *pdfFont, w []any) {
	for i := 0; i+1 < len(w); {
		from, ok := d.number(w[i])
		if !ok || from < 0 || from > 1<<16 {
			return
		}
		if list := d.list(w[i+1]); list != nil {
			for k, v := range list {
				if n, ok := d.number(v); ok && len(f.widths) < 1<<16 {
					f.widths[uint32(from)+uint32(k)] = n
				}
			}
			i += 2
			continue
		}
		to, ok := d.number(w[i+1])
		if !ok || i+2 >= len(w) || to > 1<<16 {
			return
		}
		n, _ := d.number(w[i+2])
		for c := from; c <= to && len(f.widths) < 1<<16; c++ {
			f.widths[uint32(c)] = n
		}
		i += 3
	}
}

// simpleFont reads a font whose codes are bytes.
func (d *pdfDoc) simpleFont(f *pdfFont, dict pdfDict) {
	first, _ := d.number(dict["FirstChar"])
	scale := 1.0
	if m := d.list(dict["FontMatrix"]); len(m) == 6 { // of Type 3
		if a, ok := d.number(m[0]); ok && a > 0 {
			scale = a * 1000
		}
	}
	for i, v := range d.list(dict["Widths"]) {
		if w, ok := d.number(v); ok && i < 256 {
			f.widths[uint32(first)+uint32(i)] = w * scale
		}
	}
	switch {
	case strings.Contains(f.name, "Courier"):
		f.width = 600
	case strings.Contains(f.name, "Helvetica"), strings.Contains(f.name, "Arial"):
		f.width = 556
	}
	d.simpleCodes(f, dict)
}

// simpleCodes works out what the codes of a simple font stand for.
func (d *pdfDoc) simpleCodes(f *pdfFont, dict pdfDict) {
	desc := d.dictOf(dict["FontDescriptor"])
	flags, _ := d.number(desc["Flags"])
	subset := len(f.name) > 7 && f.name[6] == '+'
	own := d.name(dict["Subtype"]) == "Type3"
	embedded := desc["FontFile"] != nil || desc["FontFile2"] != nil || desc["FontFile3"] != nil
	f.unsure = own || embedded || int(flags)&4 != 0 && subset
	enc := d.resolve(dict["Encoding"])
	base, _ := enc.(pdfName)
	diff, _ := enc.(pdfDict)
	if diff != nil {
		base = d.name(diff["BaseEncoding"])
	}
	f.simple = pdfBase(base)
	switch base {
	case "WinAnsiEncoding", "MacRomanEncoding", "StandardEncoding", "PDFDocEncoding":
		f.unsure = own
	case "":
	default:
		f.unsure, f.strange = true, base != "MacExpertEncoding"
	}
	if strings.Contains(f.name, "Dingbats") && !embedded {
		f.simple, f.unsure = pdfDingbats(), false
	}
	if _, src := d.object(desc["FontFile"]); base == "" && src != nil && !own && builtIn(d.decoded(src), f.simple) {
		f.unsure = false
	}
	if _, src := d.object(desc["FontFile3"]); base == "" && src != nil && !own && cffEncoding(d.decoded(src), f.simple) {
		f.unsure = false // what it does not name is marked as not known
	}
	d.differences(f, d.list(diff["Differences"]))
}

// differences reads "39 /quotesingle 96 /grave": names of glyphs from a code on.
func (d *pdfDoc) differences(f *pdfFont, list []any) {
	code := 0.0
	for _, v := range list {
		switch v := d.resolve(v).(type) {
		case float64:
			code = v
		case pdfName:
			if code >= 0 && code < 256 {
				s, ok := glyphText(string(v))
				if !ok {
					s = "\uFFFD"
				}
				f.simple[int(code)] = s
				f.sure[int(code)] = ok && s != " "
			}
			code++
		}
	}
}
