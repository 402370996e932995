package rego_test

// exemptRows are art. 5 with NDSR 35(6) and 36. A claim removes the pathway
// only if it is registered for this exporter, recipient and data; none covers
// important data (art. 5 para. 2); items 1 to 3 are open to a CIIO.
var exemptRows = []lawGroup{
	// Art. 5(1)(1): necessary to conclude or perform a contract to which the
	// person is a party.
	{"art. 5(1)(1)", "", []provision{
		{"a traveller's card", "company", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT", none, pass, "EX_CONTRACT", a511},
		{"ten thousand cards", "company", "card", 0, 10_000, "claims EX_CONTRACT; EX_CONTRACT", none, pass, "EX_CONTRACT", a511},
		{"a million mobile numbers", "company", "mobile", 1_000_000, 0, "claims EX_CONTRACT; EX_CONTRACT", none, pass, "EX_CONTRACT", a511},
		{"a few persons: the claim goes first", "company", "mobile", 3, 0, "claims EX_CONTRACT; EX_CONTRACT", none, pass, "EX_CONTRACT", a511},
		{"a CIIO", "CIIO", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT", none, pass, "EX_CONTRACT", a511},
		{"perhaps a CIIO", "perhaps a CIIO", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT", none, pass, "EX_CONTRACT", a511},
		{"in a zone, data on its list", "company in zone A", "card", 0, 10_000, "for retail.member; claims EX_CONTRACT; EX_CONTRACT", none, pass, "EX_CONTRACT", a511},
		{"not registered", "company", "card", 0, 1, "claims EX_CONTRACT", sc, block, "FILING_NOT_FOUND", a8},
		{"not registered, a few plain persons", "company", "mobile", 3, 0, "claims EX_CONTRACT", none, pass, "EX_SMALL", a514},
		{"not registered, a CIIO", "CIIO", "mobile", 1, 0, "claims EX_CONTRACT", hard, block, "FILING_NOT_FOUND", a7},
		{"registered and not claimed", "company", "card", 0, 1, "EX_CONTRACT", sc, block, "FILING_NOT_FOUND", a8},
		{"expired", "company", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT expired", sc, block, "FILING_EXPIRED", n38},
		{"not begun", "company", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT not yet", sc, block, "FILING_NOT_YET_EFFECTIVE", m6},
		{"suspended", "company", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT suspended", sc, block, "FILING_SUSPENDED", s17},
		{"a draft", "company", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT draft", sc, block, "FILING_NOT_FOUND", a8},
		{"for another recipient", "company", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT for another recipient", sc, block, "RECIPIENT_MISMATCH", n38},
		{"for other data", "company", "card + email", 1, 1, "claims EX_CONTRACT; EX_CONTRACT", sc, block, "CATEGORY_NOT_COVERED:pi.contact.email", n38},
		{"cards registered as plain", "company", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT with cards as plain", sc, block, "SPI_NOT_COVERED:pi.finance.bankcard", "PIPL arts. 28 and 29"},
		{"with important data", "company", "card + marked data", 0, 1, "claims EX_CONTRACT; EX_CONTRACT", hard, block, "CATEGORY_NOT_COVERED:mark.important PATHWAY_INSUFFICIENT", n38},
		{"with important data and an assessment", "company", "card + marked data", 0, 1, "claims EX_CONTRACT; EX_CONTRACT; SA", hard, pass, "FILING_COVERS", a7},
		{"expired, a contract is filed besides", "company", "card", 0, 1, "claims EX_CONTRACT; EX_CONTRACT expired; SC", sc, pass, "FILING_COVERS", a8},
	}},
	// Art. 5(1)(2): necessary to manage staff across borders under lawful work
	// rules and collective contracts.
	{"art. 5(1)(2)", "", []provision{
		{"staff records", "company", "ID number + name", 1, 1, "claims EX_HR; EX_HR", none, pass, "EX_HR", a512},
		{"staff records of a CIIO", "CIIO", "ID number", 0, 20_000, "claims EX_HR; EX_HR", none, pass, "EX_HR", a512},
		{"not registered", "company", "ID number", 0, 1, "claims EX_HR", sc, block, "FILING_NOT_FOUND", a8},
		{"expired", "company", "ID number", 0, 1, "claims EX_HR; EX_HR expired", sc, block, "FILING_EXPIRED", n38},
		{"for another recipient", "company", "ID number", 0, 1, "claims EX_HR; EX_HR for another recipient", sc, block, "RECIPIENT_MISMATCH", n38},
		{"registered as a contract", "company", "ID number", 0, 1, "claims EX_HR; EX_CONTRACT", sc, block, "FILING_NOT_FOUND", a8},
		{"with important data", "company", "notified name", 1, 0, "claims EX_HR; EX_HR", hard, block, "IMPORTANT_NOT_COVERED:pi.name PATHWAY_INSUFFICIENT", "DSL art. 31"},
	}},
	// Art. 5(1)(3): an emergency, to protect life, health or property.
	{"art. 5(1)(3)", "", []provision{
		{"a patient's record", "company", "health record", 0, 1, "claims EX_EMERGENCY; EX_EMERGENCY", none, pass, "EX_EMERGENCY", a513},
		{"a CIIO's", "CIIO", "health record", 0, 1, "claims EX_EMERGENCY; EX_EMERGENCY", none, pass, "EX_EMERGENCY", a513},
		{"not registered", "company", "health record", 0, 1, "claims EX_EMERGENCY", sc, block, "FILING_NOT_FOUND", a8},
		{"expired", "company", "health record", 0, 1, "claims EX_EMERGENCY; EX_EMERGENCY expired", sc, block, "FILING_EXPIRED", n38},
		{"for another recipient", "company", "health record", 0, 1, "claims EX_EMERGENCY; EX_EMERGENCY for another recipient", sc, block, "RECIPIENT_MISMATCH", n38},
		{"with important data", "company", "health record + notified data", 0, 1, "claims EX_EMERGENCY; EX_EMERGENCY", hard, block, "CATEGORY_NOT_COVERED:geo.coordinate PATHWAY_INSUFFICIENT", n38},
	}},
	// NDSR 35(6): necessary for a statutory duty or obligation.
	{"NDSR 35(6)", "", []provision{
		{"a statutory report", "company", "ID number", 0, 1, "claims EX_LEGAL_DUTY; EX_LEGAL_DUTY", none, pass, "EX_LEGAL_DUTY", n356},
		{"not registered", "company", "ID number", 0, 1, "claims EX_LEGAL_DUTY", sc, block, "FILING_NOT_FOUND", a8},
		{"revoked", "company", "ID number", 0, 1, "claims EX_LEGAL_DUTY; EX_LEGAL_DUTY revoked", sc, block, "FILING_SUSPENDED", s17},
		{"for another recipient", "company", "ID number", 0, 1, "claims EX_LEGAL_DUTY; EX_LEGAL_DUTY for another recipient", sc, block, "RECIPIENT_MISMATCH", n38},
		{"with important data", "company", "ID number + marked data", 0, 1, "claims EX_LEGAL_DUTY; EX_LEGAL_DUTY", hard, block, "CATEGORY_NOT_COVERED:mark.important PATHWAY_INSUFFICIENT", n38},
	}},
	// NDSR 36 and PIPL 38 para. 2: where a treaty or agreement provides.
	{"NDSR 36", "", []provision{
		{"under a treaty", "company", "ID number", 0, 1, "claims EX_TREATY; EX_TREATY", none, pass, "EX_TREATY", n36},
		{"under a treaty, a CIIO", "CIIO", "ID number", 0, 10_000, "claims EX_TREATY; EX_TREATY", none, pass, "EX_TREATY", n36},
		{"not registered", "company", "ID number", 0, 1, "claims EX_TREATY", sc, block, "FILING_NOT_FOUND", a8},
		{"expired", "company", "ID number", 0, 1, "claims EX_TREATY; EX_TREATY expired by status", sc, block, "FILING_EXPIRED", n38},
		{"for another recipient", "company", "ID number", 0, 1, "claims EX_TREATY; EX_TREATY for another recipient", sc, block, "RECIPIENT_MISMATCH", n38},
		{"with important data", "company", "survey", 0, 0, "claims EX_TREATY; EX_TREATY", hard, block, "CATEGORY_NOT_COVERED:geo.survey SECTOR_APPROVAL_MISSING:geo PATHWAY_INSUFFICIENT", n38},
	}},
	// Art. 5(1)(4): no CIIO, no sensitive data, under 100,000 persons since 1
	// January. 不满 leaves the number itself out.
	{"art. 5(1)(4)", "", []provision{
		{"one person", "company", "mobile", 1, 0, "", none, pass, "EX_SMALL", a514},
		{"99,999 persons", "company", "mobile", 99_999, 0, "", none, pass, "EX_SMALL", a514},
		{"100,000 persons", "company", "mobile", 100_000, 0, "", sc, block, "FILING_NOT_FOUND", a8},
		{"two classes of plain data", "company", "mobile + email", 99_999, 0, "", none, pass, "EX_SMALL", a514},
		{"a filing is not needed and not used", "company", "mobile", 5, 0, "SC", none, pass, "EX_SMALL", a514},
		{"a CIIO, one person", "CIIO", "mobile", 1, 0, "", hard, block, "FILING_NOT_FOUND", a7},
		{"perhaps a CIIO, one person", "perhaps a CIIO", "mobile", 1, 0, "", hard, block, "FILING_NOT_FOUND CIIO_UNKNOWN", a7},
		{"one person's sensitive data", "company", "card", 0, 1, "", sc, block, "FILING_NOT_FOUND", a8},
		{"a child's mobile number", "company", "child's mobile", 0, 1, "", sc, block, "FILING_NOT_FOUND", a8},
		{"sensitive data of nobody who is told", "company", "card", 0, 0, "", sc, block, "FILING_NOT_FOUND", a8},
		{"plain data after one sensitive person", "company", "mobile", 5, 1, "", sc, block, "FILING_NOT_FOUND", a8},
		{"the same under a contract", "company", "mobile", 5, 1, "SC", sc, pass, "FILING_COVERS", a8},
		{"plain data after 9,999 sensitive persons", "company", "mobile", 5, 9_999, "SC", sc, pass, "FILING_COVERS", a8},
		{"plain data after 10,000 sensitive persons", "company", "mobile", 5, 10_000, "SC", vol, block, "PATHWAY_INSUFFICIENT:national.sp.10000", a7v},
		{"it cannot be claimed", "company", "mobile", 100_000, 0, "claims EX_SMALL; EX_SMALL", sc, block, "PATHWAY_INSUFFICIENT", a8},
	}},
	// The other reading of art. 5(1)(4): sensitive data of the past does not
	// end the exemption of plain data.
	{"art. 5(1)(4) without the row national.sp.1", "without sp.1", []provision{
		{"plain data after one sensitive person", "company", "mobile", 5, 1, "", none, pass, "EX_SMALL", a514},
		{"plain data after 9,999 sensitive persons", "company", "mobile", 99_999, 9_999, "", none, pass, "EX_SMALL", a514},
		{"plain data after 10,000 sensitive persons", "company", "mobile", 5, 10_000, "", vol, block, "FILING_NOT_FOUND", a7v},
		{"one person's sensitive data still needs a pathway", "company", "card", 0, 1, "", sc, block, "FILING_NOT_FOUND", a8},
		{"sensitive and plain data of one person", "company", "card + mobile", 1, 1, "SC", sc, pass, "FILING_COVERS", a8},
	}},
}
