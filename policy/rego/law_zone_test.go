package rego_test

// zoneRows are art. 6: a free-trade zone may list the data that needs a
// pathway; what is off the list goes freely for companies of the zone, and on
// it the numbers of the list stand in place of the national ones. A scenario
// that no list covers stays under the national rules. No list is for a CIIO
// and none covers important data. The lists are those of lawLists.
var zoneRows = []lawGroup{
	{"art. 6, negative list, off the list", "", []provision{
		{"data that the list does not name", "company in zone A", "email", 5, 0, "for retail.member", none, pass, "EX_FTZ_OFFLIST", a6},
		{"any number of persons", "company in zone A", "email", 2_000_000, 0, "for retail.member", none, pass, "EX_FTZ_OFFLIST", a6},
		{"also sensitive data", "company in zone A", "health record", 0, 20_000, "for retail.member", none, pass, "EX_FTZ_OFFLIST", a6},
		{"listed data in another scenario of the list", "company in zone A", "card", 0, 20_000, "for retail.goods.stock", none, pass, "EX_FTZ_OFFLIST", a6},
		{"with a filing that is not needed", "company in zone A", "email", 2_000_000, 0, "for retail.member; SC", none, pass, "EX_FTZ_OFFLIST", a6},
		{"important data", "company in zone A", "email + survey", 5, 0, "for retail.member", hard, block, "FILING_NOT_FOUND", a7},
		{"a CIIO", "CIIO in zone A", "email", 5, 0, "for retail.member", hard, block, "FILING_NOT_FOUND", a7},
		{"perhaps a CIIO", "perhaps a CIIO in zone A", "email", 5, 0, "for retail.member", hard, block, "FILING_NOT_FOUND CIIO_UNKNOWN", a7},
	}},
	// The member row asks for a contract from 100,000 persons and for an
	// assessment from 999,999; the payment row from 5,000 and 10,000.
	{"art. 6, negative list, on the list", "", []provision{
		{"five persons", "company in zone A", "mobile", 5, 0, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"99,999 persons", "company in zone A", "mobile", 99_999, 0, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"100,000 persons", "company in zone A", "mobile", 100_000, 0, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"100,000 persons under a contract", "company in zone A", "mobile", 100_000, 0, "for retail.member; SC", sc, pass, "FILING_COVERS", a8},
		{"999,998 persons under a certificate", "company in zone A", "mobile", 999_998, 0, "for retail.member; CERT", sc, pass, "FILING_COVERS", a8},
		{"999,999 persons under a contract", "company in zone A", "mobile", 999_999, 0, "for retail.member; SC", vol, block, "PATHWAY_INSUFFICIENT", a7v},
		{"999,999 persons under an assessment", "company in zone A", "mobile", 999_999, 0, "for retail.member; SA", vol, pass, "FILING_COVERS", a7},
		{"one card: the list is milder than the country", "company in zone A", "card", 0, 1, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"4,999 cards", "company in zone A", "card", 0, 4_999, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"5,000 cards", "company in zone A", "card", 0, 5_000, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"9,999 cards under a contract", "company in zone A", "card", 0, 9_999, "for retail.member; SC", sc, pass, "FILING_COVERS", a8},
		{"10,000 cards under a contract", "company in zone A", "card", 0, 10_000, "for retail.member; SC", vol, block, "PATHWAY_INSUFFICIENT", a7v},
		{"plain data after 20,000 sensitive persons", "company in zone A", "mobile", 5, 20_000, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"the strongest of two rows, contract", "company in zone A", "mobile + card", 100_000, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"the strongest of two rows, assessment", "company in zone A", "mobile + card", 5, 10_000, "for retail.member", vol, block, "FILING_NOT_FOUND", a7v},
		{"both rows below", "company in zone A", "mobile + card", 99_999, 4_999, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"one class on the list, one off it", "company in zone A", "mobile + health record", 100_000, 1, "for retail.member; SC", sc, pass, "FILING_COVERS", a8},
		{"a row of important data, one car", "company in zone A", "VIN", 1, 0, "for retail.member", vol, block, "FILING_NOT_FOUND", a7v},
		{"a row of important data under a contract", "company in zone A", "VIN", 1, 0, "for retail.member; SC", vol, block, "PATHWAY_INSUFFICIENT", a7v},
		{"a row of important data under an assessment", "company in zone A", "VIN", 1, 0, "for retail.member; SA", vol, pass, "FILING_COVERS", a7},
		{"important data besides", "company in zone A", "mobile + marked data", 5, 0, "for retail.member", hard, block, "FILING_NOT_FOUND", a7},
		{"a CIIO", "CIIO in zone A", "mobile", 5, 0, "for retail.member", hard, block, "FILING_NOT_FOUND", a7},
		{"a registration covers nothing by itself", "company in zone A", "mobile", 100_000, 0, "for retail.member; list CN-TEST-LIST-A", sc, block, "FILING_NOT_FOUND", a8},
	}},
	// Not covered: the national rules.
	{"art. 6, not covered by a list", "", []provision{
		{"no zone", "company", "card", 0, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"a zone without a list", "company in another zone", "card", 0, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"a zone without a list, few plain persons", "company in another zone", "mobile", 5, 0, "for retail.member", none, pass, "EX_SMALL", a514},
		{"another scenario", "company in zone A", "card", 0, 1, "for hr.group", sc, block, "FILING_NOT_FOUND", a8},
		{"another scenario, few plain persons", "company in zone A", "email", 5, 0, "for hr.group", none, pass, "EX_SMALL", a514},
		{"another scenario, 100,000 persons", "company in zone A", "email", 100_000, 0, "for hr.group", sc, block, "FILING_NOT_FOUND", a8},
		{"no scenario declared", "company in zone A", "card", 0, 1, "", sc, block, "FILING_NOT_FOUND", a8},
		{"retail.goods is not within retail.goods.*", "company in zone A", "card", 0, 1, "for retail.goods", sc, block, "FILING_NOT_FOUND", a8},
		{"every scenario is covered by *", "company in zone W", "card", 0, 1, "for hr.group", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"also an undeclared one", "company in zone W", "mobile", 99_999, 0, "", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"an undeclared one at 100,000", "company in zone W", "mobile", 100_000, 0, "", sc, block, "FILING_NOT_FOUND", a8},
	}},
	// Nobody decides by a list, or a row of one, that was not compared with
	// its text.
	{"art. 6, unverified", "", []provision{
		{"a list, one card", "company in zone U", "card", 0, 1, "for retail.member", sc, block, "FILING_NOT_FOUND FTZ_LIST_UNVERIFIED:cn-test-list-u", a8},
		{"a list, data that it does not name", "company in zone U", "email", 100_000, 0, "for retail.member", sc, block, "FILING_NOT_FOUND FTZ_LIST_UNVERIFIED:cn-test-list-u", a8},
		{"a list, few plain persons", "company in zone U", "mobile", 5, 0, "for retail.member", none, pass, "EX_SMALL", a514},
		{"a list, under a contract", "company in zone U", "card", 0, 1, "for retail.member; SC", sc, pass, "FILING_COVERS", a8},
		{"a row, data of that row", "company in zone E", "mobile", 100_000, 0, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"a row, few persons of that row", "company in zone E", "mobile", 5, 0, "for retail.member", none, pass, "EX_SMALL", a514},
		{"a row, data of that row and of another", "company in zone E", "mobile + card", 1, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"a row, data of another row", "company in zone E", "card", 0, 1, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"a row, data of no row", "company in zone E", "email", 200_000, 0, "for retail.member", none, pass, "EX_FTZ_OFFLIST", a6},
		{"a row of another scenario", "company in zone E", "mobile", 200_000, 0, "for retail.goods", none, pass, "EX_FTZ_OFFLIST", a6},
	}},
	// A list may ask that its use is registered.
	{"art. 6, registration of a negative list", "", []provision{
		{"registered, one card", "company in zone R", "card", 0, 1, "for retail.member; list CN-TEST-LIST-R", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"for another recipient, few plain persons", "company in zone R", "email", 5, 0, "for retail.member; list CN-TEST-LIST-R for another recipient", none, pass, "EX_SMALL", a514},
		{"registered, health records off the list", "company in zone R", "health record", 0, 20_000, "for retail.member; list CN-TEST-LIST-R", none, pass, "EX_FTZ_OFFLIST", a6},
		{"registered, 100,000 persons, contract held", "company in zone R", "mobile", 100_000, 0, "for retail.member; list CN-TEST-LIST-R; SC", sc, pass, "FILING_COVERS", a8},
		{"missing, one card", "company in zone R", "card", 0, 1, "for retail.member", sc, block, "FILING_NOT_FOUND FTZ_NOT_REGISTERED:cn-test-list-r", a8},
		{"missing, few plain persons", "company in zone R", "mobile", 5, 0, "for retail.member", none, pass, "EX_SMALL", a514},
		{"missing, contract held", "company in zone R", "card", 0, 1, "for retail.member; SC", sc, pass, "FILING_COVERS", a8},
		{"missing, a weak contract held", "company in zone R", "card", 0, 10_000, "for retail.member; SC", vol, block, "PATHWAY_INSUFFICIENT FTZ_NOT_REGISTERED:cn-test-list-r", a7v},
		{"missing, another scenario", "company in zone R", "card", 0, 1, "for hr.group", sc, block, "FILING_NOT_FOUND", a8},
		{"expired", "company in zone R", "card", 0, 1, "for retail.member; list CN-TEST-LIST-R expired", sc, block, "FILING_NOT_FOUND FTZ_NOT_REGISTERED:cn-test-list-r", a8},
		{"for another recipient", "company in zone R", "card", 0, 1, "for retail.member; list CN-TEST-LIST-R for another recipient", sc, block, "FILING_NOT_FOUND FTZ_NOT_REGISTERED:cn-test-list-r", a8},
		{"for other data", "company in zone R", "card", 0, 1, "for retail.member; list CN-TEST-LIST-R without cards", sc, block, "FILING_NOT_FOUND FTZ_NOT_REGISTERED:cn-test-list-r", a8},
		{"of another list", "company in zone R", "card", 0, 1, "for retail.member; list CN-TEST-LIST-A", sc, block, "FILING_NOT_FOUND FTZ_NOT_REGISTERED:cn-test-list-r", a8},
		{"of the list by a company outside the zone", "company", "card", 0, 1, "for retail.member; list CN-TEST-LIST-R", sc, block, "FILING_NOT_FOUND", a8},
		{"of the list by a CIIO", "CIIO in zone A", "card", 0, 1, "for retail.member; list CN-TEST-LIST-A", hard, block, "FILING_NOT_FOUND", a7},
	}},
	// A list may ask that the data leaves from the zone.
	{"art. 6, export from the zone", "", []provision{
		{"it does", "company in zone X, exports there", "card", 0, 1, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"it does not", "company in zone X, exports else", "card", 0, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"nobody says", "company in zone X", "card", 0, 1, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"nobody says, few plain persons", "company in zone X", "mobile", 5, 0, "for retail.member", none, pass, "EX_SMALL", a514},
	}},
	// A general list names the data that goes freely once its use is
	// registered, here up to 100,000 persons in zone G. What it does not name
	// in full is judged as if it were not there.
	{"art. 6, general list", "", []provision{
		{"registered", "company in zone G", "mobile + name", 5, 0, "for retail.member; list CN-TEST-LIST-G", none, pass, "EX_FTZ_GENERAL_LIST", a6},
		{"registered, 100,000 persons", "company in zone G", "mobile", 100_000, 0, "for retail.member; list CN-TEST-LIST-G", none, pass, "EX_FTZ_GENERAL_LIST", a6},
		{"registered, 100,001 persons", "company in zone G", "mobile", 100_001, 0, "for retail.member; list CN-TEST-LIST-G", sc, block, "FILING_NOT_FOUND", a8},
		{"registered, 100,001 persons, contract held", "company in zone G", "mobile", 100_001, 0, "for retail.member; list CN-TEST-LIST-G; SC", sc, pass, "FILING_COVERS", a8},
		{"registered, a class that it does not name", "company in zone G", "mobile + card", 1, 1, "for retail.member; list CN-TEST-LIST-G", sc, block, "FILING_NOT_FOUND", a8},
		{"registered for plain items, a child's number", "company in zone G", "child's mobile", 0, 1, "for retail.member; list CN-TEST-LIST-G", sc, block, "FILING_NOT_FOUND FTZ_NOT_REGISTERED:cn-test-list-g", a8},
		{"registered, another scenario", "company in zone G", "mobile", 100_000, 0, "for hr.group; list CN-TEST-LIST-G", sc, block, "FILING_NOT_FOUND", a8},
		{"registered, important data", "company in zone G", "mobile + notified name", 5, 0, "for retail.member; list CN-TEST-LIST-G", hard, block, "FILING_NOT_FOUND", a7},
		{"registered, a CIIO", "CIIO in zone G", "mobile", 5, 0, "for retail.member; list CN-TEST-LIST-G", hard, block, "FILING_NOT_FOUND", a7},
		{"missing", "company in zone G", "mobile", 100_000, 0, "for retail.member", sc, block, "FILING_NOT_FOUND FTZ_NOT_REGISTERED:cn-test-list-g", a8},
		{"missing, few persons", "company in zone G", "mobile", 5, 0, "for retail.member", none, pass, "EX_SMALL", a514},
		{"expired", "company in zone G", "mobile", 100_000, 0, "for retail.member; list CN-TEST-LIST-G expired", sc, block, "FILING_NOT_FOUND FTZ_NOT_REGISTERED:cn-test-list-g", a8},
		{"a row that nobody verified", "company in zone V", "mobile", 100_000, 0, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"a row that nobody verified, few persons", "company in zone V", "mobile", 5, 0, "for retail.member", none, pass, "EX_SMALL", a514},
		{"before the negative list of the zone", "company in zone M", "email", 2_000_000, 0, "for retail.member", none, pass, "EX_FTZ_GENERAL_LIST", a6},
		{"beside the negative list, data of that", "company in zone M", "card", 0, 1, "for retail.member", none, pass, "EX_FTZ_BELOW_LIST_THRESHOLD", a6},
		{"beside the negative list, data of both", "company in zone M", "mobile + email", 100_000, 0, "for retail.member", sc, block, "FILING_NOT_FOUND", a8},
		{"beside the negative list, data of neither", "company in zone M", "health record", 0, 20_000, "for retail.member", none, pass, "EX_FTZ_OFFLIST", a6},
	}},
}
