package check

// secretForms are the confirmers of keys and credentials.
var secretForms = []Form{
	{"private_key", OnKey, confirmPEM},
	{"cloud_key", OnKey, confirmCloudKey},
	{"jwt", OnKey, confirmJWT},
	{"password", OnKey, confirmPassword},
}
