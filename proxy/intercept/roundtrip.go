package intercept

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/refuse"
)

// roundTrip sends a released request to its origin and returns the response,
// or the answer that tells why there is none.
func (t *transfer) roundTrip(r *http.Request) *http.Response {
	ctx, cancel := context.WithCancelCause(r.Context())
	t.cancel = cancel
	t.watch = time.AfterFunc(t.i.o.ResponseIdle, func() { cancel(errIdle) })
	resp, err := t.send(ctx, r)
	t.w.answering()
	if err == nil && resp.StatusCode < 200 && !t.switches(resp) {
		resp.Body.Close()
		err = errNoAnswer
	}
	if err != nil {
		if t.feeder.blocked() {
			return t.refuse(t.refusal())
		}
		if t.call != nil {
			if f := t.call.refusal(); f != nil {
				t.fault = f.Verdict.Reasons[0].Code
				return t.refuse(*f)
			}
		}
		t.fault = t.originFault(ctx, err)
		return t.refuse(refuse.Refusal{Verdict: policy.Refuse(t.fault), RecordID: t.recordID()})
	}
	t.answered, t.status = true, resp.StatusCode
	t.receive(resp)
	return resp
}

// recordID returns the id of the flow's record, once there is one.
func (t *transfer) recordID() string {
	if t.x.Recorded() {
		return t.x.ID()
	}
	return ""
}

var errNoAnswer = errors.New("intercept: origin sent a final status below 200")

// refuse makes a response of a refusal, for goproxy to copy.
func (t *transfer) refuse(f refuse.Refusal) *http.Response {
	c := &captured{header: http.Header{}, code: http.StatusForbidden}
	refuse.Write(c, t.asked, f)
	return &http.Response{StatusCode: c.code, ProtoMajor: 1, ProtoMinor: 1, Header: c.header,
		Body: io.NopCloser(&c.body), ContentLength: int64(c.body.Len()), Request: t.asked}
}

// captured is a small response in memory.
type captured struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (c *captured) Header() http.Header         { return c.header }
func (c *captured) WriteHeader(code int)        { c.code = code }
func (c *captured) Write(p []byte) (int, error) { return c.body.Write(p) }
