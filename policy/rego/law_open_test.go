package rego_test

import "github.com/datacustoms/customs/policy"

const (
	pass  = policy.Pass
	block = policy.Block
	hold  = policy.Hold
)

// openRows are what comes before any pathway: what is governed at all, what
// may never leave, and arts. 3 and 4.
var openRows = []lawGroup{
	// Outbound is what goes to, or is read from, outside the mainland. Hong
	// Kong, Macao and Taiwan are outside.
	{"what is an export", "", []provision{
		{"to a mainland recipient", "company", "card", 0, 20_000, "to CN", none, pass, "NOT_OUTBOUND", g2},
		{"to Hong Kong", "company", "card", 0, 1, "to HK", sc, block, "FILING_NOT_FOUND", a8},
		{"to Macao", "company", "card", 0, 1, "to MO", sc, block, "FILING_NOT_FOUND", a8},
		{"to Taiwan", "company", "card", 0, 1, "to TW", sc, block, "FILING_NOT_FOUND", a8},
		{"to Singapore, a few plain persons", "company", "mobile", 3, 0, "", none, pass, "EX_SMALL", a514},
	}},
	// State secrets and core data never leave, whatever is filed or claimed.
	{"state secrets and core data", "", []provision{
		{"a state secret under an assessment", "company", "state secret", 0, 0, "SA", unk, block, "STATE_SECRET:mark.secret", n63},
		{"a state secret under a claim", "company", "state secret + card", 0, 1, "claims EX_LEGAL_DUTY; EX_LEGAL_DUTY", unk, block, "STATE_SECRET", n63},
		{"a state secret in transit", "company", "state secret", 0, 0, "claims EX_TRANSIT; EX_TRANSIT", unk, block, "STATE_SECRET", n63},
		{"a state secret to a denied recipient", "company", "state secret", 0, 0, "to a denied recipient", unk, block, "STATE_SECRET", n63},
		{"core data under an assessment", "company", "core data", 0, 0, "SA", unk, block, "CORE_DATA:geo.coordinate", d21},
		{"core data off the list of a zone", "company in zone A", "core data", 0, 0, "for retail.member", unk, block, "CORE_DATA", d21},
	}},
	// PIPL 41, 42 and DSL 36: nothing for bodies on the deny-list and foreign
	// courts and authorities, whatever is filed or claimed.
	{"PIPL 41 and 42: denied recipients", "", []provision{
		{"with an assessment", "company", "card", 0, 1, "to a denied recipient; SA", unk, block, "RECIPIENT_DENIED", p41},
		{"with a registered contract claim", "company", "card", 0, 1, "to a denied recipient; claims EX_CONTRACT; EX_CONTRACT", unk, block, "RECIPIENT_DENIED", p41},
		{"in transit", "company", "passport", 0, 1, "to a denied recipient; claims EX_TRANSIT; EX_TRANSIT", unk, block, "RECIPIENT_DENIED", p41},
		{"off the list of a zone", "company in zone A", "email", 1, 0, "to a denied recipient; for retail.member", unk, block, "RECIPIENT_DENIED", p41},
		{"a small volume", "company", "mobile", 1, 0, "to a denied recipient", unk, block, "RECIPIENT_DENIED", p41},
		{"nothing governed", "company", "nothing", 0, 0, "to a denied recipient", unk, block, "RECIPIENT_DENIED", p41},
	}},
	// Art. 3: data of trade, transport, research, manufacturing and marketing
	// without personal information and important data goes freely.
	{"art. 3", "", []provision{
		{"nothing found", "company", "nothing", 0, 0, "", none, pass, "EX_NO_PI", a3},
		{"a company's code", "company", "company code", 0, 0, "", none, pass, "EX_NO_PI", a3},
		{"coordinates that nobody notified", "company", "coordinates", 0, 0, "", none, pass, "EX_NO_PI", a3},
		{"nothing found, CIIO", "CIIO", "nothing", 0, 0, "", none, pass, "EX_NO_PI", a3},
		{"a company's code, perhaps a CIIO", "perhaps a CIIO", "company code", 0, 0, "", none, pass, "EX_NO_PI", a3},
		{"nothing found, in a zone", "company in zone A", "nothing", 0, 0, "for retail.member", none, pass, "EX_NO_PI", a3},
		{"nothing found by a large exporter", "company", "company code", 2_000_000, 20_000, "", none, pass, "EX_NO_PI", a3},
		{"a company's code beside one person", "company", "company code + mobile", 1, 0, "", none, pass, "EX_SMALL", a514},
		{"a company's code beside important data", "company", "company code + marked data", 0, 0, "", hard, block, "FILING_NOT_FOUND", a7},
	}},
	// Art. 4: personal information collected abroad, sent in for processing
	// and out again, with no domestic personal information or important data
	// added on the way.
	{"art. 4", "", []provision{
		{"passports of guests abroad", "company", "passport", 0, 1, "claims EX_TRANSIT; EX_TRANSIT", none, pass, "EX_TRANSIT", a4},
		{"any number of them", "company", "passport", 0, 1_000_000, "claims EX_TRANSIT; EX_TRANSIT", none, pass, "EX_TRANSIT", a4},
		{"plain data, a million persons", "company", "name", 1_000_000, 0, "claims EX_TRANSIT; EX_TRANSIT", none, pass, "EX_TRANSIT", a4},
		{"through a CIIO", "CIIO", "passport", 0, 1, "claims EX_TRANSIT; EX_TRANSIT", none, pass, "EX_TRANSIT", a4},
		{"a resident's number was added", "company", "passport + ID number", 0, 2, "claims EX_TRANSIT; EX_TRANSIT", sc, block, "PATHWAY_INSUFFICIENT", a8},
		{"a mainland mobile number was added", "company", "passport + mobile", 1, 2, "claims EX_TRANSIT; EX_TRANSIT", sc, block, "PATHWAY_INSUFFICIENT", a8},
		{"mainland mobile numbers alone, few", "company", "mobile", 5, 0, "claims EX_TRANSIT; EX_TRANSIT", none, pass, "EX_SMALL", a514},
		{"the operator's own members, few", "company", "member number", 5, 0, "claims EX_TRANSIT; EX_TRANSIT", none, pass, "EX_SMALL", a514},
		{"a resident's number was added, contract held", "company", "passport + ID number", 0, 2, "claims EX_TRANSIT; EX_TRANSIT; SC", sc, pass, "FILING_COVERS", a8},
		{"important data was added", "company", "passport + marked data", 0, 1, "claims EX_TRANSIT; EX_TRANSIT", hard, block, "CATEGORY_NOT_COVERED:mark.important PATHWAY_INSUFFICIENT", n38},
		{"claimed and not registered", "company", "passport", 0, 1, "claims EX_TRANSIT", sc, block, "FILING_NOT_FOUND", a8},
		{"registered and not claimed", "company", "passport", 0, 1, "EX_TRANSIT", sc, block, "FILING_NOT_FOUND", a8},
		{"registration expired", "company", "passport", 0, 1, "claims EX_TRANSIT; EX_TRANSIT expired", sc, block, "FILING_EXPIRED", n38},
		{"registered for another recipient", "company", "passport", 0, 1, "claims EX_TRANSIT; EX_TRANSIT for another recipient", sc, block, "RECIPIENT_MISMATCH", n38},
		{"another claim is registered", "company", "passport", 0, 1, "claims EX_TRANSIT; EX_HR", sc, block, "FILING_NOT_FOUND", a8},
	}},
}
