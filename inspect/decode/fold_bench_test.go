package decode_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/decode"
)

func BenchmarkEscapes(b *testing.B) {
	for _, t := range []struct{ name, text string }{
		{"ascii", "2024-05-06 12:00:01 INFO request done in 35 ms, path /index.html\n"},
		{"code", "\tif e := &x[i]; e.n == 0 && e.idle() {\n\t\treturn fmt.Sprintf(\"%d\\n\", e.n)\n\t}\n"},
		{"chinese", "国务院办公厅关于印发的通知已经发送给各省自治区直辖市人民政府\n"},
		{"prose", "他说：“今年一共有三千人，其中二百人来自北京。”请于五月一日前回复\n"},
		{"form", "name=abc&phone=13800138000&city=beijing&x=1&nb=%E6%89%8B"},
		{"escaped", `\u624b\u673a\u53f7`},
		{"gb18030", "\xca\xd6\xbb\xfa\xba\xc5\xc2\xeb\xa3\xba\xa3\xb1\xa3\xb3\xb5\xb1\xc7\xb0\xd3\xc3\xbb\xa7\n"},
	} {
		b.Run(t.name, func(b *testing.B) {
			p := []byte(strings.Repeat(t.text, 2048/len(t.text)+1)[:2048])
			text, spans := make([]byte, 0, 4096), make([]decode.Span, 0, 4096)
			b.SetBytes(int64(len(p)))
			b.ReportAllocs()
			for b.Loop() {
				var e decode.Escapes
				text, spans = e.Append(text[:0], spans[:0], p, 0)
			}
		})
	}
}
