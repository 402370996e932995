package refuse

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/datacustoms/customs/policy"
)

// undelivered stands in place of an action where the gateway took none.
const undelivered = "undelivered"

// document is a problem document of RFC 9457 with our extensions.
type document struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	// Message and Error repeat the line where SDKs look for it, so that it is
	// seen without a reader of problem documents, and where one shows only the
	// beginning.
	Message string `json:"message"`
	Error   any    `json:"error"`
	AWSType string `json:"__type,omitempty"`

	Detail   string   `json:"detail"`
	Instance string   `json:"instance,omitempty"`
	Action   string   `json:"action"`
	Reasons  []reason `json:"reasons"`
	Remedies []string `json:"remedies"`
	Need     string   `json:"need,omitempty"`
	Filing   string   `json:"filing,omitempty"`
	// NearMiss says what keeps the nearest filing from covering the flow.
	NearMiss string   `json:"near_miss,omitempty"`
	Persons  int      `json:"persons,omitempty"` // distinct persons found
	Record   string   `json:"record,omitempty"`
	Ticket   string   `json:"ticket,omitempty"`
	Next     []string `json:"next,omitempty"` // what happens to a held flow
	Retry    int      `json:"retry_after,omitempty"`
}

// apiError is the error object of most JSON APIs.
type apiError struct {
	Type    string      `json:"type"`
	Code    policy.Code `json:"code"`
	Message string      `json:"message"`
}

// reason is one ground with its words.
type reason struct {
	Code   policy.Code `json:"code"`
	Class  string      `json:"class,omitempty"`
	Limit  string      `json:"limit,omitempty"`
	Filing string      `json:"filing,omitempty"`
	Rule   string      `json:"rule,omitempty"` // of the operator, or an entry of the rule pack
	Of     policy.Code `json:"of,omitempty"`   // the reason that this one lifts
	By     string      `json:"by,omitempty"`   // the ticket or exception by which it does
	// Coverage says why content was not read, as "opaque:encrypted".
	Coverage string `json:"coverage,omitempty"`
	Title    string `json:"title"`
	Detail   string `json:"detail"`
	Remedy   string `json:"remedy,omitempty"`
	Article  string `json:"article,omitempty"`
}

// problem gives the problem document in one language, for a client of one of
// the JSON forms.
func problem(f *Refusal, lang string, form Form) []byte {
	doc := describe(f, lang)
	doc.Message = line(f, lang)
	doc.Error = apiError{Type: "datacustoms", Code: f.Verdict.Reasons[0].Code, Message: doc.Message}
	switch form {
	case NPM:
		doc.Error = doc.Message // npm prints a text and would print an object as [object Object]
	case AWSJSON:
		doc.AWSType = awsCode(Status(&f.Verdict), form)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // the answer is never sniffed as HTML
	enc.SetIndent("", "  ")
	if err := enc.Encode(doc); err != nil {
		panic("refuse: a document of strings and numbers cannot be encoded: " + err.Error())
	}
	return b.Bytes()
}

func describe(f *Refusal, lang string) document {
	v := &f.Verdict
	doc := document{Type: "urn:datacustoms:reason:" + string(v.Reasons[0].Code), Status: Status(v),
		Action: policy.Block.String(), Filing: v.Filing, Persons: f.Persons, Record: f.RecordID, Ticket: f.Ticket,
		NearMiss: policy.NearMiss(*v, lang), Next: f.next(lang), Retry: f.retryAfter(), Remedies: []string{}}
	switch {
	case v.Action == policy.Hold:
		doc.Action = policy.Hold.String()
	case f.undelivered():
		doc.Action = undelivered
	}
	if f.RecordID != "" {
		doc.Instance = "urn:datacustoms:record:" + f.RecordID
	}
	if v.Need != policy.NeedUnknown {
		doc.Need = v.Need.String()
	}
	for _, r := range v.Reasons {
		out := worded(r, lang)
		doc.Reasons = append(doc.Reasons, out)
		if out.Remedy != "" && !slices.Contains(doc.Remedies, out.Remedy) {
			doc.Remedies = append(doc.Remedies, out.Remedy)
		}
	}
	doc.Title, doc.Detail = doc.Reasons[0].Title, doc.Reasons[0].Detail
	return doc
}

// worded puts a reason into words; a code without words stands for itself.
func worded(r policy.Reason, lang string) reason {
	text := policy.ReasonWords(r, lang)
	out := reason{Code: r.Code, Class: r.Class, Limit: r.Limit, Filing: r.Filing, Rule: r.Rule, Of: r.Of, By: r.By, Coverage: r.Coverage(),
		Title: text.Title, Detail: text.Detail, Remedy: text.Remedy, Article: text.Article}
	if out.Title == "" {
		out.Title = string(r.Code)
	}
	return out
}
