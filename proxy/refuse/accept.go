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

// wantsPage reports whether the values of Accept name HTML, and not JSON
// before it or with a higher weight.
func wantsPage(values []string) bool {
	header := strings.Join(values, ",")
	if len(header) > maxAccept {
		return false
	}
	html, json := 0.0, 0.0
	for part := range strings.SplitSeq(header, ",") {
		kind, parameters, _ := strings.Cut(part, ";")
		q := weight(parameters)
		switch strings.ToLower(strings.TrimSpace(kind)) {
		case "text/html", "application/xhtml+xml":
			if q > json {
				html = max(html, q)
			}
		case "application/problem+json", "application/json":
			json = max(json, q)
		}
	}
	return html > 0 && html >= json
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
