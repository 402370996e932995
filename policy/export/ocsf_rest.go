package export

import (
	"strings"

	"github.com/datacustoms/customs/policy"
)

// ocsfRest is what OCSF has no attribute for.
type ocsfRest struct {
	Record    string       `json:"record"`
	First     uint64       `json:"first_seq"`
	Last      uint64       `json:"last_seq"`
	Complete  bool         `json:"complete"`
	Mode      string       `json:"mode,omitempty"`
	Judged    string       `json:"judged,omitempty"`
	Direction string       `json:"direction,omitempty"`
	Protocol  string       `json:"protocol,omitempty"`
	Exporter  string       `json:"exporter,omitempty"`
	Recipient string       `json:"recipient,omitempty"`
	Decided   string       `json:"decided"`
	Enforced  string       `json:"enforced"`
	Reasons   []string     `json:"reasons"`
	Basis     string       `json:"basis,omitempty"`
	Filing    string       `json:"filing,omitempty"` // with its revision, as ID#2
	Classes   []ocsfFound  `json:"classes"`
	Persons   ocsfPersons  `json:"persons"`
	Coverage  ocsfCoverage `json:"coverage"`
	Sent      string       `json:"sent,omitempty"`
	Bytes     int64        `json:"sent_bytes"`
	Fault     string       `json:"fault,omitempty"`
	Parts     int64        `json:"parts,omitempty"` // windows or messages that left
	Duration  int64        `json:"duration_ms"`
	Pack      string       `json:"pack,omitempty"`
	Profile   string       `json:"profile,omitempty"`
}

type ocsfFound struct {
	Class  string `json:"class"`
	Level  string `json:"level"`
	Low    int64  `json:"low"`
	Medium int64  `json:"medium"`
	High   int64  `json:"high"`
}

type ocsfPersons struct {
	Total  int `json:"total"`
	NS     int `json:"ns"`
	SP     int `json:"sp"`
	Minors int `json:"minors"`
}

type ocsfCoverage struct {
	State   string `json:"state"`
	Seen    int64  `json:"seen"`
	Scanned int64  `json:"scanned"`
	Skipped int64  `json:"skipped"`
}

func ocsfUnmapped(r *policy.Record) ocsfRest {
	in, v := &r.Intent, r.Verdict()
	rest := ocsfRest{Record: clean(r.ID, 64), First: r.First, Last: r.Last, Complete: r.Complete,
		Mode: clean(in.Mode, 16), Judged: clean(in.Judged, 16), Direction: clean(string(in.Direction), 32),
		Protocol: clean(in.Protocol, 32), Exporter: clean(in.Exporter, 64), Recipient: clean(in.Recipient, 128),
		Decided: v.Action.String(), Enforced: in.Enforced.String(), Reasons: []string{},
		Basis: clean(v.Basis, 64), Filing: filingRevision(v), Classes: []ocsfFound{},
		Persons:  ocsfPersons{in.Persons.Total, in.Persons.NS, in.Persons.SP, in.Persons.Minors},
		Coverage: ocsfCoverage{coverageState(r), in.Coverage.Seen, in.Coverage.Scanned, in.Coverage.Skipped},
		Bytes:    r.SentBytes(), Pack: clean(in.Pack.ID, 64), Profile: clean(in.Profile, 64)}
	for _, c := range codes(v) {
		rest.Reasons = append(rest.Reasons, clean(c, 256))
	}
	for _, c := range in.Classes {
		rest.Classes = append(rest.Classes, ocsfFound{clean(string(c.Class), 128), c.Level.String(), c.Low, c.Medium, c.High})
	}
	if r.Outcome != nil {
		rest.Sent, rest.Duration = clean(string(r.Outcome.Sent), 16), r.Outcome.DurationMS
		rest.Fault = clean(string(r.Outcome.Fault), 64)
	}
	if r.Groups != nil {
		rest.Parts = r.Groups.Parts
	}
	return rest
}

// ocsfFinding names the finding by its record: there is one a flow.
func ocsfFinding(r *policy.Record) *ocsfInfo {
	info := &ocsfInfo{UID: clean(r.ID, 64), Types: []string{}}
	for _, c := range found(r) {
		info.Types = append(info.Types, clean(string(c.Class), 128))
	}
	info.Title = "outbound transfer with " + clean(strings.Join(info.Types, ", "), 512)
	return info
}

// ocsfData says that a gateway saw the data on its way.
func ocsfData(r *policy.Record) *ocsfDLP {
	v := r.Verdict()
	d := &ocsfDLP{LifecycleID: 2, Lifecycle: "Data in-Transit", SystemID: 2, System: "DLP Gateway", Pattern: clean(r.Intent.Rules, 128)}
	d.CategoryID, d.Category = ocsfCategory(r)
	for _, c := range found(r) {
		d.Total += c.Medium + c.High
	}
	if digest := clean(r.Intent.Policy, 128); digest != "" {
		d.Policy = &ocsfPolicy{Name: "customs", UID: digest, Version: clean(r.Intent.Pack.ID, 64)}
	}
	if v.Filing != "" && d.Policy != nil {
		d.Policy.Name = "filing " + filingRevision(v)
	}
	return d
}

// ocsfCategory is the classification that all findings have, or Other.
func ocsfCategory(r *policy.Record) (int, string) {
	ids := map[int]bool{}
	for _, c := range found(r) {
		switch class := string(c.Class); {
		case strings.HasPrefix(class, "pi.finance."):
			ids[3] = true
		case strings.HasPrefix(class, "pi."), class == "vehicle.plate", class == "vehicle.vin":
			ids[1] = true
		case class == "mark.secret":
			ids[2] = true
		case class == "secret.key":
			ids[6] = true
		case strings.HasPrefix(class, "org."), class == "trade.document", class == "mark.internal":
			ids[4] = true
		default:
			ids[99] = true
		}
	}
	if len(ids) != 1 {
		return 99, ocsfDataCategories[99]
	}
	for id := range ids {
		return id, ocsfDataCategories[id]
	}
	return 0, ocsfDataCategories[0]
}

var ocsfDataCategories = map[int]string{0: "Unknown", 1: "Personal", 2: "Governmental", 3: "Financial", 4: "Business", 6: "Security", 99: "Other"}
