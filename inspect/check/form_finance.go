package check

// financeForms are the confirmers of finance and social security.
var financeForms = []Form{
	{"iban", OnIBAN, iban},
	{"iban_keyed", OnKey, keyedIBAN},
	{"securities", OnKey, securities},
	{"card_track", OnDigits, cardTrack},
	{"card_track_name", OnWord, cardTrackName},
	{"card_track_keyed", OnKey, keyedTrack},
	{"bank_card_nocheck", OnDigits, oldCard},
	{"social_security", OnKey, socialSecurity},
}
