package synth

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// JSON is an array of flat objects, one a person, with all identifiers.
func JSON(people []Person) []byte {
	return JSONOf(people, "id_card", "mobile", "email", "card_no")
}

// JSONOf is an array of flat objects with only the named members: id_card,
// mobile, email, card_no, address, diagnosis. Each has a running number and a
// name.
func JSONOf(people []Person, members ...string) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, p := range people {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `{"no":%d,"name":%s`, i+1, quote(p.Name))
		for _, m := range members {
			fmt.Fprintf(&b, ",%s:%s", quote(m), quote(p.member(m)))
		}
		b.WriteByte('}')
	}
	b.WriteString("]\n")
	return b.Bytes()
}

func (p Person) member(name string) string {
	switch name {
	case "id_card":
		return p.ResidentID
	case "mobile":
		return p.Mobile
	case "email":
		return p.Email
	case "card_no":
		return p.BankCard
	case "address":
		return p.Address
	case "diagnosis":
		return "J06.900 急性上呼吸道感染"
	}
	return ""
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

// CSV is a table with a Chinese header.
func CSV(people []Person) []byte {
	var b bytes.Buffer
	b.WriteString("序号,姓名,身份证号,手机号,邮箱,银行卡号,地址\n")
	for i, p := range people {
		fmt.Fprintf(&b, "%d,%s,%s,%s,%s,%s,%s\n", i+1, p.Name, p.ResidentID, p.Mobile, p.Email, p.BankCard, p.Address)
	}
	return b.Bytes()
}

// Form is one person as an urlencoded form.
func Form(p Person) []byte {
	return []byte(url.Values{"name": {p.Name}, "idNo": {p.ResidentID}, "phone": {"+86 " + p.Mobile},
		"email": {p.Email}, "card": {p.BankCard}}.Encode())
}

// Secret is a document with a secrecy mark, in UTF-8.
func Secret() []byte {
	return []byte("000001\n机密★20年\n特急\n\n示例单位文件\n\n关于样本事项的通知\n\n各单位：\n  现将有关事项通知如下。\n")
}

// SecretGB18030 is Secret in GB18030.
func SecretGB18030() []byte { return GB18030(Secret()) }

// GB18030 encodes UTF-8 text; what cannot be encoded is a fault of the test
// that asked for it, and comes back as it was.
func GB18030(text []byte) []byte {
	out, err := simplifiedchinese.GB18030.NewEncoder().Bytes(text)
	if err != nil {
		return text
	}
	return out
}
