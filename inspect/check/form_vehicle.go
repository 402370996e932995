package check

// vehicleForms are the confirmers of organisations and vehicles.
var vehicleForms = []Form{
	{"org_code", OnKey, orgCode},
	{"tax_id", OnKey, taxID},
	{"plate", OnPlate, plate},
	{"plate_keyed", OnKey, keyedPlate},
	{"vin", OnWord, vin},
}
