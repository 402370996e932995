package rego_test

// partRows are lists that have no answer for all of a transfer: their rows are
// about other data, or nobody compared them with their text, or two
// registrations stand in each other's way. The national rules apply, and what
// the lists ask for a part of the transfer is asked besides (art. 6, read so
// that no list of a zone is ever milder than it says).
var partRows = []lawGroup{
	// In zone K a row of plain data names cards. Its numbers count persons
	// without sensitive data, so any number of cards would pass.
	{"art. 6, a row of plain data", "", []provision{
		{"plain data", "company in zone K", "mobile", 99_999, 0, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"plain data from the number of the row", "company in zone K", "mobile", 100_000, 0, "for retail.member; SC", vol, block, "PATHWAY_INSUFFICIENT:list.CN-TEST-LIST-K.plain.100000", a7v},
		{"one card", "company in zone K", "card", 0, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"20,000 cards", "company in zone K", "card", 0, 20_000, "for retail.member; SC", vol, block, "PATHWAY_INSUFFICIENT:national.sp.10000", a7v},
		{"one card under a contract", "company in zone K", "card", 0, 1, "for retail.member; SC", sc, pass, "FILING_COVERS", a8},
		{"a child's number", "company in zone K", "child's mobile", 0, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"20,000 children's numbers", "company in zone K", "child's mobile", 0, 20_000, "for retail.member", vol, block, "FILING_NOT_FOUND", a7v},
		{"off the list, a child's data", "company in zone K", "health record", 0, 20_000, "for retail.member", none, pass, "EX_FTZ_OFFLIST", a6},
		{"a card and plain data from the number of the row", "company in zone K", "mobile + card", 100_000, 1, "for retail.member; SC", vol, block, "PATHWAY_INSUFFICIENT:list.CN-TEST-LIST-K.plain.100000", a7v},
		{"a card and plain data below it", "company in zone K", "mobile + card", 99_999, 1, "for retail.member; SC", sc, pass, "FILING_COVERS", a8},
		{"a general list, plain data", "company in zone F", "mobile", 2_000_000, 0, "for retail.member", none, pass, "EX_FTZ_GENERAL_LIST", a6},
		{"a general list, a child's number", "company in zone F", "child's mobile", 0, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"a general list, a child's number among plain names", "company in zone F", "child's mobile + name", 5, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
	}},
	// In zone B mobile numbers are in a row of each kind, plates in one of
	// sensitive data, which they are not.
	{"art. 6, a row of sensitive data", "", []provision{
		{"4,999 children's numbers", "company in zone B", "child's mobile", 0, 4_999, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"5,000 children's numbers", "company in zone B", "child's mobile", 0, 5_000, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"children only, after many others", "company in zone B", "child's mobile", 100_000, 1, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"a child among 100,000 adults", "company in zone B", "mobile + child's mobile", 100_000, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"a child among 99,999 adults", "company in zone B", "mobile + child's mobile", 99_999, 1, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"adults only, after many cards", "company in zone B", "mobile", 5, 20_000, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"plates, which are not sensitive", "company in zone B", "plate", 100_000, 0, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"a few plates", "company in zone B", "plate", 5, 0, "for retail.member", none, pass, "EX_SMALL", a514},
	}},
	{"art. 6, sensitive data of a class that is not told", "", []provision{
		{"listed data", "company in zone A", "mobile", 5, 1, "for retail.member; and a dim card", sc, block, "FILING_NOT_FOUND", a8},
		{"data off the list", "company in zone A", "email", 5, 1, "for retail.member; and a dim card", sc, block, "FILING_NOT_FOUND", a8},
		{"a general list", "company in zone F", "mobile", 5, 1, "for retail.member; and a dim card", sc, block, "FILING_NOT_FOUND", a8},
		{"beside a class that is told", "company in zone A", "mobile + card", 5, 1, "for retail.member; and a dim card", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
	}},
	// In zone S a row for the same data is not verified. The verified one asks
	// for more than the country does.
	{"art. 6, a list in doubt is no milder", "", []provision{
		{"999 persons", "company in zone S", "mobile", 999, 0, "for retail.member", none, pass, "EX_SMALL", a514},
		{"1,000 persons", "company in zone S", "mobile", 1_000, 0, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"1,000 persons under a contract", "company in zone S", "mobile", 1_000, 0, "for retail.member; SC", sc, pass, "FILING_COVERS", a8},
		{"100,000 persons under a contract", "company in zone S", "mobile", 100_000, 0, "for retail.member; SC", vol, block, "PATHWAY_INSUFFICIENT:list.CN-TEST-LIST-S.strict.100000", a7v},
		{"100,000 persons under an assessment", "company in zone S", "mobile", 100_000, 0, "for retail.member; SA", vol, pass, "FILING_COVERS", a7},
		{"a card besides", "company in zone S", "mobile + card", 5, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"data of neither row", "company in zone S", "card", 0, 20_000, "for retail.member", none, pass, "EX_FTZ_OFFLIST", a6},
		{"another scenario", "company in zone S", "mobile", 1_000, 0, "for hr.group", none, pass, "EX_SMALL", a514},
	}},
	// In zone P two lists rule the scenario, each once its use is registered.
	// A flow counts under one paper alone.
	{"art. 6, two registrations", "", []provision{
		{"without limits of their own", "company in zone P", "name", 5, 0, "for retail.member; list CN-TEST-LIST-P1; list CN-TEST-LIST-P2", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"one with limits", "company in zone P", "name", 999, 0, "for retail.member; list CN-TEST-LIST-P1; list CN-TEST-LIST-P2 limited", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"both with limits, few persons", "company in zone P", "name", 999, 0, "for retail.member; list CN-TEST-LIST-P1 limited; list CN-TEST-LIST-P2 limited", none, pass, "EX_SMALL", a514},
		{"both with limits, more than a list lets go", "company in zone P", "name", 1_000, 0, "for retail.member; list CN-TEST-LIST-P1 limited; list CN-TEST-LIST-P2 limited", sc, block, "FILING_NOT_FOUND", a8},
		{"both with limits, off both lists", "company in zone P", "card", 0, 1, "for retail.member; list CN-TEST-LIST-P1 limited; list CN-TEST-LIST-P2 limited", sc, block, "FILING_NOT_FOUND", a8},
		{"of the one list", "company in zone P", "name", 5, 0, "for retail.member; list CN-TEST-LIST-P1 limited", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"of the other list", "company in zone P", "name", 2_000, 0, "for retail.member; list CN-TEST-LIST-P2 limited", none, pass, "EX_FTZ_OFFLIST", a6},
	}},
	// What needs no pathway and the approval of another authority (HGR
	// Regulation 28) goes under any filing that holds the approval and fits.
	{"another authority, no pathway needed", "", []provision{
		{"a small volume under a contract with it", "company", "mobile", 5, 0, "for test.genes; SC with hgr", none, pass, "FILING_COVERS", a8},
		{"a small volume under an assessment with it", "company", "mobile", 5, 0, "for test.genes; SA with hgr", none, pass, "FILING_COVERS", a7},
		{"a small volume under a contract without it", "company", "mobile", 5, 0, "for test.genes; SC", none, block, "SECTOR_APPROVAL_MISSING:hgr", h28},
		{"a small volume under a contract with another", "company", "mobile", 5, 0, "for test.genes; SC with geo", none, block, "SECTOR_APPROVAL_MISSING:hgr", h28},
		{"a small volume of data that the contract does not cover", "company", "email", 5, 0, "for test.genes; SC with hgr", none, block, "SECTOR_APPROVAL_MISSING:hgr", h28},
		{"a contract of the bay area with it, used outside", "company", "mobile", 5, 0, "for test.genes; GBA_SC with hgr", none, block, "SECTOR_APPROVAL_MISSING:hgr", h28},
		{"a contract of the bay area with it", "Shenzhen company", "mobile", 5, 0, "to HK; for test.genes; GBA_SC with hgr", none, pass, "FILING_COVERS", gba},
		{"below a zone's list under a certificate with it", "company in zone W", "card", 0, 1, "for test.genes; CERT with hgr", none, pass, "FILING_COVERS", a8},
		{"off a zone's list under an assessment with it", "company in zone W", "health record", 0, 20_000, "for test.genes; SA with hgr", none, pass, "FILING_COVERS", a7},
		{"a registration of no list here with it", "company", "mobile", 5, 0, "for test.genes; list CN-TEST-LIST-A with hgr", none, block, "SECTOR_APPROVAL_MISSING:hgr", h28},
	}},
}
