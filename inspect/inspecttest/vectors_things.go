package inspecttest

import (
	"strings"

	"github.com/datacustoms/customs/inspect"
)

func orgVectors() []Vector {
	credit := Vector{Class: inspect.USCC, Zh: "统一社会信用代码", En: "unified social credit code", Key: "uscc", Checked: true}
	creditGood := credit
	creditGood.Valid = true
	code := Vector{Class: inspect.OrgCode, Zh: "组织机构代码", En: "organization code", Key: "org_code"}
	codeGood := code
	codeGood.Valid = true
	return join(
		rows(creditGood, "91330100799655058B", "9144030071526726XG", "914403001922038216", "91310115MA1K3ABC99"),
		// The second has a right check of its own and a wrong one inside.
		rows(credit, "91330100799655058C", "913301007996550578", "91310115MAIK3ABC99"),
		rows(codeGood, "79965505-8", "71526726-X", "MA1K3ABC-9", "799655058"),
		rows(code, "79965505-7", "71526726-1"),
	)
}

func vehicleVectors() []Vector {
	plate := Vector{Class: inspect.Plate, Zh: "车牌号", En: "plate", Key: "plate_no"}
	good := plate
	good.Valid = true
	vin := Vector{Class: inspect.VIN, Zh: "车架号", En: "VIN", Key: "vin", Checked: true}
	vinGood := vin
	vinGood.Valid = true
	return join(
		rows(good, "京A12345", "粤B·12345", "沪A·B1234", "粤BD12345", "粤BF12345", "粤B·DA1234", "沪A12345D", "浙A12345F", "京A1234警", "粤Z1234港", "鲁B1234挂", "苏E1234学", "苏E 12345"),
		rows(plate, "京I12345", "京O12345", "京A1234", "示A12345", "京A1234I"),
		rows(vinGood, "1M8GDM9AXKP042788", "LSVAA49J132047371", "LFV2A21K2G4123456"),
		rows(vin, "LFV3A23C0B3000001", "LSVAA49J132047372", "LSVAA49I132047371"),
	)
}

func financeVectors() []Vector {
	card := Vector{Class: inspect.BankCard, Zh: "银行卡号", En: "card number", Key: "bank_card", Groups: []int{4, 4, 4, 4, 3}}
	good := card
	good.Valid, good.Checked = true, true
	shorter := good
	shorter.Groups = []int{4, 4, 4, 4, 2}
	track := good
	track.Groups, track.Fixed = nil, true
	alone := card
	alone.Alone = true // with a word of banks a 62 number counts without its check
	iban := Vector{Class: inspect.IBAN, Zh: "IBAN", En: "IBAN", Key: "iban", Checked: true, Groups: []int{4, 4, 4, 4, 4, 2}}
	ibanGood := iban
	ibanGood.Valid = true
	stock := func(zh, en, key string, texts ...string) []Vector {
		return rows(Vector{Class: inspect.Securities, Valid: true, Zh: zh, En: en, Key: key}, texts...)
	}
	return join(
		rows(good, "6217001210024455220", "6228480402564890018"), rows(shorter, "622202020011223349"),
		rows(alone, "6222020200112233445"),
		rows(Vector{Class: inspect.BankCard, Zh: "编号", En: "number", Key: "no"}, "4111111111111112"),
		rows(track, ";6217001210024455220=29052201234?"),
		rows(ibanGood, "DE89370400440532013000"), rows(iban, "DE89370400440532013001"),
		stock("股东账户", "securities account", "securities_account", "A123456789", "C123456789", "F123456789", "0012345678", "0112345678"),
		stock("一码通", "securities account", "一码通账户", "180012345678", "190012345678"),
		rows(Vector{Class: inspect.Securities, Zh: "证券账户", En: "securities account", Key: "securities_account"}, "B123456789", "0212345678"),
		rows(Vector{Class: inspect.SocialSecurity, Valid: true, Zh: "社保卡号", En: "social security card", Key: "social_security_no"}, "A12345678", "B00112233"),
	)
}

func healthVectors() []Vector {
	icd := Vector{Class: inspect.ICD10, Zh: "诊断", En: "diagnosis", Key: "icd10", Fixed: true}
	good := icd
	good.Valid = true
	record := func(zh, en, key string, texts ...string) []Vector {
		return rows(Vector{Class: inspect.HealthRecord, Valid: true, Zh: zh, En: en, Key: key}, texts...)
	}
	return join(
		rows(good, "I10", "E11.900", "C34.100x001", "U07.1"), rows(icd, "I1", "11.900", "EE1.900"),
		record("病历号", "medical record number", "medical_record_no", "BL2026001234", "0001234567"),
		record("住院号", "inpatient no", "inpatient_no", "ZY00123456"),
		record("门诊号", "outpatient no", "outpatient_no", "MZ00123456"),
		record("就诊卡号", "MRN", "mrn", "1234567890"),
		rows(Vector{Class: inspect.HealthRecord, Zh: "病历号", En: "medical record number", Key: "medical_record_no"}, "12", "无"),
	)
}

// structureVectors are formats that show themselves.
func structureVectors() []Vector {
	whole := func(class inspect.Class, valid bool, texts ...string) []Vector {
		return rows(Vector{Class: class, Valid: valid, Whole: true, Fixed: true}, texts...)
	}
	raw := func(class inspect.Class, valid bool, texts ...string) []Vector {
		return rows(Vector{Class: class, Valid: valid, Whole: true, Fixed: true, Raw: true}, texts...)
	}
	seq := strings.Repeat("ACGTTGCATT", 7)
	return join(
		whole(inspect.HealthRecord, true,
			"MSH|^~\\&|HIS|A|LIS|B|20261122||ADT^A01|1|P|2.4\rPID|1||0012345678^^^A^MR||CESHI^YI||19800101|F\r",
			`{"resourceType": "Patient","id":"p1","name":[{"family":"Ceshi"}],"birthDate":"1980-01-01"}`,
			`<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><id extension="12345678"/></patientRole></recordTarget></ClinicalDocument>`,
			strings.Repeat("\x00", 128)+"DICM\x02\x00\x00\x00UL\x04\x00\x10\x00\x00\x00\x10\x00\x10\x00PN\x08\x00Ceshi^Yi\x10\x00\x20\x00LO\x08\x0012345678"),
		whole(inspect.HealthRecord, false, "MSH is short for message header", `{"resourceType": "Questionnaire"}`),
		raw(inspect.Genomic, true,
			">sample1 chr1\n"+seq+"\n"+seq+"\n"+seq+"\n",
			"@read1\n"+seq+"\n+\n"+strings.Repeat("IIIIIFFFFF", 7)+"\n@read2\n"+seq+"\n+\n"+strings.Repeat("IIIIIFFFFF", 7)+"\n",
			"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\nchr1\t12345\trs123456\tA\tG\t50\tPASS\t.\tGT\t0/1\n",
			"@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:248956422\n",
			"CRAM\x03\x00sample1\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"),
		raw(inspect.Genomic, false, "> quoted text of a mail\n> and more of it\n", "@media screen\n{\n+\n}\n", "CRAMPED quarters\n"),
		whole(inspect.SecretKey, true, "-----BEGIN PRIVATE KEY-----\n"+strings.Repeat(strings.Repeat("Ab0+", 16)+"\n", 6)+"-----END PRIVATE KEY-----\n"),
		whole(inspect.SecretKey, false, "-----BEGIN CERTIFICATE-----\n"+strings.Repeat(strings.Repeat("Ab0+", 16)+"\n", 6)+"-----END CERTIFICATE-----\n",
			"-----BEGIN PUBLIC KEY-----\n"+strings.Repeat("Ab0+", 16)+"\n-----END PUBLIC KEY-----\n"),
	)
}

func placeVectors() []Vector {
	whole := func(class inspect.Class, valid bool, texts ...string) []Vector {
		return rows(Vector{Class: class, Valid: valid, Whole: true, Fixed: true}, texts...)
	}
	raw := func(class inspect.Class, valid bool, texts ...string) []Vector {
		return rows(Vector{Class: class, Valid: valid, Whole: true, Fixed: true, Raw: true}, texts...)
	}
	return join(
		whole(inspect.Coordinate, true,
			`{"lat":39.909230,"lng":116.397428}`, `{"latitude":"39.909230","longitude":"116.397428"}`, "经度：116.397428，纬度：39.909230", "坐标：116.397428,39.909230",
			"POINT(116.397428 39.909230)", "POINT (116.397428 39.909230)", `{"type":"Point","coordinates":[116.397428,39.909230]}`, "geo:39.909230,116.397428",
			`39°54'33.2"N 116°23'50.7"E`, "$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76", "$BDGGA,092750.000,3954.5538,N,11623.8457,E,1,8,1.03,61.7,M,,M,,*69",
			`<wpt lat="39.909230" lon="116.397428"></wpt>`, "<Point><coordinates>116.397428,39.909230,0</coordinates></Point>"),
		whole(inspect.Coordinate, false,
			"$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*77", `{"lat":139.909230,"lng":116.397428}`, `{"x":39.909230,"y":116.397428}`, "[39.909230,116.397428]"),
		raw(inspect.Survey, true, "LASF\x00\x00\x00\x00"+strings.Repeat("\x00", 16)+"\x01\x02"+strings.Repeat("\x00", 68)+"\xe3\x00"+strings.Repeat("\x00", 131),
			"# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 1\nHEIGHT 1\nPOINTS 1\nDATA ascii\n1 2 3\n",
			"<?xml version=\"1.0\"?>\n<OpenDRIVE><header revMajor=\"1\" revMinor=\"6\"/></OpenDRIVE>", "#ROSBAG V2.0\n\x45\x00\x00\x00",
			`PROJCS["CGCS2000_3_Degree_GK_CM_117E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]]]]`),
		raw(inspect.Survey, false, "the LASF file", "OpenDRIVE is a format"),
	)
}

func markVectors() []Vector {
	whole := func(class inspect.Class, valid bool, texts ...string) []Vector {
		return rows(Vector{Class: class, Valid: valid, Whole: true, Fixed: true}, texts...)
	}
	return join(
		whole(inspect.MarkSecret, true, "绝密★30年", "机密★20年", "秘密★10年", "机密★1年", "秘密★6个月", "绝密★长期", "机密☆20年", "秘密　★　10年"),
		whole(inspect.MarkSecret, false, "商业秘密受保护", "保守秘密是义务", "秘密花园", "国家秘密", "**机密**计划"),
		whole(inspect.MarkInternal, true, "内部资料 注意保存", "内部文件 不得外传", "仅供内部使用", "INTERNAL USE ONLY"),
		whole(inspect.MarkInternal, false, "人民内部矛盾", "internal/engine", "内部网络"),
	)
}

// freeVectors are names and addresses: words beside their key.
func freeVectors() []Vector {
	name := Vector{Class: inspect.Name, Zh: "姓名", En: "full name", Key: "realName", Valid: true, Fixed: true}
	notName := name
	notName.Valid = false
	address := Vector{Class: inspect.Address, Zh: "家庭住址", En: "address", Key: "address", Valid: true, Fixed: true}
	notAddress := address
	notAddress.Valid = false
	return join(
		rows(name, "王小明", "李娜", "欧阳文静", "司马光明", "买买提·艾力"), rows(notName, "高兴", "万元", "方法", "石油", "白色"),
		rows(address, "广东省深圳市南山区样本路12号", "北京市海淀区示例街5号院3号楼2单元401室", "浙江省杭州市西湖区虚构街道假想路99弄7号"),
		rows(notAddress, "无", "同上", "样本"),
	)
}
