package check_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect/check"
)

func TestPassengerDocuments(t *testing.T) {
	const pass = check.KindPassport
	runPapers(t, []paperCase{
		{"passport_pnr", "SSR «DOCS» CA HK1 P/CHN/E12345678/CHN/12JUL88/M", "E12345678", pass},
		{"passport_pnr", "SR «docs» yy hk1-p-chn-g12345678-chn", "G12345678", pass},
		{"passport_pnr", "«DOCS»/PN/CN/141234567/CN", "141234567", pass},
		{"passport_pnr", "«DOCS» CA HK1/P/USA/123456789/USA", "123456789", pass},
		{"passport_pnr", "«DOCS» CA HK1/P/USA/123456789", "123456789", pass},
		{"passport_pnr", "«DOCS» CA HK1/C/USA/123456789/USA", "", 0},
		{"passport_pnr", "«DOCS» CA HK1/P/USA-123456789/USA", "", 0},
		{"passport_pnr", "«DOCS» CA HK1/P/USA/1234567890/USA", "", 0},
		{"passport_pnr", "«DOCS» CA HK1/P/USA/", "", 0},
		{"passport_pnr", "«docs»/p", "", 0},
		{"passport_pnr", "«docs»", "", 0},
		{"passport_pnr", "«docs»/p/src/12345678/x", "", 0},
		{"passport_pnr", "3«DOCS»1/P/CN/141234567/CN", "141234567", pass},
		{"passport_pnr", "SSR «FOID» CA HK1 PPE12345678/P1", "E12345678", pass},
		{"passport_pnr", "«FOID»-PPE12345678", "E12345678", pass},
		{"passport_pnr", "«FOID» PP", "", 0},
		{"passport_pnr", "«DOC+P»:110:111+E12345678'", "E12345678", pass},
		{"passport_pnr", "«DOC+P»+E12345678'", "E12345678", pass},
		{"passport_pnr", "«DOC+P»:110E12345678'", "", 0},
		{"resident_foid", "SSR «FOID» CA HK1 NI310115198808081237/P1", "310115198808081237", check.KindResident},
		{"resident_foid", "«foid» ni11010519491231002x", "11010519491231002X", check.KindResident},
		{"resident_foid", "«FOID» CA HK1 NI310115198808081238", "", 0},
		{"resident_foid", "«FOID» CA HK1 PPE12345678", "", 0},
	})
}

func TestPermanentResidence(t *testing.T) {
	const pr = check.KindForeignPR
	runPapers(t, []paperCase{
		{"foreign_pr_old", "«prCard»No: USA110080010112", "USA110080010112", pr},
		{"foreign_pr_old", "«pr card» ZZZ110080010112", "ZZZ110080010112", pr},
		{"foreign_pr_old", "«cert_no»: USA110080010112", "USA110080010112", pr},
		{"foreign_pr_old", "«证件号»码 DEU310075123101", "DEU310075123101", pr},
		{"foreign_pr_old", "«cert_no»: ZZZ110080010112", "", 0},
		{"foreign_pr_old", "«cert_no»: USA110080130112", "", 0},
		{"foreign_pr_old", "«cert_no»: USA910080010112", "", 0},
	})
}

// A bare word may tell a version, or how many were issued.
func TestPassportAlone(t *testing.T) {
	runPapers(t, []paperCase{
		{"passport_foreign", `{"«passport»":"C01X00T47"}`, "C01X00T47", check.KindPassport},
		{"passport_foreign", "«passport» no 123456789", "123456789", check.KindPassport},
		{"passport_foreign", "«护照»: 123456789", "123456789", check.KindPassport},
		{"passport_foreign", "«Passport» 123456789", "", 0},
		{"passport_foreign", "«护照» 18235000 本", "", 0},
	})
}
