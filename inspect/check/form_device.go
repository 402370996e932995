package check

// deviceForms are the confirmers of devices and networks.
var deviceForms = []Form{
	{"ipv4", OnIP4, ipv4},
	{"ipv6", OnIP6, ipv6},
	{"mac", OnMAC, mac},
	{"mac_plain", OnKey, plainMAC},
	{"imei", OnDigits, imei},
	{"meid", OnKey, meid},
	{"imsi", OnDigits, imsi},
	{"iccid", OnDigits, iccid},
	{"iccid_hex", OnKey, hexICCID},
	{"device_id", OnKey, deviceID},
	{"ad_id", OnKey, adID},
}
