package proxy

import "github.com/datacustoms/customs/policy"

// withheld stands in a record for a name in which the scanner found data.
const withheld = "withheld"

// describe fills the intent from what is known. Persons, counters and the
// question were filled where they came to be known.
func (x *Exchange) describe() {
	f, s, in := &x.flow, x.flow.Session, &x.intent
	in.Mode, in.Judged = x.g.o.Mode.String(), "whole"
	switch {
	case x.stream != nil:
		in.Judged = x.stream.how
	case x.step == Unread:
		in.Judged = "unread"
	case x.scan == nil && x.gate == nil && in.Mode == Enforce.String():
		in.Judged = "head"
	}
	in.Session, in.Door = s.ID, s.Door
	in.Client = x.g.o.Pseudonym(f.Time, "client", s.Client.Addr().String())
	if s.User != "" {
		in.User = x.g.o.Pseudonym(f.Time, "user", s.User)
	}
	in.Exporter = s.Exporter.USCC
	in.Direction, in.Protocol, in.Scheme, in.Method = f.Direction, f.Protocol, f.Scheme, f.Method
	in.Host, in.Port, in.SNI = f.Destination.Host, f.Destination.Port, s.SNI
	if x.private {
		in.Host = withheld
		if in.SNI != "" {
			in.SNI = withheld
		}
	}
	if f.Destination.Addr.IsValid() {
		in.Address = f.Destination.Addr.String()
	}
	in.Place, in.Recipient, in.Declared = f.Destination.Place, f.Destination.Recipient, f.Declared
	in.Classes = in.Classes[:0]
	for _, t := range x.report.Tallies {
		in.Classes = append(in.Classes, policy.ClassCount{Class: t.Class, Level: t.Level, Low: t.Low, Medium: t.Medium, High: t.High})
	}
	in.Coverage, in.Mismatches = x.report.Coverage, policy.TellMismatches(x.report.Mismatches)
	in.Decided, in.Enforced, in.Policy = x.verdict, x.verdict.Action, x.verdict.Policy
	if x.rules != nil {
		in.Pack, in.Profile = x.rules.Pack, x.rules.Profile
	}
	in.Rules, in.Build = x.g.o.Inspector.Digest(), x.g.o.Build
	if x.stream.leaving() { // these are of the beginning
		return
	}
	in.Reservation = nil
	if x.held.ID != "" {
		held := x.held
		in.Reservation = &held
	}
	in.ReadMicros, in.JudgeMicros = x.read.Sub(x.began).Microseconds(), x.g.o.Now().Sub(x.read).Microseconds()
}
