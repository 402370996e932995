package synth

import (
	"bytes"
	"fmt"
	"strings"
)

func goSource(m *Maker, b *bytes.Buffer, i int) {
	if i%40 == 0 {
		fmt.Fprintf(b, "// Package %s reads records of %s.\npackage %s\n\nimport (\n\t\"fmt\"\n\t\"github.com/%s/%s/v2\"\n)\n\n", m.letters(6), m.letters(5), m.letters(6), m.letters(7), m.letters(5))
	}
	if i%11 == 5 {
		fmt.Fprintf(b, "\t0x%s, 0x%s, 0x%s, 0x%s, // %s\n", m.hex(8), m.hex(8), m.hex(8), m.hex(8), m.letters(4))
		fmt.Fprintf(b, "\t%s.%s, -%s.%s, 1e%s, 0%s,\n", m.digits(1), m.digits(17), m.digits(2), m.digits(15), m.digits(2), m.digits(3))
		fmt.Fprintf(b, "const %s = %s // %s bytes\n", m.letters(5), m.digits(1+m.rnd.IntN(19)), m.digits(5))
		return
	}
	m.rotate(b, i,
		"type %s struct {\n\tName    string `json:\"name\"`\n\tIDCard  string `json:\"id_card\"`\n\tMobile  string `json:\"mobile,omitempty\"`\n\tAddress string `json:\"address\"`\n}\n",
		"func (s *%s) phone(n int) (string, error) {\n\tif n > %d {\n\t\treturn \"\", fmt.Errorf(\"%s: phone %%d is out of range\", n)\n\t}\n\treturn s.tel[n], nil\n}\n",
		"\tmac := hmac.New(sha256.New, key%s)\n\tmac.Write(%s)\n\tif !hmac.Equal(mac.Sum(nil), want) {\n\t\treturn err%s\n\t}",
		"\tname := flag.String(\"name\", \"%s\", \"name of the %s\")\n\timei := flag.String(\"imei\", \"\", \"imei of the device\")",
		"\tcase code%s: // E%d\n\t\treturn address + uintptr(off%s)*%d",
		"// %s returns the address of the %s and the number of bytes read, at most %d.",
		"\tt.Errorf(\"card = %%q, want %%q\", got.Card, tt.%s)",
		"\tlat, lng := p.%s, p.%s // passport, visa and plate are set by the caller",
		"\t{name: \"%s %s\", in: \"%s\", want: %d},",
		"\tif token := r.Header.Get(\"Authorization\"); token == \"\" || len(token) > %d {",
		"var secretKey%s = os.Getenv(\"SECRET_KEY_%s\")")
}

func scriptSource(m *Maker, b *bytes.Buffer, i int) {
	m.rotate(b, i,
		"import { %s, %s } from './%s/%s.js';",
		"export async function %s(user, phone) {\n  const res = await fetch(`/api/v%d/%s/${user.id}?phone=${encodeURIComponent(phone)}`);\n  return res.json();\n}",
		"  const idCard = form.idCard.value.trim(); // %d characters\n  if (!/^[1-9]\\d{16}[0-9X]$/.test(idCard)) return '%s';",
		"def %s(self, mobile, email=None):\n    \"\"\"Send %s to the mobile number.\"\"\"\n    if len(mobile) != %d:\n        raise ValueError('bad mobile: %%s' %% mobile)",
		"class %s(models.Model):\n    name = models.CharField(max_length=%d)\n    id_number = models.CharField(max_length=%d, blank=True)\n    address = models.TextField(default='%s')",
		"    self.latitude, self.longitude = 0.0, 0.0  # %s",
		"    color: #%d%d; margin: %dpx %dpx; font-family: '%s', sans-serif;",
		"$('#%s').attr('data-tel', this.%s.tel).on('click', () => location.href = 'tel:' + this.tel);",
		"logger.info('order %%s paid by card %%s', order.%s, mask(card))",
		"if (mac[%d] & 0x01) return -%d; /* %s */",
		"assert %s(%d, %d) == {'code': %d, 'name': '%s'}")
}

func sqlSchema(m *Maker, b *bytes.Buffer, i int) {
	m.rotate(b, i,
		"CREATE TABLE `t_%s` (\n  `id` bigint(20) NOT NULL AUTO_INCREMENT,\n  `id_card` varchar(18) DEFAULT NULL COMMENT '身份证号',\n  `mobile` varchar(11) DEFAULT NULL COMMENT '手机号',\n  `address` varchar(255) DEFAULT NULL COMMENT '家庭住址',\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB AUTO_INCREMENT=%d%d%d DEFAULT CHARSET=utf8mb4;",
		"ALTER TABLE `t_%s` ADD COLUMN `bank_card_no` varchar(%d) COMMENT '银行卡号，加密存储', ADD INDEX `idx_%s` (`passport_no`);",
		"SELECT u.name, u.phone, u.email, o.%s FROM t_user u JOIN t_order o ON o.user_id = u.id WHERE o.id > %d LIMIT %d;",
		"COMMENT ON COLUMN %s.vin IS '车架号'; COMMENT ON COLUMN %s.plate_no IS '车牌号';",
		"GRANT SELECT (name, %s) ON t_%s TO reader;")
}

func lockFiles(m *Maker, b *bytes.Buffer, i int) {
	v := fmt.Sprintf("%d.%d.%d", m.rnd.IntN(20), m.rnd.IntN(40), m.rnd.IntN(90))
	switch i % 5 {
	case 0:
		fmt.Fprintf(b, "    \"node_modules/@%s/%s\": {\n      \"version\": \"%s\",\n      \"resolved\": \"https://registry.npmjs.org/@%s/%s/-/%s-%s.tgz\",\n      \"integrity\": \"sha512-%s==\",\n      \"engines\": {\n        \"node\": \">=%d\"\n      }\n    },\n",
			m.letters(5), m.letters(6), v, m.letters(5), m.letters(6), m.letters(6), v, m.base64std(86), m.rnd.IntN(22))
	case 1:
		fmt.Fprintf(b, "github.com/%s/%s v%s h1:%s=\ngithub.com/%s/%s v0.0.0-2024%s-%s/go.mod h1:%s=\n", m.letters(6), m.letters(5), v, m.base64std(43), m.letters(6), m.letters(5),
			m.pattern("\\0\\9199\\0\\9\\1\\9"), m.hex(12), m.base64std(43))
	case 2:
		fmt.Fprintf(b, "[[package]]\nname = \"%s\"\nversion = \"%s\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"%s\"\n\n", m.letters(8), v, m.hex(64))
	case 3:
		fmt.Fprintf(b, "\"%s@^%s\":\n  version \"%s\"\n  resolved \"https://registry.yarnpkg.com/%s/-/%s-%s.tgz#%s\"\n  integrity sha1-%s=\n\n", m.letters(7), v, v, m.letters(7), m.letters(7), v, m.hex(40), m.base64std(27))
	case 4:
		fmt.Fprintf(b, "%s==%s \\\n    --hash=sha256:%s \\\n    --hash=sha256:%s\n", m.letters(9), v, m.hex(64), m.hex(64))
	}
}

func minified(m *Maker, b *bytes.Buffer, i int) {
	v := func() string { return m.letters(1 + m.rnd.IntN(2)) }
	switch i % 6 {
	case 0:
		fmt.Fprintf(b, "function %s(%s,%s){return %s.%s(%s)||(%s=%d,%s.name=%q)}", v(), v(), v(), v(), m.letters(6), v(), v(), m.rnd.IntN(99999), v(), m.letters(5))
	case 1:
		fmt.Fprintf(b, "var %s={tel:%s,email:%s,address:\"\",id:%s.id,card:!0,phone:void 0,x:.%s},", v(), v(), v(), v(), m.digits(6))
	case 2:
		fmt.Fprintf(b, "%s=[%s,%s,%s,%s,%s];", v(), m.digits(8), m.digits(10), m.digits(9), "-"+m.digits(9), "0x"+m.hex(8))
	case 3:
		fmt.Fprintf(b, "d=\"M%s.%s %s.%sc-%s.%s-.%s.%s %sh%sv-%sz\";", m.digits(2), m.digits(2), m.digits(2), m.digits(3), m.digits(1), m.digits(2), m.digits(2), m.digits(3), m.digits(1), m.digits(2), m.digits(2))
	case 4:
		fmt.Fprintf(b, "%s(%d,function(e,t,n){\"use strict\";n.d(t,\"%s\",(function(){return %s}))});", v(), m.rnd.IntN(9999), v(), v())
	case 5:
		fmt.Fprintf(b, "%s.exports=\"data:font/woff2;base64,%s\"", v(), strings.Repeat(m.base64std(64), 2))
		if i%60 == 5 {
			b.WriteString("\n//# sourceMappingURL=app." + m.hex(8) + ".js.map\n")
		}
	}
}
