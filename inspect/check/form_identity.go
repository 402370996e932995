package check

// identityForms are the confirmers of identity documents of the mainland.
var identityForms = []Form{
	{"passport", OnSerial, confirmPassport},
	{"passport_other", OnSerial, confirmPassportOther},
	{"passport_old", OnKey, confirmPassportOld},
	{"passport_foreign", OnKey, confirmPassportForeign},
	{"passport_pnr", OnKey, confirmPassportPNR},
	{"resident_foid", OnKey, confirmResidentFOID},
	{"mrz", OnKey, confirmMRZ},
	{"permit_hkmo", OnSerial, confirmPermitHKMO},
	{"permit_tw", OnSerial, confirmPermitTW},
	{"foreign_pr_old", OnKey, confirmForeignPROld},
	{"birth", OnSerial, confirmBirth},
	{"driver", OnKey, confirmDriver},
	{"military", OnKey, confirmMilitary},
	{"military_key", OnKey, confirmMilitaryKey},
}
