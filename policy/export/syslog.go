package export

import (
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy"
)

const (
	// syslogFacility is "log audit" of RFC 5424, table 1.
	syslogFacility = 13
	// syslogID names the structured data. Its number is the one that RFC 5612
	// sets aside for examples: the project has none of its own.
	syslogID = "record@32473"
	// syslogParam bounds one value.
	syslogParam = 512
)

// SyslogLine is a record as one message of RFC 5424, without a frame or line
// end: what one filters by stands in the structured data, and the message is
// the record itself, as JSON gives it.
func SyslogLine(r policy.Record) []byte {
	var b strings.Builder
	b.WriteString("<" + strconv.Itoa(syslogFacility*8+syslogSeverity(&r)) + ">1 ")
	b.WriteString(r.Time.UTC().Format("2006-01-02T15:04:05.000000Z07:00"))
	b.WriteString(" " + syslogName(r.Node, 255) + " customs - record [" + syslogID)
	for _, p := range syslogParams(&r) {
		if p[1] == "" {
			continue
		}
		b.WriteString(" " + p[0] + `="` + syslogEscaper.Replace(clean(p[1], syslogParam)) + `"`)
	}
	b.WriteString("] ")
	b.Write(JSON(r))
	return []byte(b.String())
}

// syslogParams are the names and values of the structured data. The sums that
// a receiver compares with are always there.
func syslogParams(r *policy.Record) [][2]string {
	in, v := &r.Intent, r.Verdict()
	sent, fault := "", ""
	if r.Outcome != nil {
		sent, fault = string(r.Outcome.Sent), string(r.Outcome.Fault)
	}
	var classes []string
	for _, c := range found(r) {
		classes = append(classes, string(c.Class))
	}
	revision := ""
	if v.Filing != "" {
		revision = strconv.Itoa(v.Revision)
	}
	return [][2]string{
		{"id", r.ID}, {"seq", strconv.FormatUint(r.First, 10)}, {"last", strconv.FormatUint(r.Last, 10)},
		{"action", in.Enforced.String()}, {"decided", v.Action.String()}, {"reasons", strings.Join(codes(v), ",")},
		{"mode", in.Mode}, {"exporter", in.Exporter}, {"recipient", in.Recipient}, {"country", in.Place.Country},
		{"host", in.Host}, {"basis", v.Basis}, {"filing", v.Filing}, {"revision", revision},
		{"classes", strings.Join(classes, ",")}, {"persons", strconv.Itoa(in.Persons.Total)},
		{"ns", strconv.Itoa(in.Persons.NS)}, {"sp", strconv.Itoa(in.Persons.SP)},
		{"coverage", coverageOf(r)}, {"sent", sent}, {"bytes", strconv.FormatInt(r.SentBytes(), 10)}, {"fault", fault},
	}
}

// syslogSeverity is that of RFC 5424: critical where a person is called at
// once, warning for what was refused, notice for what waits for a reviewer or
// went unread or would have been refused, else informational.
func syslogSeverity(r *policy.Record) int {
	v, enforced := r.Verdict(), r.Intent.Enforced
	switch {
	case v.Escalate:
		return 2
	case r.CutOff():
		return 3
	case enforced == policy.Hold, enforced == policy.PassUnread, enforced.Releases() && !v.Action.Releases():
		return 5
	case !enforced.Releases():
		return 4
	}
	return 6
}

// syslogName is a header field: printable US-ASCII without spaces.
func syslogName(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return '_'
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), most)]
}

// syslogEscaper escapes the three characters that end a value.
var syslogEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`)
