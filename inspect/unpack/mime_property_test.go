package unpack_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/unpack"
)

// mimeTokens are what messages are made of, rightly and wrongly.
var mimeTokens = []string{
	"--A", "--B", "--A--", "\n", "\r\n", "\r", "\n\n", " ", " \n", "\"", "(", ")", "-", "> ", "x", "\x00", "\xa8\xad",
	"Content-Type: ", "multipart/mixed; boundary=B", "message/rfc822", "application/http", "text/plain; charset=utf-7", "; charset=big5", "; format=flowed; delsp=yes",
	"Content-Transfer-Encoding: ", "base64", "quoted-printable", "x-uuencode",
	"Content-Disposition: form-data; name=", "form-data", "_charset_", "name*0*=gbk''%31", "%31%32%33", "Subject: ", "X: ",
	"HTTP/1.1 200 OK\n", "From a@b Thu Jan  1 00:00:00 2026\n",
	"=?utf-8?Q?=31", "23456?=", "=?big5?B?MTIz", "NDU2?=", "110101199003072316", "MTEwMTAxMTk5MDAzMDcyMzE2", "=31=", "=31", "+ADEAMQAwADEAMAAxADEAOQ-",
	"begin 644 x\n", "2,3$P,3 Q,3DY,# S,#<R,S$V\n", "`\nend\n", "begin-base64 644 x\n", "====\n",
	strings.Repeat("longer words ", 90), strings.Repeat("z", 1100), strings.Repeat("\x01q\r", 200), strings.Repeat("y\x02\n", 300),
}

func TestMimeKeeps(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 9))
	for i := 0; i < 2500 && !t.Failed(); i++ {
		var b []byte
		for range 3 + rnd.IntN(40) {
			b = append(b, mimeTokens[rnd.IntN(len(mimeTokens))]...)
			if rnd.IntN(3) == 0 {
				b = append(b, '\n')
			}
		}
		if i%2 == 0 {
			keeps(t, unpack.Mail, b)
		} else {
			keeps(t, unpack.Multipart("multipart/mixed; boundary=A"), b)
		}
	}
}
