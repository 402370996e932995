package check

// regionForms are the confirmers of documents of Hong Kong, Macao and Taiwan.
var regionForms = []Form{
	{"home_return", OnSerial, confirmHomeReturn},
	{"home_return_long", OnKey, confirmHomeReturnLong},
	{"tw_compatriot", OnKey, confirmTWCompatriot},
	{"hkid", OnSerial, confirmHKID},
	{"hkid_brackets", OnSerial, confirmHKIDBrackets},
	{"hkid_key", OnKey, confirmHKIDKey},
	{"macao_id", OnKey, confirmMacaoID},
	{"taiwan_id", OnSerial, confirmTaiwanID},
}
