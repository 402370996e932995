package export_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/export"
)

const (
	motors = "91310115MA1K3ABC99"
	retail = "91330100799655058B"
)

var start = time.Date(2026, 3, 1, 0, 0, 0, 0, policy.Shanghai)

// sample is a plausible record of a released flow.
func sample(id string) policy.Record {
	q, err := (&policy.Question{Stage: policy.StagePart, Date: "2026-03-01", Direction: policy.Push, Protocol: "h2",
		Destination: policy.AskedPlace{Place: policy.Place{Country: "SG", Source: "filing"}, Overseas: true, Recipient: "crm-sg"},
		Exporter:    policy.Exporter{USCC: motors, CIIO: policy.No}, Found: []policy.Found{}, Candidates: []policy.Candidate{}, Brackets: []policy.Bracket{},
		Pack: policy.PackID{ID: "cn-2024", Digest: digest}, Profile: "strict"}).Canonical()
	if err != nil {
		panic(err)
	}
	return policy.Record{Schema: policy.RecordSchema, ID: id, First: 7, Last: 9, Node: "node-1", Time: start, Complete: true,
		Intent: policy.Intent{Mode: "enforce", Judged: "whole", Session: "s1", Door: "explicit", Client: "c-0011223344556677", User: "u-0011223344556677",
			Exporter: motors, Direction: policy.Push, Protocol: "h2", Scheme: "https", Method: "POST", Host: "crm.example.sg", Port: 443, SNI: "crm.example.sg",
			Address: "192.0.2.7", Place: policy.Place{Country: "SG", Source: "filing"}, Recipient: "crm-sg",
			Declared: policy.Declared{Link: "crm", Purpose: "retail.member", Source: "filing"},
			Classes:  []policy.ClassCount{{Class: "pi.contact.mobile", High: 3}, {Class: "pi.name", Low: 2}},
			Persons:  policy.PersonCount{Total: 3, NS: 3}, Coverage: inspect.Coverage{State: inspect.Full, Seen: 300, Decoded: 300, Scanned: 300},
			Decided: policy.Verdict{Action: policy.Pass, Reasons: []policy.Reason{{Code: policy.FilingCovers, Filing: "SC-1"}}, Final: true,
				Need: policy.NeedSCOrCert, Basis: "SC", Filing: "SC-1", Revision: 2, Policy: digest},
			Enforced: policy.Pass, Pack: policy.PackID{ID: "cn-2024", Digest: digest}, Profile: "strict", Rules: digest, Policy: digest, Question: q,
			Counters:    []policy.Counter{{Limit: "national.ns.100000", Kind: policy.CountNS, Before: 10, After: 13, Max: 100_000}},
			Reservation: &policy.Reservation{ID: "r1", Commitment: digest, NewNS: 2}, Clock: "synced", JudgeMicros: 500, ReadMicros: 900, Build: "test"},
		Outcome: &policy.Outcome{Sent: policy.SentAll, Bytes: 250, Received: 9, Status: 200, Attempts: 1, DurationMS: 3}}
}

const digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// kinds are records of every kind there is.
func kinds() map[string]policy.Record {
	out := map[string]policy.Record{}
	put := func(name string, change func(*policy.Record)) {
		r := sample(fmt.Sprintf("id%02d", len(out)))
		change(&r)
		out[name] = r
	}
	refuse := func(r *policy.Record, a policy.Action, codes ...policy.Code) {
		r.Intent.Decided = policy.Refuse(codes...)
		r.Intent.Decided.Action, r.Intent.Enforced, r.Outcome, r.Intent.Reservation = a, a, nil, nil
	}
	put("pass", func(*policy.Record) {})
	put("pass with nothing found", func(r *policy.Record) { r.Intent.Classes, r.Intent.Persons = nil, policy.PersonCount{} })
	put("block", func(r *policy.Record) { refuse(r, policy.Block, policy.FilingNotFound) })
	put("block of a secret", func(r *policy.Record) {
		refuse(r, policy.Block, policy.StateSecret)
		r.Intent.Decided.Escalate = true
		r.Intent.Classes = []policy.ClassCount{{Class: "mark.secret", Level: inspect.Core, High: 1}}
	})
	put("block by the wire", func(r *policy.Record) {
		refuse(r, policy.Block, policy.DialRefused)
		r.Intent.Classes, r.Intent.Stopped, r.Intent.Place, r.Intent.Address = nil, policy.DialRefused, policy.Place{}, ""
	})
	put("hold", func(r *policy.Record) {
		refuse(r, policy.Hold, policy.HeldForReview)
		r.Intent.Ticket, r.Intent.Split = "t-0011223344556677", policy.Split{Set: "x", Pieces: 2, Evidence: []policy.SplitEvidence{policy.SplitCut}, Over: []string{"time"}}
		r.Intent.Evidence = &policy.EvidenceRef{Digest: digest, Samples: 1}
	})
	put("redact", func(r *policy.Record) { refuse(r, policy.Redact, policy.RedactionOrdered) })
	put("unread", func(r *policy.Record) {
		in := &r.Intent
		in.Judged, in.Enforced, in.Decided = "unread", policy.PassUnread, policy.Verdict{Action: policy.PassUnread, Final: true, Basis: "NOT_OUTBOUND",
			Reasons: []policy.Reason{{Code: policy.NotOutbound}}}
		in.Classes, in.Persons, in.Protocol, in.Scheme, in.Method, in.Recipient = nil, policy.PersonCount{}, "tcp", "", "", ""
		in.Place, in.Coverage, in.Places = policy.Place{Country: "CN", Source: "table"}, inspect.Coverage{}, digest
		r.Outcome.Status = 0
	})
	put("observed", func(r *policy.Record) {
		r.Intent.Mode, r.Intent.Decided = "observe", policy.Refuse(policy.FilingNotFound)
	})
	put("in doubt", func(r *policy.Record) { r.Outcome = &policy.Outcome{Sent: policy.SentUnknown, InDoubt: true} })
	put("open", func(r *policy.Record) { r.Outcome, r.Complete = nil, false })
	put("windows", func(r *policy.Record) {
		r.Groups = &policy.Group{Parts: 3, Bytes: 900, Verdict: r.Intent.Decided, Question: r.Intent.Question, Reservation: &policy.Reservation{NewNS: 1}}
		r.Intent.Judged = "window"
	})
	put("cut off", func(r *policy.Record) {
		r.Groups = &policy.Group{Parts: 3, Bytes: 250, Verdict: r.Intent.Decided, Reservation: &policy.Reservation{ID: "r2", Commitment: digest, NewSP: 1}}
		r.Intent.Judged, r.Intent.Decided = "window", policy.Refuse(policy.AfterRelease, policy.Oversize, policy.CategoryNotCovered)
		r.Outcome.Sent, r.Outcome.Fault, r.Outcome.Status = policy.SentSome, policy.AfterRelease, 0
	})
	put("refused with its first message", func(r *policy.Record) {
		r.Intent.Judged, r.Intent.Decided = "message", policy.Refuse(policy.AfterRelease, policy.CategoryNotCovered)
		r.Outcome.Sent, r.Outcome.Fault, r.Outcome.Bytes, r.Intent.Reservation = policy.SentSome, policy.AfterRelease, 0, nil
	})
	put("an origin that showed itself", func(r *policy.Record) {
		r.Outcome.Origin = &policy.Origin{Certificate: digest, Version: "TLS 1.3", ALPN: "h2", Revocation: "good", Identity: "bank"}
	})
	put("partial", func(r *policy.Record) {
		r.Intent.Coverage = inspect.Coverage{State: inspect.Partial, Seen: 10, Scanned: 4, Skipped: 6, Gaps: []inspect.Gap{{Reason: inspect.GapEncrypted, Bytes: 6}}}
		r.Intent.Mismatches = []inspect.Mismatch{{Path: []string{"zip#3"}, Said: "image/png", Found: "zip"}}
	})
	put("another method", func(r *policy.Record) { r.Intent.Method, r.Intent.Classes = "PROPFIND", nil })
	return out
}

// all gives records to a report.
func all(records ...policy.Record) export.Each {
	return func(fn func(policy.Record) error) error {
		for _, r := range records {
			if err := fn(r); err != nil {
				return err
			}
		}
		return nil
	}
}

// many are random records of all kinds, the same for the same seed.
func many(n int, seed uint64) []policy.Record {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var names []string
	base := kinds()
	for name := range base {
		names = append(names, name)
	}
	sortStrings(names)
	out := make([]policy.Record, n)
	for i := range out {
		var r policy.Record
		b, err := json.Marshal(base[names[rnd.IntN(len(names))]])
		if err == nil {
			err = json.Unmarshal(b, &r)
		}
		if err != nil {
			panic(err)
		}
		r.ID, r.First, r.Time = fmt.Sprintf("r%05d", i), uint64(i+1), start.Add(time.Duration(i)*time.Hour)
		r.Intent.Exporter = []string{motors, retail}[rnd.IntN(2)]
		r.Intent.Recipient = []string{"crm-sg", "hr-de", ""}[rnd.IntN(3)]
		r.Intent.Persons.NS = rnd.IntN(9)
		if r.Outcome != nil {
			r.Outcome.Bytes = int64(rnd.IntN(10_000))
		}
		out[i] = r
	}
	return out
}
