package policy

import (
	"strings"

	"github.com/datacustoms/customs/inspect"
)

// ClassTitle is what a class is called among people, in "zh" or "en"; another
// language gets English, and a class without a title its own name.
func ClassTitle(c inspect.Class, lang string) string {
	t, ok := classTitles[c]
	if !ok && strings.HasPrefix(string(c), "pi.account.") {
		t, ok = [2]string{"自有账号编号", "own account number"}, true
	}
	switch {
	case !ok:
		return string(c)
	case lang == Chinese:
		return t[0]
	}
	return t[1]
}

// classNamed is a class by title and name.
func classNamed(c, lang string) string {
	t := ClassTitle(inspect.Class(c), lang)
	switch {
	case t == c:
		return c
	case lang == Chinese:
		return t + "（" + c + "）"
	}
	return t + " (" + c + ")"
}

// classTitles are the Chinese and English titles of the public classes.
var classTitles = map[inspect.Class][2]string{
	inspect.ResidentID:       {"居民身份证号码", "resident identity number"},
	inspect.Passport:         {"护照号码", "passport number"},
	inspect.PermitHKMO:       {"往来港澳通行证号码", "Hong Kong and Macao travel permit number"},
	inspect.PermitTW:         {"往来台湾通行证号码", "Taiwan travel permit number"},
	inspect.HomeReturn:       {"港澳居民来往内地通行证号码", "home return permit number"},
	inspect.TWCompatriot:     {"台湾居民来往大陆通行证号码", "Taiwan compatriot permit number"},
	inspect.ForeignPR:        {"外国人永久居留身份证号码", "foreign permanent resident number"},
	inspect.HKID:             {"香港身份证号码", "Hong Kong identity card number"},
	inspect.MacaoID:          {"澳门身份证号码", "Macao identity card number"},
	inspect.TaiwanID:         {"台湾身份证号码", "Taiwan identity number"},
	inspect.MilitaryID:       {"军人证件号码", "military identity number"},
	inspect.BirthCertificate: {"出生医学证明编号", "birth certificate number"},
	inspect.DriverFile:       {"驾驶证档案编号", "driver's file number"},
	inspect.Mobile:           {"手机号码", "mobile number"},
	inspect.Landline:         {"固定电话号码", "landline number"},
	inspect.Email:            {"电子邮箱地址", "email address"},
	inspect.WeChat:           {"微信号", "WeChat account"},
	inspect.QQ:               {"QQ号", "QQ number"},
	inspect.Name:             {"姓名", "name of a person"},
	inspect.Address:          {"住址", "postal address"},
	inspect.BankCard:         {"银行卡号", "bank card number"},
	inspect.IBAN:             {"国际银行账号（IBAN）", "bank account number (IBAN)"},
	inspect.Securities:       {"证券账户号码", "securities account number"},
	inspect.SocialSecurity:   {"社会保障号码", "social security number"},
	inspect.ICD10:            {"疾病编码", "disease code"},
	inspect.HealthRecord:     {"病历信息", "health record"},
	inspect.Genomic:          {"基因组数据", "genomic data"},
	inspect.BioTemplate:      {"生物识别特征模板", "biometric template"},
	inspect.Track:            {"行踪轨迹", "location track"},
	inspect.IMEI:             {"设备识别码（IMEI）", "device number (IMEI)"},
	inspect.IMSI:             {"用户识别码（IMSI）", "subscriber number (IMSI)"},
	inspect.ICCID:            {"SIM卡号（ICCID）", "SIM card number (ICCID)"},
	inspect.MAC:              {"网卡地址（MAC）", "network card address (MAC)"},
	inspect.DeviceID:         {"设备标识", "device identifier"},
	inspect.IPAddress:        {"IP地址", "IP address"},
	inspect.USCC:             {"统一社会信用代码", "unified social credit code"},
	inspect.OrgCode:          {"组织机构代码", "organisation code"},
	inspect.Plate:            {"车牌号码", "number plate"},
	inspect.VIN:              {"车辆识别代号", "vehicle identification number"},
	inspect.Coordinate:       {"地理坐标", "geographic coordinates"},
	inspect.Survey:           {"测绘数据", "surveying data"},
	inspect.MarkSecret:       {"国家秘密标志", "state secret mark"},
	inspect.MarkInternal:     {"内部资料标志", "internal mark"},
	inspect.MarkImportant:    {"重要数据标志", "important-data mark"},
	inspect.SecretKey:        {"密钥", "secret key"},
	inspect.TradeDocument:    {"贸易单证", "trade document"},
}
