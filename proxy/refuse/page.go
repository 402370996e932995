package refuse

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"

	"github.com/datacustoms/customs/policy"
)

var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageStyle string

	pageTemplate = template.Must(template.New("refusal").Parse(pageText))

	// pagePolicy allows the page its own style and nothing else.
	pagePolicy = "default-src 'none'; style-src 'sha256-" + styleHash(pageStyle) +
		"'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

func styleHash(style string) string {
	sum := sha256.Sum256([]byte(style))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// pageData is what the page shows: the same document in both languages.
type pageData struct {
	Style   template.CSS
	Status  int
	Held    bool
	Failed  bool // on its way, not by a rule
	Zh, En  document
	Reasons []pageReason
	Need    [2]string
	Next    [][2]string
}

type pageReason struct{ Zh, En reason }

// page gives the refusal as one self-contained HTML page.
func page(f *Refusal) []byte {
	d := pageData{Style: template.CSS(pageStyle), Held: f.Verdict.Action == policy.Hold, Failed: f.undelivered(),
		Zh: describe(f, Chinese), En: describe(f, English), Need: needTitle(f.Verdict.Need)}
	d.Status = d.En.Status
	for i := range d.En.Reasons {
		d.Reasons = append(d.Reasons, pageReason{d.Zh.Reasons[i], d.En.Reasons[i]})
	}
	for i := range d.En.Next {
		d.Next = append(d.Next, [2]string{d.Zh.Next[i], d.En.Next[i]})
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, d); err != nil {
		panic("refuse: page: " + err.Error())
	}
	return b.Bytes()
}

// needTitle is the pathway in Chinese and English, empty where none is settled.
func needTitle(n policy.Need) [2]string {
	if n == policy.NeedUnknown {
		return [2]string{}
	}
	return [2]string{policy.NeedTitle(n, Chinese), policy.NeedTitle(n, English)}
}
