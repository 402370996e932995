package rego_test

// This file is a second reading of REGULATION.md 1.10 with the house rules
// (claims count only if they are registered; a zone's list counts only if it
// is verified and, where it asks for that, registered). It uses nothing of
// the policy: its own types, its own numbers, written from the text alone.

// The legal numbers: 以上 includes the number, 不满 leaves it out.
const (
	assessSensitive = 10_000    // art. 7(1)(2)
	assessPersons   = 1_000_000 // art. 7(1)(2)
	contractPersons = 100_000   // art. 8
	contractOne     = 1         // art. 8: one person's sensitive data
)

// The numbers of the test's zone list, and the maximum of its general list.
const (
	memberAssess   = 999_999
	memberContract = 100_000
	cardAssess     = 10_000
	cardContract   = 5_000
	generalMaximum = 100_000
)

// The numbers of the lists of which a row answers for nothing.
const (
	kindAssess     = 100_000
	strictAssess   = 100_000
	strictContract = 1_000
)

// The states of a zone's list for one transfer.
const (
	zoneNone           = "no zone"
	zoneUncovered      = "scenario not covered"
	zoneOfflist        = "off the list"
	zoneOnlist         = "on the list"
	zoneUnverifiedList = "list not verified"
	zoneUnverifiedRow  = "row not verified"
	zoneRegistration   = "list asks for registration"
	zoneExportUnknown  = "list asks for export from the zone, not known"
	zoneExportYes      = "list asks for export from the zone, it does"
	zoneOtherKind      = "cards only in a row of plain data"
	zoneStrictRow      = "row not verified beside a strict one"
	zoneGeneral        = "general list asks for registration"
)

// facts is one transfer as a lawyer would note it.
type facts struct {
	plain, sensitive bool // what the transfer carries
	ns, sp           int  // distinct persons this year, with this transfer
	ciio             string
	important        bool
	claim            string // exemption declared
	registered       bool   // the claim is registered and fits
	domestic         bool   // mainland data is in it
	zone             string
	listed           bool // use of the zone's list is registered
	held             string
	inBay            bool // exporter and recipient are in the Greater Bay Area
	asked            bool // another authority has to approve
	granted          bool // it did, and each paper says so
}

// ruling is what the reading says.
type ruling struct {
	need, action, basis string
	// codes are what the refusal must name, sorted.
	codes []string
}

func allow(basis string) ruling { return ruling{need: "none", action: "pass", basis: basis} }

func (f facts) decide() ruling {
	approved := !f.asked || f.granted
	if f.claim == "EX_TRANSIT" && f.registered && approved && !f.domestic && !f.important {
		return allow("EX_TRANSIT")
	}
	need, more := "", []string(nil)
	switch {
	case f.important:
		need = "sa_hard" // no claim and no list lowers this
	case !f.plain && !f.sensitive:
		return allow("EX_NO_PI")
	case f.registered && approved && isClaim(f.claim):
		return allow(f.claim)
	case f.ciio != "no":
		need = "sa_hard" // zone lists never apply to a CIIO
		if f.ciio == "" {
			more = append(more, "CIIO_UNKNOWN")
		}
	default:
		var basis string
		need, basis, more = f.lists()
		if basis == "" { // no list answers for all of it
			need, basis = stronger(need, f.national()), "EX_SMALL"
		}
		// Only a paper can hold an approval: here the registered use of a list.
		paper := f.zone == zoneRegistration || f.zone == zoneGeneral
		if need == "none" && (!f.asked || paper && basis != "EX_SMALL") {
			return allow(basis)
		}
	}
	if f.satisfied(need) && approved {
		return ruling{need: need, action: "pass", basis: f.held}
	}
	return ruling{need: need, action: "block", codes: append(more, f.why(need)...)}
}

func stronger(a, b string) string {
	for _, need := range []string{"sa_volume", "sc_or_cert"} {
		if a == need || b == need {
			return need
		}
	}
	return "none"
}

func isClaim(c string) bool {
	switch c {
	case "EX_CONTRACT", "EX_HR", "EX_EMERGENCY", "EX_LEGAL_DUTY", "EX_TREATY":
		return true
	}
	return false
}

// national is the need under the national rules.
func (f facts) national() string {
	switch {
	case f.sp >= assessSensitive || f.ns >= assessPersons:
		return "sa_volume"
	case f.sensitive || f.sp >= contractOne || f.ns >= contractPersons:
		return "sc_or_cert"
	}
	return "none"
}

// lists asks the lists of the exporter's zone. Without a basis they do not
// answer for all of the transfer, and need is what they ask for a part; codes
// are what a refusal that follows must say of them.
func (f facts) lists() (need, basis string, codes []string) {
	const off, below = "EX_FTZ_OFFLIST", "EX_FTZ_BELOW_LIST_THRESHOLD"
	registered := f.listed && (!f.asked || f.granted)
	switch f.zone {
	case zoneOfflist:
		return "none", off, nil
	case zoneUnverifiedList:
		return "none", "", []string{"FTZ_LIST_UNVERIFIED"}
	case zoneUnverifiedRow: // the row of plain data; that of cards is verified
		cards := f
		if cards.plain = false; f.plain {
			return cards.onList(), "", nil
		}
		return cards.onList(), below, nil
	case zoneOtherKind:
		if f.sensitive {
			return f.plainRow(kindAssess, kindAssess), "", nil
		}
		return f.plainRow(kindAssess, kindAssess), below, nil
	case zoneStrictRow: // both rows are of plain data
		if f.plain {
			return f.plainRow(strictAssess, strictContract), "", nil
		}
		return "none", off, nil
	case zoneOnlist, zoneExportYes:
		return f.onList(), below, nil
	case zoneRegistration:
		if !registered {
			return "none", "", []string{"FTZ_NOT_REGISTERED"}
		}
		return f.onList(), below, nil
	case zoneGeneral:
		if !registered {
			return "none", "", []string{"FTZ_NOT_REGISTERED"}
		}
		if f.plain && !f.sensitive && f.ns <= generalMaximum {
			return "none", "EX_FTZ_GENERAL_LIST", nil
		}
	}
	return "none", "", nil // no zone, not covered, not known to export there
}

// plainRow is what a row of plain data asks for.
func (f facts) plainRow(assess, contract int) string {
	switch {
	case f.plain && f.ns >= assess:
		return "sa_volume"
	case f.plain && f.ns >= contract:
		return "sc_or_cert"
	}
	return "none"
}

// onList is the strongest need of the rows that name data of the transfer.
func (f facts) onList() string {
	assess := f.plain && f.ns >= memberAssess || f.sensitive && f.sp >= cardAssess
	contract := f.plain && f.ns >= memberContract || f.sensitive && f.sp >= cardContract
	switch {
	case assess:
		return "sa_volume"
	case contract:
		return "sc_or_cert"
	}
	return "none"
}

// satisfied: SA satisfies any need; SC and CERT that for a contract or for none;
// the bay area's contract too, and only within the bay area.
func (f facts) satisfied(need string) bool {
	switch f.held {
	case "SA":
		return true
	case "SC", "CERT":
		return need == "sc_or_cert" || need == "none"
	case "GBA_SC":
		return (need == "sc_or_cert" || need == "none") && f.inBay
	}
	return false
}

// why are the grounds of a refusal: no paper is there, or the nearest one is too
// weak, or it lacks an approval.
func (f facts) why(need string) []string {
	if need == "none" {
		return []string{"SECTOR_APPROVAL_MISSING"} // nothing else is missing
	}
	if f.held == "" && !f.registered {
		return []string{"FILING_NOT_FOUND"}
	}
	open := f.registered && !f.important && (isClaim(f.claim) || f.claim == "EX_TRANSIT" && !f.domestic)
	var codes []string
	if f.asked && !f.granted {
		codes = append(codes, "SECTOR_APPROVAL_MISSING")
	}
	if !open && !f.satisfied(need) {
		codes = append(codes, "PATHWAY_INSUFFICIENT")
	}
	return codes
}
