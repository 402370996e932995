package main

import (
	"html/template"
	"net/http"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
)

// noticeEntry is one entry that passes unread, as staff are shown it.
type noticeEntry struct {
	ZH, EN, Owner, Expires string
	Private, Over          bool
}

// noticeWords name the kinds and categories in both languages.
var noticeWords = map[string][2]string{
	"banking":         {"网上银行与支付", "Banking and payment"},
	"health":          {"医疗健康", "Health"},
	"personal":        {"个人生活服务", "Personal matters"},
	policy.PassPinned: {"固定证书的应用", "Applications that pin their certificate"},
	policy.PassRaw:    {"其他协议", "Other protocols"},
}

// newNotice serves the page for employees: what is read, what is not, and who
// answers for that. It names no host, for the list of banks that staff use is
// theirs.
func newNotice(cfg func() *config.Config) http.Handler {
	page := template.Must(template.New("notice").Parse(noticePage))
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c, now := cfg(), time.Now()
		data := struct {
			Observe, Private bool
			Entries          []noticeEntry
		}{Observe: c.Mode == "observe"}
		for _, p := range c.PassThrough {
			words := noticeWords[p.Kind]
			if p.Category != "" {
				words = noticeWords[p.Category]
			}
			data.Private = data.Private || p.Kind == policy.PassPrivate
			data.Entries = append(data.Entries, noticeEntry{words[0], words[1], p.Owner, p.Expires, p.Kind == policy.PassPrivate, p.Over(now)})
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		page.Execute(w, data)
	})
}

const noticePage = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>数据出境检查告知 / Notice on inspection</title>
<style>
body{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.4rem .6rem;text-align:left;vertical-align:top}
h2{margin-top:2rem}.over{color:#8a1f11}
@media(prefers-color-scheme:dark){body{background:#161616;color:#e8e8e8}th,td{border-color:#555}.over{color:#ff9d8d}}
</style>
</head>
<body>
<h1>数据出境检查告知<br><span lang="en">Notice on inspection</span></h1>
<p>您的网络连接经过数据出境网关。本页说明检查什么、不检查什么、由谁负责。</p>
<p lang="en">Your connections pass a gateway for data that leaves the mainland. This page says what it reads, what it does not, and who answers for it.</p>
<h2>检查的内容 / What is read</h2>
<ul>
<li>发往境外或去向不明的请求：解密后由程序查找个人信息和重要数据{{if .Observe}}；目前仅记录，不拦截{{end}}。<br><span lang="en">Requests to places overseas or unknown are decrypted, and a program looks for personal information and important data{{if .Observe}}; for now it records and stops nothing{{end}}.</span></li>
<li>记录中只有数据的类别和数量，没有内容；拦截的传输，运营者若启用证据留存，另行加密保存。<br><span lang="en">Records hold classes and numbers of data, never the content. Where the operator keeps evidence of what was refused, it is sealed apart.</span></li>
</ul>
<h2>不检查的内容 / What is not read</h2>
<ul>
<li>发往境内的连接：不解密，仅记录其发生。<br><span lang="en">Connections to the mainland are not decrypted; that they took place is recorded.</span></li>
{{if not .Entries}}<li>没有其他不解密的类别。<br><span lang="en">No other category is left undecrypted.</span></li>{{end}}
</ul>
{{if .Entries}}<table>
<tr><th>类别 / Category</th><th>负责人 / Owner</th><th>有效至 / Until</th></tr>
{{range .Entries}}<tr><td>{{.ZH}}<br><span lang="en">{{.EN}}</span></td><td>{{.Owner}}</td><td{{if .Over}} class="over"{{end}}>{{.Expires}}{{if .Over}}<br>已到期，现予拒绝 / <span lang="en">over: refused now</span>{{end}}</td></tr>
{{end}}</table>
<p>这些连接不解密：只记录时间、目的地和字节数，且总量有上限。{{if not .Private}}私人用途未单列类别。{{end}}</p>
<p lang="en">These are not decrypted: time, destination and number of bytes are recorded, and the total is bounded.{{if not .Private}} No category is set apart for private use.{{end}}</p>{{end}}
<h2>疑问 / Questions</h2>
<p>被拦截的页面上有记录编号；凭编号向上述负责人或您单位的数据安全负责人询问。</p>
<p lang="en">A page that was refused shows a record number; ask the owner above or your data security officer with it.</p>
</body>
</html>
`
