package unpack

import "bytes"

// plainAttrs are attributes that hold no text of a person, but measures,
// places, numbers of things and words of the format: those of
// WordprocessingML, SpreadsheetML, DrawingML and OpenDocument that most values
// are of. Even in them, what telling finds is kept.
var plainAttrs = nameSet("rsidR rsidRPr rsidP rsidRDefault rsidTr rsidDel rsidSect paraId textId durableId space " +
	"w h x y cx cy l t r b s ht ext sz szCs color fill themeColor themeTint themeShade themeFill themeFillShade themeFillTint " +
	"asciiTheme hAnsiTheme eastAsiaTheme cstheme hint left right top bottom start end firstLine hanging firstLineChars " +
	"before after line lineRule beforeAutospacing afterAutospacing beforeLines afterLines wrap anchor anchorCtr algn marL indent " +
	"pitchFamily charset panose dirty err noProof spans customHeight customFormat dyDescent si ref sqref rowSpan gridSpan hMerge vMerge " +
	"prst bwMode rot idx lvl ilvl pos leader rowBreaks min max width bestFit style customWidth thickTop thickBot outlineLevel collapsed " +
	"distT distB distL distR simplePos relativeHeight behindDoc locked layoutInCell allowOverlap noChangeAspect " +
	"style-name family parent-style-name number-columns-repeated number-rows-repeated value-type default-cell-style-name " +
	"uiPriority semiHidden unhideWhenUsed qFormat orient gutter header footer linePitch charSpace firstRow lastRow firstColumn lastColumn noHBand noVBand")

// nameSet makes a set of names that blanks part.
func nameSet(names string) map[string]bool {
	set := map[string]bool{}
	for _, n := range bytes.Fields([]byte(names)) {
		set[string(n)] = true
	}
	return set
}

const (
	// plainLongest is the longest value of plainAttrs that is left out.
	plainLongest = 12
	// digitsKept is the shortest run of digits that always comes out.
	digitsKept = 6
)

// plainValue tells whether an attribute says nothing but how a document is
// made.
func plainValue(name, v []byte) bool {
	if len(v) > plainLongest {
		return isVocabulary(v)
	}
	return !telling(v) && (plainAttrs[string(name)] || isMeasure(v))
}

// telling tells whether a value has what any identifier in ASCII has, or is
// not in ASCII.
func telling(v []byte) bool {
	run := 0
	for _, c := range v {
		if run++; c < '0' || c > '9' {
			run = 0
		}
		if c >= 0x80 || c == '@' || run >= digitsKept {
			return true
		}
	}
	return false
}

// isMeasure tells whether a value is a short number, with or without a unit.
func isMeasure(v []byte) bool {
	for len(v) > 0 && (v[0] >= '0' && v[0] <= '9' || v[0] == '-' || v[0] == '.') {
		v = v[1:]
	}
	switch string(v) {
	case "", "pt", "cm", "mm", "in", "px", "pc", "em", "%":
		return true
	}
	return false
}

// vocabularies are the hosts of the namespaces that every document names.
var vocabularies = [][]byte{
	[]byte("http://schemas.openxmlformats.org/"), []byte("http://schemas.microsoft.com/"),
	[]byte("http://www.w3.org/"), []byte("http://purl.org/"), []byte("http://docs.oasis-open.org/"),
	[]byte("http://openoffice.org/"), []byte("urn:oasis:names:tc:opendocument:"), []byte("urn:schemas-microsoft-com:"),
	[]byte("http://www.wps.cn/"), []byte("http://purl.oclc.org/ooxml/"),
}

// isVocabulary tells whether a value is the name of a namespace.
func isVocabulary(v []byte) bool {
	for _, p := range vocabularies {
		if bytes.HasPrefix(v, p) {
			v = v[len(p):]
			return !telling(v) && digitRun(v) < 5 && bytes.IndexByte(v, '%') < 0 && len(v) <= 90
		}
	}
	return false
}

// oddName tells whether the name of an element or an attribute is none of the
// formats.
func oddName(name []byte) bool { return telling(name) }

// digitRun is the length of the longest run of digits.
func digitRun(p []byte) (most int) {
	run := 0
	for _, c := range p {
		if run++; c < '0' || c > '9' {
			run = 0
		}
		most = max(most, run)
	}
	return most
}
