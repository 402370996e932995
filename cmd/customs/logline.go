package main

import (
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// The fields of the canonical line. One line a flow is all that is logged of
// it, and it is built from the Record alone, which has no scanned value.
const (
	fieldRecord    = "record"
	fieldAction    = "action"
	fieldDecided   = "decided"
	fieldReasons   = "reasons"
	fieldMode      = "mode"
	fieldExporter  = "exporter"
	fieldClient    = "client"
	fieldHost      = "host"
	fieldAddress   = "address"
	fieldCountry   = "country"
	fieldRecipient = "recipient"
	fieldMethod    = "method"
	fieldProtocol  = "protocol"
	fieldPersons   = "persons"
	fieldClasses   = "classes"
	fieldCoverage  = "coverage"
	fieldSeen      = "seen_bytes"
	fieldDecoded   = "decoded_bytes"
	fieldScanned   = "scanned_bytes"
	fieldSkipped   = "skipped_bytes"
	fieldMismatch  = "mismatches"
	fieldBasis     = "basis"
	fieldFiling    = "filing"
	fieldSent      = "sent_bytes"
	fieldReceived  = "received_bytes"
	fieldStatus    = "origin_status"
	fieldFault     = "fault"
	fieldMillis    = "ms"
)

// flowLog writes the canonical line of each flow.
type flowLog struct {
	log *zap.Logger
	// client turns what a record says of a client into a pseudonym: in clear
	// it may stand in the record alone.
	client func(at time.Time, recorded string) string
}

func newFlowLog(log *zap.Logger, cfg *config.Config, keys *keyRing) flowLog {
	l := flowLog{log, func(_ time.Time, recorded string) string { return recorded }}
	if cfg.Audit.Clients == "clear" {
		pseudonym := keys.pseudonym(false)
		l.client = func(at time.Time, recorded string) string { return pseudonym(at, "client", recorded) }
	}
	return l
}

var _ proxy.Observer = flowLog{}

// Closed implements proxy.Observer.
func (l flowLog) Closed(r *policy.Record) {
	in := &r.Intent
	fields := []zap.Field{
		zap.String(fieldRecord, r.ID), zap.Stringer(fieldAction, in.Enforced),
		zap.Strings(fieldReasons, codes(&in.Decided)), zap.String(fieldMode, in.Mode),
		zap.String(fieldExporter, in.Exporter), zap.String(fieldClient, l.client(r.Time, in.Client)),
		zap.String(fieldHost, in.Host), zap.String(fieldAddress, in.Address),
		zap.String(fieldCountry, in.Place.Country), zap.String(fieldRecipient, in.Recipient),
		zap.String(fieldMethod, in.Method), zap.String(fieldProtocol, in.Protocol),
		zap.Int(fieldPersons, in.Persons.Total), zap.Array(fieldClasses, classCounts(in.Classes)),
		zap.String(fieldCoverage, coverageText(in)), zap.String(fieldBasis, in.Decided.Basis),
		zap.String(fieldFiling, in.Decided.Filing), zap.Int64(fieldSent, r.SentBytes()),
	}
	if in.Decided.Action != in.Enforced {
		fields = append(fields, zap.Stringer(fieldDecided, in.Decided.Action))
	}
	if c := &in.Coverage; in.Judged != judgedUnread {
		fields = append(fields, zap.Int64(fieldSeen, c.Seen), zap.Int64(fieldDecoded, c.Decoded),
			zap.Int64(fieldScanned, c.Scanned), zap.Int64(fieldSkipped, c.Skipped))
	}
	if len(in.Mismatches) > 0 {
		fields = append(fields, zap.Strings(fieldMismatch, mismatchTexts(in.Mismatches)))
	}
	if out := r.Outcome; out != nil {
		fields = append(fields, zap.Int64(fieldReceived, out.Received), zap.Int(fieldStatus, out.Status),
			zap.String(fieldFault, string(out.Fault)), zap.Int64(fieldMillis, out.DurationMS))
	}
	l.log.Info("flow", fields...)
}

// Event implements proxy.Observer. Events that need a person are warnings.
func (l flowLog) Event(e proxy.Event) {
	switch e {
	case proxy.EventAfterRelease:
		l.log.Error("event", zap.String("event", string(e)), zap.String("mend", "see customs audit list --reason "+string(policy.AfterRelease)))
	case proxy.EventPanic, proxy.EventUnsettled, proxy.EventUnjoined:
		l.log.Warn("event", zap.String("event", string(e)))
	case proxy.EventHandshakeFailed:
		l.log.Info("event", zap.String("event", string(e)),
			zap.String("mend", "a client that does not trust the CA, or pins another: customs ca export --hints"))
	default:
		l.log.Debug("event", zap.String("event", string(e)))
	}
}

// judgedUnread is a record's word for a flow whose content was passed unread.
const judgedUnread = "unread"

// coverageText is the coverage with the reasons for its gaps, as
// "partial:limit_ratio,unknown_format". The head of a flow that passed unread
// was read, but that says nothing of its content.
func coverageText(in *policy.Intent) string {
	if in.Judged == judgedUnread {
		return judgedUnread
	}
	return policy.AskCoverage(in.Coverage).String()
}

func mismatchTexts(list []inspect.Mismatch) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.Said+" is "+m.Found)
	}
	return out
}

func codes(v *policy.Verdict) []string {
	out := make([]string, 0, len(v.Reasons))
	for _, r := range v.Reasons {
		out = append(out, r.String())
	}
	return out
}

type classCounts []policy.ClassCount

// MarshalLogArray implements zapcore.ArrayMarshaler.
func (c classCounts) MarshalLogArray(enc zapcore.ArrayEncoder) error {
	for _, k := range c {
		if n := k.Medium + k.High; n > 0 {
			enc.AppendString(string(k.Class))
		}
	}
	return nil
}
