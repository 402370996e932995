package refuse

import (
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// The languages of a refusal, as policy.Text names them.
const (
	Chinese = "zh"
	English = "en"
)

var (
	contentLanguage = map[string]string{Chinese: "zh-CN", English: "en"}
	matcher         = language.NewMatcher([]language.Tag{language.English, language.Chinese, language.TraditionalChinese})
)

// maxAccept bounds what is read of an Accept or Accept-Language header.
const maxAccept = 1 << 10

// Language chooses Chinese or English from the values of Accept-Language.
// English is for everybody who asks for neither, or for nothing.
func Language(values []string) string {
	header := strings.Join(values, ",")
	if header == "" || len(header) > maxAccept {
		return English
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return English
	}
	_, index, confidence := matcher.Match(tags...)
	if index == 0 || confidence == language.No {
		return English
	}
	return Chinese
}

// negotiated chooses between page, text and JSON by the values of Accept. A
// problem document is for everybody who does not ask for another of them.
func negotiated(values []string) Form {
	header := strings.Join(values, ",")
	if len(header) > maxAccept {
		return Problem
	}
	form, best := Problem, 0.0
	plainJSON, others := false, false
	for part := range strings.SplitSeq(header, ",") {
		kind, parameters, _ := strings.Cut(part, ";")
		q := weight(parameters)
		kind = strings.ToLower(strings.TrimSpace(kind))
		if q == 0 {
			continue
		}
		asks := Problem
		switch {
		case kind == "text/html", kind == "application/xhtml+xml":
			asks = Page
		case kind == "text/plain":
			asks = Plain
		case kind == "application/problem+json":
			others = true
		case kind == "application/json", strings.HasSuffix(kind, "+json"):
			plainJSON = true
		case kind == "*/*", kind == "application/*":
			others = true
			continue
		default:
			continue
		}
		// The first of equals; a page even beside a text that is named first.
		if q > best || q == best && asks == Page && form == Plain {
			form, best = asks, q
		}
	}
	if form == Problem && plainJSON && !others {
		return JSON
	}
	return form
}

// weight returns the q of a media range, 1 when it has none and 0 when it
// cannot be read.
func weight(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}
