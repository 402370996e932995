package check

// geoForms are the confirmers of places, tracks and surveys. The form of a
// track has no words: see Track.
var geoForms = []Form{
	{"latitude", OnKey, latitude},
	{"longitude", OnKey, longitude},
	{"location", OnKey, location},
	{"coordinates", OnKey, coordinates},
	{"wkt", OnKey, wkt},
	{"geo_uri", OnKey, geoURI},
	{"degrees", OnKey, degrees},
	{"nmea", OnKey, nmea},
	{"track", OnHead, func(*Sight) {}},
	{"survey_file", OnHead, surveyFile},
	{"survey_text", OnKey, surveyText},
	{"datum", OnKey, datum},
}
