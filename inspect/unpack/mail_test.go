package unpack_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/datacustoms/customs/inspect/unpack"
)

// texts are the parts in order.
func texts(c *collect) (out []string) {
	for _, p := range c.parts {
		out = append(out, string(p.data))
	}
	return out
}

func TestMail(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString
	head := "From: a@example.com\nTo: b@example.com\nMIME-Version: 1.0\n"
	tests := []struct {
		name, text string
		want       []string // that must be parts
	}{
		{"headers of RFC 2047", "From: =?US-ASCII?Q?Keith_Moore?= <moore@example.edu>\nTo: =?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?= <keld@example.dk>\n" +
			"Subject: =?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=\n\nx",
			[]string{"From: Keith Moore <moore@example.edu>\nTo: Keld Jørn Simonsen <keld@example.dk>\nSubject: If you can read this you understand the example.\n", "x"}},
		{"a character cut between words", head + "Subject: =?utf-8?B?" + b64([]byte("证件")[:4]) + "?= =?utf-8?B?" + b64([]byte("证件")[4:]) + "?=\n\nx", []string{head + "Subject: 证件\n"}},
		{"a word in Big5, GBK and UTF-7", head + "A: =?big5?B?" + b64([]byte("\xa8\xad\xa4\xc0\xc3\xd2")) + "?=\nB: =?GBK?Q?=C9=ED=B7=DD=D6=A4?=\nC: =?utf-7?Q?+i6RO/Q-?=\n\nx", []string{head + "A: 身分證\nB: 身份证\nC: 认份\n"}},
		{"a raw header in GBK", head + "Subject: \xc9\xed\xb7\xdd\xd6\xa4\n\nx", []string{head + "Subject: 身份证\n"}},
		{"words in words", head + "Subject: =?utf-8?B?" + b64([]byte("=?utf-8?Q?=E8=AF=81?=")) + "?=\n\nx", []string{head + "Subject: 证\n"}},
		{"a parameter of RFC 2231", head + "Content-Type: message/external-body; access-type=URL;\n URL*0=\"ftp://\";\n URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"\n\nx",
			[]string{head + "Content-Type: message/external-body; access-type=URL; URL*0=\"ftp://\"; URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"\n" +
				"url: ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\n"}},
		{"a body in base64", head + "Content-Transfer-Encoding: base64\n\n" + wrap(b64([]byte(secret)), 20, "\n") + "\n", []string{secret}},
		{"a body in ISO-2022-JP", head + "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B;aL>\x1b(B 1", []string{"氏名 1\n\x1b$B;aL>\x1b(B 1\n"}},
		{"a body in HZ", head + "Content-Type: text/plain; charset=HZ-GB-2312\n\n~{I\x6d7]V$~} 1", []string{"身份证 1\n~{I\x6d7]V$~} 1\n"}},
		{"a body in UTF-16 that does not show it", head + "Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\n" + b64([]byte("\xc1\x8b1\x00")), []string{"证1\n\xc1\x8b1\x00\n"}},
		{"a body in UTF-16 that shows it", head + "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n" + b64([]byte("\xff\xfe\xc1\x8b1\x00")), []string{"\xff\xfe\xc1\x8b1\x00"}},
		{"flowed lines", head + "Content-Type: text/plain; format=flowed; delsp=yes\n\n11010119900307 \n2316\n> quoted \n> on\n-- \nme", []string{"110101199003072316\n11010119900307 \n2316\nquotedon\n> quoted \n> on\n-- \nme"}},
		{"a message in a message", head + "Content-Type: message/rfc822\n\nSubject: =?utf-8?Q?=E8=AF=81?=\nContent-Transfer-Encoding: base64\n\n" + b64([]byte(secret)), []string{"Subject: 证\nContent-Transfer-Encoding: base64\n", secret}},
		{"a file in lines of uuencode", head + "\nsee below\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye", []string{"see below\n", "Cat", "bye"}},
		{"an mbox", "From a@example.com Thu Jan  1 00:00:00 2026\n" + head + "Content-Type: multipart/mixed; boundary=A\n\n--A\n\none\n\nFrom b@example.com Thu Jan  1 00:00:01 2026\nSubject: second\nContent-Transfer-Encoding: base64\n\n" + b64([]byte("two")) + "\n",
			[]string{"one\n", "From b@example.com Thu Jan  1 00:00:01 2026\nSubject: second\nContent-Transfer-Encoding: base64\n", "two"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := flow(unpack.Mail, []byte(tt.text), roomy)
			got := texts(c)
			for _, want := range tt.want {
				if !slices.Contains(got, want) {
					t.Errorf("no part %q in %q", want, got)
				}
			}
			if len(c.misses) > 0 {
				t.Errorf("missed %v", c.misses)
			}
		})
	}
}

func TestIsMail(t *testing.T) {
	tests := []struct {
		name, head string
		want       bool
	}{
		{"a message", "From: a@example.com\nTo: b@example.com\nSubject: x\n\nhello", true},
		{"as a server got it", "Received: from x\n\tby y; Thu\nMessage-ID: <1@x>\n\nhello", true},
		{"cut off in the headers", "Return-Path: <a@b>\r\nDelivered-To: c@d\r\nReceived: fr", true},
		{"an mbox", "From a@b Thu Jan  1 00:00:00 2026\nMessage-ID: <1@b>\nDate: x\n\n", true},
		{"a page saved as MHTML", "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n", true},
		{"with bare returns", "From: a@example.com\rTo: b@example.com\rSubject: x\r\rhello", true},
		{"words that are encoded", "From: Anna\nDate: x\nSubject: =?utf-8?B?eA==?=\n\nhello", true},
		{"people without addresses", "From: Anna\nTo: Ben\nSubject: x\n\nhello", false},
		{"the headers of a response", "Date: x\r\nContent-Type: text/html\r\nUser-Agent: x\r\n\r\n", false},
		{"front matter", "---\nfrom: a@b\nto: c@d\nsubject: x\n---\n", false},
		{"a list of settings", "from: here\nto: there\nsubject: x\ndate: y\n\n", false},
		{"a letter", "Subject: greetings\n\nDear all", false},
		{"prose", "From here: to there\nnothing more", false},
		{"YAML", "to: x\nlist:\n  - a\nname: y\n", false},
		{"JSON", "{\"from\": \"a\",\n\"to\": \"b\"}", false},
		{"an HTTP request", "POST / HTTP/1.1\r\nContent-Type: x\r\n\r\n", false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := unpack.IsMail([]byte(tt.head)); got != tt.want {
				t.Errorf("IsMail = %v", got)
			}
		})
	}
}

// mailer has Python's email package write a message of all that is awkward.
const mailer = `
import sys
from email.message import EmailMessage
from email.mime.text import MIMEText
from email.mime.multipart import MIMEMultipart
inner = EmailMessage()
inner['Subject'] = '内层 13800138001'
inner.set_content('内文 13800138002', charset='gb18030')
m = EmailMessage()
m['From'] = '张三 <a@example.com>'
m['To'] = 'b@example.com'
m['Subject'] = '名单 ' * 20 + '13800138003'
m.set_content('正文 13800138004\n' * 3, charset='utf-8', cte='quoted-printable')
m.add_alternative('<p>超文本 13800138005</p>', subtype='html', charset='utf-16')
m.add_attachment(b'\x1f\x8b\x08' + b'13800138006', maintype='application', subtype='gzip', filename='名单十三.gz')
m.add_attachment(inner)
sys.stdout.buffer.write(m.as_bytes())
`

func TestMailOfPython(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		if os.Getenv("CUSTOMS_CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no python3 here")
	}
	text, err := exec.Command("python3", "-c", mailer).Output()
	if err != nil {
		t.Fatal(err)
	}
	if !unpack.IsMail(text) {
		t.Error("IsMail = false")
	}
	c := flow(unpack.Mail, text, roomy)
	for _, want := range []string{"From: 张三 <a@example.com>", "内层 13800138001", "13800138002", "名单 13800138003", "正文 13800138004", "1\x003\x008\x000\x000\x001\x003\x008\x000\x000\x005\x00", "\x1f\x8b\x0813800138006", "名单十三.gz"} {
		if !c.holds(want) {
			t.Errorf("no %q in %q", want, texts(c))
		}
	}
	if len(c.misses) > 0 {
		t.Errorf("missed %v", c.misses)
	}
}
