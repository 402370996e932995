package inspecttest

import "strings"

// awkward are pieces of text that are awkward beside each other.
var awkward = []string{"11010519491231002X", "138", "-0013-8000", "１３８００１３８０００", `\u0031`, "3800138000", "%31", "%", `\`, `\n`,
	"zhang", "@", "example.com", ".", "机密", "★", "20年", `\u673a\u5bc6`, "\xbb\xfa\xc3\xdc\xa1\xef", "91330100799655058B", " ", "\n", "手机",
	`{"phone":"`, `"}`, "<p>", "</p>", `<q id="`, "/>", "{", "}", "[", "],", "name,id_card,\"a\n", ",", "\x81\x30\x81\x31", "110105491231002", "13900139000", "身份证", "6217001210024455220", "\xef", "\xbc", "order_no=", "+86", "\xe6\x9c", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	"\r\n--b\r\n", "\n--", "\r\n\r\n", "PK\x03\x04", "Salted__", "Content-Transfer-Encoding:", " base64\r\n", "\x00"}

// keyed are words that bring confirmers, what they look for, and runs of bytes
// that look like something.
var keyed = []string{"病历号", "ZY00123456", "QQ号", "qq=", "12345678", "lat\":31.2304,\"lng\":121.4737", "\"coordinates\":[", "[121.4737,31.2304],",
	"LINESTRING (", "121.4737 31.2304, ", "京A", "12345", "\xbe\xa9A", "GB29 NWBK 6016 1331 9268 19", "10.1.2.3", "client_ip", "2001:db8::1", "00:1a:2b:3c:4d:5e",
	"姓名", "：", "王小明", "\xd0\xd5\xc3\xfb", "地址", "上海市浦东新区", "示例路1号", "-----BEGIN PRIVATE KEY-----", strings.Repeat("MIIBVAIBADANBgkqhkiG", 4),
	"eyJhbGciOiJIUzI1NiJ9.", "A123456(3)", "P<CHN", "passport", "E12345678", ">seq\n", strings.Repeat("ACGT", 20), "姓名,QQ号,病历号\n", "LSVAA49J132047371",
	"诊断", "J45.900", "内部资料", "三八零零一三八零零零", "一", "(", "）", "$GPGGA,092750.000,5321.6802,N,00630.3372,W,1,8,1.03,61.7,M,55.2,M,,*76", "&#49;", "\u00ad"}

// tabled are rows and what parts them.
var tabled = []string{"no,name,phone\n", "1,a,x\n", "2,b,x\n", "3,\"c\nd\",x\n", "NO-0004;y\n", `{"id":1,"a":"b"}`, `{"id":2,"a":{"id":3}},`, "[", "\n", "},{\"id\":4}", "\"", `\"`,
	"<table><tr><th>no</th><th>", "</tr><tr><td>1</td>", "INSERT INTO t (no, name) VALUES (1,'a'),(2,'b');\n", "('", strings.Repeat("5,long,", 100), strings.Repeat("1,a,b\n2,a,b\n3,a,b\n", 300),
	strings.Repeat("{\"id\":1,\"a\":\"b\"},", 300), strings.Repeat("a line that is long enough\n", 400)}
