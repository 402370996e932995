package rego_test

// pathwayRows are arts. 7 and 8 with the pathways that satisfy them, NDSR 37
// for what is or may be important, and the Greater Bay Area.
var pathwayRows = []lawGroup{
	// Art. 7(1)(1): a CIIO assesses any personal information.
	{"art. 7(1)(1), CIIO", "", []provision{
		{"one person", "CIIO", "mobile", 1, 0, "", hard, block, "FILING_NOT_FOUND", a7},
		{"under a contract", "CIIO", "mobile", 1, 0, "SC", hard, block, "PATHWAY_INSUFFICIENT", a7},
		{"under a certificate", "CIIO", "card", 0, 1, "CERT", hard, block, "PATHWAY_INSUFFICIENT", a7},
		{"under a contract of the bay area", "Shenzhen CIIO", "mobile", 1, 0, "to HK; GBA_SC", hard, block, "PATHWAY_INSUFFICIENT", a7},
		{"under an assessment", "CIIO", "mobile", 1, 0, "SA", hard, pass, "FILING_COVERS", a7},
		{"a million persons under an assessment", "CIIO", "mobile + card", 1_000_000, 10_000, "SA", hard, pass, "FILING_COVERS", a7},
		{"perhaps one, under a contract", "perhaps a CIIO", "card", 0, 1, "SC", hard, block, "PATHWAY_INSUFFICIENT CIIO_UNKNOWN", a7},
		{"perhaps one, under an assessment", "perhaps a CIIO", "card", 0, 1, "SA", hard, pass, "FILING_COVERS", a7},
	}},
	// Art. 7(1)(1): important data, notified or published as such. Told by
	// its level, its class or a published mark of the catalogue.
	{"art. 7(1)(1), important data", "", []provision{
		{"marked", "company", "marked data", 0, 0, "", hard, block, "FILING_NOT_FOUND", a7},
		{"marked, under an assessment", "company", "marked data", 0, 0, "SA", hard, pass, "FILING_COVERS", a7},
		{"marked, under a contract", "company", "marked data", 0, 0, "SC", hard, block, "CATEGORY_NOT_COVERED:mark.important PATHWAY_INSUFFICIENT", n38},
		{"marked, assessed as general data", "company", "marked data", 0, 0, "SA of nothing important", hard, block, "IMPORTANT_NOT_COVERED:mark.important", "DSL art. 31"},
		{"marked, perhaps a CIIO", "perhaps a CIIO", "marked data", 0, 0, "", hard, block, "FILING_NOT_FOUND", a7},
		{"survey results", "company", "survey", 0, 0, "", hard, block, "FILING_NOT_FOUND", a7},
		{"survey results under an assessment and the map authority's", "company", "survey", 0, 0, "SA with geo", hard, pass, "FILING_COVERS", a7},
		{"survey results under an assessment alone", "company", "survey", 0, 0, "SA", hard, block, "SECTOR_APPROVAL_MISSING:geo", h28},
		{"notified coordinates", "company", "notified data", 0, 0, "", hard, block, "FILING_NOT_FOUND", a7},
		{"names notified as important, one person", "company", "notified name", 1, 0, "", hard, block, "FILING_NOT_FOUND", a7},
		{"published for the scenario", "company", "VIN", 1, 0, "for test.charging", hard, block, "FILING_NOT_FOUND", a7},
		{"published for the scenario, assessed", "company", "VIN", 1, 0, "for test.charging; SA with VINs assessed", hard, pass, "FILING_COVERS", a7},
		{"published for the scenario, assessed as general", "company", "VIN", 1, 0, "for test.charging; SA", hard, block, "IMPORTANT_NOT_COVERED:vehicle.vin", "DSL art. 31"},
		{"published for another scenario", "company", "VIN", 1, 0, "for retail.member", none, pass, "EX_SMALL", a514},
		{"published, no scenario declared", "company", "VIN", 1, 0, "", none, pass, "EX_SMALL", a514},
		{"vehicle data of 100,000 persons", "company", "name", 100_000, 0, "for icv.aftersales; SC", sc, pass, "FILING_COVERS", a8},
		{"vehicle data of over 100,000 persons", "company", "name", 100_001, 0, "for icv.aftersales; SC", hard, block, "IMPORTANT_NOT_COVERED:pi.name PATHWAY_INSUFFICIENT", "DSL art. 31"},
		{"vehicle data of over 100,000 persons, assessed", "company", "name", 100_001, 0, "for icv.aftersales; SA", hard, pass, "FILING_COVERS", a7},
		{"over 100,000 persons of another trade", "company", "name", 100_001, 0, "for retail.member; SC", sc, pass, "FILING_COVERS", a8},
		{"a draft that nobody verified", "company", "mobile", 1, 0, "for test.draft", none, pass, "EX_SMALL", a514},
	}},
	// NDSR 37 and art. 2: what may be important and was not notified or
	// published needs no assessment, but two reviewers look first.
	{"NDSR 37, may be important", "", []provision{
		{"a small volume", "company", "plate", 5, 0, "for test.video", none, hold, "IMPORTANT_SUSPECTED:test.video", n37},
		{"under a contract", "company", "plate", 100_000, 0, "for test.video; SC", sc, hold, "IMPORTANT_SUSPECTED:test.video", n37},
		{"under a claim", "company", "plate", 5, 0, "for test.video; claims EX_CONTRACT; EX_CONTRACT", none, hold, "IMPORTANT_SUSPECTED:test.video", n37},
		{"an assessment names it", "company", "plate", 1_000_000, 0, "for test.video; SA with plates assessed", vol, pass, "FILING_COVERS", a7},
		{"an assessment does not name it", "company", "plate", 1_000_000, 0, "for test.video; SA", vol, hold, "IMPORTANT_SUSPECTED:test.video", n37},
		{"in another scenario", "company", "plate", 5, 0, "for retail.member", none, pass, "EX_SMALL", a514},
		{"refused anyhow", "company", "plate", 100_000, 0, "for test.video", sc, block, "FILING_NOT_FOUND", a8},
		{"100,000 persons, one below the scale", "company", "mobile", 100_000, 0, "for test.scale; SC", sc, pass, "FILING_COVERS", a8},
		{"100,001 persons, the scale", "company", "mobile", 100_001, 0, "for test.scale; SC", sc, hold, "IMPORTANT_SUSPECTED:test.scale", n37},
		{"the scale by sensitive persons", "company", "card", 0, 100_001, "for test.scale; SA of nothing important", vol, hold, "IMPORTANT_SUSPECTED:test.scale", n37},
		{"the scale, important items assessed", "company", "card", 0, 100_001, "for test.scale; SA", vol, pass, "FILING_COVERS", a7},
	}},
	// Some data needs the permission of another authority besides (HGR
	// Regulation 28), whatever the pathway.
	{"another authority", "", []provision{
		{"a contract without it", "company", "card", 0, 1, "for test.genes; SC", sc, block, "SECTOR_APPROVAL_MISSING:hgr", h28},
		{"a contract with it", "company", "card", 0, 1, "for test.genes; SC with hgr", sc, pass, "FILING_COVERS", a8},
		{"an assessment without it", "company", "card", 0, 10_000, "for test.genes; SA", vol, block, "SECTOR_APPROVAL_MISSING:hgr", h28},
		{"a small volume, where no paper could hold it", "company", "mobile", 5, 0, "for test.genes", none, block, "SECTOR_APPROVAL_MISSING:hgr", h28},
		{"below a zone's list, where no paper could hold it", "company in zone W", "card", 0, 1, "for test.genes", none, block, "SECTOR_APPROVAL_MISSING:hgr", h28},
		{"off a zone's list, where no paper could hold it", "company in zone W", "email", 1, 0, "for test.genes", none, block, "SECTOR_APPROVAL_MISSING:hgr", h28},
		{"in another scenario", "company", "mobile", 5, 0, "for retail.member", none, pass, "EX_SMALL", a514},
		{"a claim without it", "company", "card", 0, 1, "for test.genes; claims EX_CONTRACT; EX_CONTRACT", sc, block, "SECTOR_APPROVAL_MISSING:hgr", h28},
		{"a claim with it", "company", "card", 0, 1, "for test.genes; claims EX_CONTRACT; EX_CONTRACT with hgr", none, pass, "EX_CONTRACT", a511},
	}},
	// Art. 7(1)(2): 1,000,000 persons, or 10,000 with sensitive data. 以上
	// includes the number.
	{"art. 7(1)(2)", "", []provision{
		{"999,999 persons under a contract", "company", "mobile", 999_999, 0, "SC", sc, pass, "FILING_COVERS", a8},
		{"1,000,000 persons", "company", "mobile", 1_000_000, 0, "", vol, block, "FILING_NOT_FOUND", a7v},
		{"1,000,000 persons under a contract", "company", "mobile", 1_000_000, 0, "SC", vol, block, "PATHWAY_INSUFFICIENT:national.ns.1000000", a7v},
		{"1,000,000 persons under a certificate", "company", "mobile", 1_000_000, 0, "CERT", vol, block, "PATHWAY_INSUFFICIENT:national.ns.1000000", a7v},
		{"1,000,000 persons under an assessment", "company", "mobile", 1_000_000, 0, "SA", vol, pass, "FILING_COVERS", a7},
		{"9,999 sensitive under a contract", "company", "card", 0, 9_999, "SC", sc, pass, "FILING_COVERS", a8},
		{"10,000 sensitive", "company", "card", 0, 10_000, "", vol, block, "FILING_NOT_FOUND", a7v},
		{"10,000 sensitive under a contract", "company", "card", 0, 10_000, "SC", vol, block, "PATHWAY_INSUFFICIENT:national.sp.10000", a7v},
		{"10,000 sensitive under a certificate", "company", "card", 0, 10_000, "CERT", vol, block, "PATHWAY_INSUFFICIENT:national.sp.10000", a7v},
		{"10,000 sensitive under an assessment", "company", "card", 0, 10_000, "SA", vol, pass, "FILING_COVERS", a7},
		{"9,999 sensitive and 999,999 plain", "company", "card + mobile", 999_999, 9_999, "SC", sc, pass, "FILING_COVERS", a8},
		{"9,999 sensitive and 1,000,000 plain", "company", "card + mobile", 1_000_000, 9_999, "", vol, block, "FILING_NOT_FOUND", a7v},
		{"sensitive data after a million plain persons", "company", "card", 1_000_000, 1, "SC", vol, block, "PATHWAY_INSUFFICIENT:national.ns.1000000", a7v},
		{"a claim that is not registered", "company", "card", 0, 10_000, "claims EX_CONTRACT; SC", vol, block, "PATHWAY_INSUFFICIENT:national.sp.10000", a7v},
	}},
	// Art. 8: 100,000 to under 1,000,000 persons, or under 10,000 with
	// sensitive data: contract or certificate.
	{"art. 8", "", []provision{
		{"100,000 persons", "company", "mobile", 100_000, 0, "", sc, block, "FILING_NOT_FOUND", a8},
		{"100,000 persons under a contract", "company", "mobile", 100_000, 0, "SC", sc, pass, "FILING_COVERS", a8},
		{"100,000 persons under a certificate", "company", "mobile", 100_000, 0, "CERT", sc, pass, "FILING_COVERS", a8},
		{"100,000 persons under an assessment", "company", "mobile", 100_000, 0, "SA", sc, pass, "FILING_COVERS", a7},
		{"one sensitive", "company", "health record", 0, 1, "", sc, block, "FILING_NOT_FOUND", a8},
		{"one sensitive under a contract", "company", "health record", 0, 1, "SC", sc, pass, "FILING_COVERS", a8},
		{"9,999 sensitive under a certificate", "company", "health record", 0, 9_999, "CERT", sc, pass, "FILING_COVERS", a8},
		{"one child under a contract of plain items", "company", "child's mobile", 0, 1, "SC", sc, block, "SPI_NOT_COVERED:pi.contact.mobile", "PIPL arts. 28 and 29"},
		{"both kinds of one person", "company", "card + name", 1, 1, "SC", sc, pass, "FILING_COVERS", a8},
		{"a zone list's registration is no pathway", "company", "card", 0, 1, "list CN-TEST-LIST-A", sc, block, "FILING_NOT_FOUND", a8},
	}},
	// The contract of the Greater Bay Area: an exporter of the nine cities, a
	// recipient in Hong Kong or Macao, no important data.
	{"Greater Bay Area", "", []provision{
		{"Shenzhen to Hong Kong", "Shenzhen company", "card", 0, 1, "to HK; GBA_SC", sc, pass, "FILING_COVERS", gba},
		{"Zhaoqing to Macao", "Zhaoqing company", "card", 0, 9_999, "to MO; GBA_SC", sc, pass, "FILING_COVERS", gba},
		{"Shenzhen to Singapore", "Shenzhen company", "card", 0, 1, "to SG; GBA_SC", sc, block, "PATHWAY_INSUFFICIENT", a8},
		{"Shanghai to Hong Kong", "Shanghai company", "card", 0, 1, "to HK; GBA_SC", sc, block, "PATHWAY_INSUFFICIENT", a8},
		{"a city nobody knows to Hong Kong", "company", "card", 0, 1, "to HK; GBA_SC", sc, block, "PATHWAY_INSUFFICIENT", a8},
		{"10,000 sensitive", "Shenzhen company", "card", 0, 10_000, "to HK; GBA_SC", vol, block, "PATHWAY_INSUFFICIENT:national.sp.10000", a7v},
		{"1,000,000 plain", "Shenzhen company", "mobile", 1_000_000, 0, "to HK; GBA_SC", vol, block, "PATHWAY_INSUFFICIENT:national.ns.1000000", a7v},
		{"important data", "Shenzhen company", "marked data", 0, 0, "to HK; GBA_SC", hard, block, "CATEGORY_NOT_COVERED:mark.important PATHWAY_INSUFFICIENT", n38},
	}},
	{"Greater Bay Area, the contract covers volume", "gba covers volume", []provision{
		{"10,000 sensitive", "Shenzhen company", "card", 0, 10_000, "to HK; GBA_SC", vol, pass, "FILING_COVERS", gba},
		{"1,000,000 plain", "Shenzhen company", "mobile", 1_000_000, 0, "to MO; GBA_SC", vol, pass, "FILING_COVERS", gba},
		{"10,000 sensitive to Singapore", "Shenzhen company", "card", 0, 10_000, "to SG; GBA_SC", vol, block, "PATHWAY_INSUFFICIENT", a7v},
		{"10,000 sensitive under a national contract", "Shenzhen company", "card", 0, 10_000, "to HK; SC", vol, block, "PATHWAY_INSUFFICIENT:national.sp.10000", a7v},
		{"a CIIO", "Shenzhen CIIO", "card", 0, 1, "to HK; GBA_SC", hard, block, "PATHWAY_INSUFFICIENT", a7},
		{"important data", "Shenzhen company", "marked data", 0, 0, "to HK; GBA_SC", hard, block, "CATEGORY_NOT_COVERED:mark.important PATHWAY_INSUFFICIENT", n38},
	}},
}
