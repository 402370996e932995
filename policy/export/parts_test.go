package export_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/export"
)

// What went in parts counts as sent, under the grounds of its parts, also where
// the rest was refused; and it is no attempt that was only observed.
func TestReportsOfFlowsInParts(t *testing.T) {
	k := kinds()
	cut, first, whole := k["cut off"], k["refused with its first message"], k["windows"]
	x, err := export.NewRisk(all(cut, first, whole), export.Filter{}, nil, start)
	if err != nil {
		t.Fatal(err)
	}
	if c := x.Counts; c.Records != 3 || c.Provisions != 2 || c.CutOff != 1 || c.Refused != 1 || x.CutOff != 1 || x.Observed != 0 {
		t.Errorf("counts %+v, cut off %d, observed %d", c, x.CutOff, x.Observed)
	}
	if len(x.Outbound.Rows) != 1 {
		t.Fatalf("provisions %+v", x.Outbound.Rows)
	}
	g := x.Outbound.Rows[0]
	if g.Basis != "SC" || g.Filing != "SC-1" || g.Transfers != 2 || g.Bytes != 500 || g.NewNS != 5 || g.NewSP != 1 {
		t.Errorf("provision %+v", g)
	}
	var codes []string
	for _, s := range x.Stopped {
		codes = append(codes, s.Code)
	}
	if got := strings.Join(codes, " "); got != "BLOCKED_AFTER_RELEASE CATEGORY_NOT_COVERED OVERSIZE" {
		t.Errorf("stopped by %s", got)
	}
	for _, lang := range []string{policy.Chinese, policy.English} {
		var b bytes.Buffer
		if err := x.Write(&b, "md", lang); err != nil || !strings.Contains(b.String(), map[string]string{policy.Chinese: "部分发送后被阻断", policy.English: "cut off after a part had left"}[lang]) {
			t.Errorf("%s, %v:\n%s", lang, err, b.String())
		}
	}
}

func TestEventsOfFlowsInParts(t *testing.T) {
	r := kinds()["cut off"]
	b, err := export.OCSF(r)
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		Action      string `json:"action"`
		Disposition int    `json:"disposition_id"`
		Alert       bool   `json:"is_alert"`
		Severity    string `json:"severity"`
		Rest        struct {
			Fault string `json:"fault"`
			Parts int    `json:"parts"`
			Sent  string `json:"sent"`
		} `json:"unmapped"`
	}
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	if e.Action != "Denied" || e.Disposition != 21 || !e.Alert || e.Severity != "High" || e.Rest.Fault != "BLOCKED_AFTER_RELEASE" || e.Rest.Parts != 3 || e.Rest.Sent != "some" {
		t.Errorf("event %+v", e)
	}
	line := string(export.SyslogLine(r))
	if !strings.HasPrefix(line, "<107>1 ") || !strings.Contains(line, `fault="BLOCKED_AFTER_RELEASE"`) {
		t.Errorf("line %.200s", line)
	}
}

// What a stream let go before the gateway stopped may have left.
func TestBytesOfAStreamWithoutAnEnd(t *testing.T) {
	r := kinds()["windows"]
	r.Outcome = &policy.Outcome{Sent: policy.SentUnknown, InDoubt: true}
	if n := r.SentBytes(); n != 900 {
		t.Errorf("in doubt: %d bytes", n)
	}
	if r.Outcome = nil; r.SentBytes() != 900 {
		t.Errorf("open: %d bytes", r.SentBytes())
	}
}
