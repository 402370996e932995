// Package refuse answers a flow that may not go: which rule, which clause of
// which filing, and what would make it pass; and one that might go and could
// not be delivered.
//
// A program gets application/problem+json (RFC 9457) in Chinese or English, a
// browser a page with both, and a client that shows neither what it does show:
// see Form. Nothing in an answer comes from the stream: it is
// made of codes, class names, limits and the ids of filings and records. No
// wording calls a Pass an approval, for the gateway approves nothing.
package refuse

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Refusal is what one refused flow is told.
type Refusal struct {
	Verdict  policy.Verdict
	RecordID string // of the durable record; empty when there is none
	Ticket   string // of a held flow, to ask again with
	Persons  int    // distinct persons found in the flow
	// RetryAfter is when asking again may help; zero takes the default of the
	// status.
	RetryAfter time.Duration
}

// statuses are the codes that are answered with another status than 403.
var statuses = map[policy.Code]int{
	policy.AuthorityMismatch: http.StatusMisdirectedRequest,
	policy.Oversize:          http.StatusRequestEntityTooLarge,
	policy.BadRequest:        http.StatusBadRequest,
	policy.OriginUnreachable: http.StatusBadGateway,
	policy.OriginUntrusted:   http.StatusBadGateway,
	policy.OriginRevoked:     http.StatusBadGateway,
	policy.MessageMalformed:  http.StatusBadRequest,
	policy.NameUnresolved:    http.StatusBadGateway,
	policy.OriginTimeout:     http.StatusGatewayTimeout,
	policy.RecorderUnavail:   http.StatusServiceUnavailable,
	policy.LedgerUnavail:     http.StatusServiceUnavailable,
	policy.RegisterUnavail:   http.StatusServiceUnavailable,
	policy.LawUnavailable:    http.StatusServiceUnavailable,
	policy.BudgetExhausted:   http.StatusServiceUnavailable,
	policy.VolumeContended:   http.StatusServiceUnavailable,
	policy.Draining:          http.StatusServiceUnavailable,
}

// Status returns the HTTP status that a refusal is answered with: that of its
// first reason, and 403 where the reason has none of its own.
func Status(v *policy.Verdict) int {
	if v.Action == policy.Hold || len(v.Reasons) == 0 {
		return http.StatusForbidden
	}
	if s := statuses[v.Reasons[0].Code]; s != 0 {
		return s
	}
	return http.StatusForbidden
}

// undelivered reports whether the flow failed on its way and was not refused:
// no rule of the gateway stood against it.
func (f *Refusal) undelivered() bool {
	s := Status(&f.Verdict)
	return s == http.StatusBadGateway || s == http.StatusGatewayTimeout
}

// retryAfter returns when to ask again, in seconds, or 0 for never.
func (f *Refusal) retryAfter() int {
	if f.RetryAfter > 0 {
		return int((f.RetryAfter + time.Second - 1) / time.Second)
	}
	switch {
	case f.Verdict.Action == policy.Hold:
		return 300 // a person has to look
	case f.Verdict.Has(policy.VolumeContended):
		return 1 // open flows settle
	case Status(&f.Verdict) == http.StatusServiceUnavailable:
		return 5
	}
	return 0
}

// complete gives a refusal without a reason one.
func (f *Refusal) complete() {
	if len(f.Verdict.Reasons) == 0 {
		f.Verdict.Reasons = []policy.Reason{{Code: policy.InternalFault}}
	}
}

// Write answers a request with a refusal, in the form that its client shows
// and the language that it asks for. A HEAD gets the head alone.
func Write(w http.ResponseWriter, r *http.Request, f Refusal) {
	f.complete()
	form := For(r)
	lang := Language(r.Header.Values("Accept-Language"))
	h := w.Header()
	h.Add("Vary", "Accept, Accept-Language")
	body := form.body(&f, lang, h)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Customs-Reason", strings.Join(codes(&f.Verdict), ","))
	setRecord(h, "X-Customs-Record", &f)
	if s := f.retryAfter(); s > 0 {
		h.Set("Retry-After", strconv.Itoa(s))
	}
	if form == GRPC {
		// No length: a head with one may end the stream before the trailer.
		for k, v := range GRPCTrailer(f) {
			h[http.TrailerPrefix+k] = v
		}
	} else {
		h.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(form.status(&f))
	if r.Method != http.MethodHead && len(body) > 0 {
		w.Write(body) // the client may be gone; nobody is left to tell
	}
}

// codes lists the reason codes of a verdict, each once, in order.
func codes(v *policy.Verdict) []string {
	var out []string
	seen := map[policy.Code]bool{}
	for _, r := range v.Reasons {
		if !seen[r.Code] {
			out = append(out, string(r.Code))
		}
		seen[r.Code] = true
	}
	return out
}
