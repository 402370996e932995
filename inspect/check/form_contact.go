package check

// contactForms are the confirmers of telephones and accounts.
var contactForms = []Form{
	{"landline", OnDigits, landline},
	{"phone_local", OnKey, localPhone},
	{"mobile_region", OnDigits, mobileRegion},
	{"mobile_local", OnKey, localMobile},
	{"phone_abroad", OnDigits, phoneAbroad},
	{"wechat", OnKey, wechat},
	{"wechat_openid", OnKey, openID},
	{"qq", OnKey, qq},
}
