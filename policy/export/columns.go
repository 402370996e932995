package export

import (
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
)

// maxCell bounds one cell of a table; that of a spreadsheet holds 32,767
// characters.
const maxCell = 8192

// column is one column of the table of records.
type column struct {
	name string // stable, for programs
	zh   string
	en   string
	of   func(*policy.Record) string
}

func number[N int | int64 | uint64](n N) string { return strconv.FormatInt(int64(n), 10) }

// recordColumns are the columns of CSV and of the spreadsheet.
var recordColumns = []column{
	{"time", "时间", "Time", func(r *policy.Record) string { return r.Time.In(policy.Shanghai).Format(time.RFC3339) }},
	{"record", "记录", "Record", func(r *policy.Record) string { return r.ID }},
	{"first_seq", "首条目", "First entry", func(r *policy.Record) string { return number(r.First) }},
	{"node", "节点", "Node", func(r *policy.Record) string { return r.Node }},
	{"mode", "模式", "Mode", func(r *policy.Record) string { return r.Intent.Mode }},
	{"enforced", "执行", "Enforced", func(r *policy.Record) string { return r.Intent.Enforced.String() }},
	{"decided", "裁定", "Decided", func(r *policy.Record) string { return r.Verdict().Action.String() }},
	{"reasons", "理由", "Reasons", func(r *policy.Record) string { return strings.Join(codes(r.Verdict()), " ") }},
	{"exporter", "数据处理者", "Exporter", func(r *policy.Record) string { return r.Intent.Exporter }},
	{"recipient", "境外接收方", "Recipient", func(r *policy.Record) string { return r.Intent.Recipient }},
	{"host", "主机", "Host", func(r *policy.Record) string { return r.Intent.Host }},
	{"country", "国家或地区", "Country", func(r *policy.Record) string { return r.Intent.Place.Country }},
	{"direction", "方式", "Direction", func(r *policy.Record) string { return string(r.Intent.Direction) }},
	{"protocol", "协议", "Protocol", func(r *policy.Record) string { return r.Intent.Protocol }},
	{"method", "方法", "Method", func(r *policy.Record) string { return r.Intent.Method }},
	{"purpose", "目的", "Purpose", func(r *policy.Record) string { return r.Intent.Declared.Purpose }},
	{"claim", "主张的依据", "Claimed", func(r *policy.Record) string { return r.Intent.Declared.Claim }},
	{"basis", "依据", "Basis", func(r *policy.Record) string { return r.Verdict().Basis }},
	{"filing", "备案", "Filing", func(r *policy.Record) string { return r.Verdict().Filing }},
	{"revision", "版本", "Revision", func(r *policy.Record) string {
		if r.Verdict().Filing == "" {
			return ""
		}
		return number(r.Verdict().Revision)
	}},
	{"classes", "类别", "Classes", func(r *policy.Record) string {
		var out []string
		for _, c := range found(r) {
			out = append(out, string(c.Class)+"="+number(c.Medium+c.High))
		}
		return strings.Join(out, " ")
	}},
	{"level", "级别", "Level", func(r *policy.Record) string { return level(r).String() }},
	{"persons", "人数", "Persons", func(r *policy.Record) string { return number(r.Intent.Persons.Total) }},
	{"persons_ns", "非敏感人数", "Persons (non-sensitive)", func(r *policy.Record) string { return number(r.Intent.Persons.NS) }},
	{"persons_sp", "敏感人数", "Persons (sensitive)", func(r *policy.Record) string { return number(r.Intent.Persons.SP) }},
	{"coverage", "检查范围", "Coverage", func(r *policy.Record) string { return coverageOf(r) }},
	{"seen_bytes", "字节", "Bytes seen", func(r *policy.Record) string { return number(r.Intent.Coverage.Seen) }},
	{"scanned_bytes", "已检字节", "Bytes scanned", func(r *policy.Record) string { return number(r.Intent.Coverage.Scanned) }},
	{"sent", "发出", "Sent", func(r *policy.Record) string { return sentOf(r) }},
	{"sent_bytes", "发出字节", "Bytes sent", func(r *policy.Record) string { return number(r.SentBytes()) }},
	{"status", "响应", "Status", func(r *policy.Record) string {
		if r.Outcome == nil || r.Outcome.Status == 0 {
			return ""
		}
		return number(r.Outcome.Status)
	}},
	{"fault", "故障", "Fault", func(r *policy.Record) string {
		if r.Outcome == nil {
			return ""
		}
		return string(r.Outcome.Fault)
	}},
	{"judged", "判断方式", "Judged", func(r *policy.Record) string { return r.Intent.Judged }},
	{"parts", "分段数", "Parts", func(r *policy.Record) string {
		if r.Groups == nil {
			return ""
		}
		return number(r.Groups.Parts)
	}},
	{"ticket", "工单", "Ticket", func(r *policy.Record) string { return r.Intent.Ticket }},
	{"pack", "规则包", "Pack", func(r *policy.Record) string { return r.Intent.Pack.ID }},
	{"profile", "敏感目录", "Profile", func(r *policy.Record) string { return r.Intent.Profile }},
	{"policy", "策略摘要", "Policy digest", func(r *policy.Record) string { return r.Intent.Policy }},
	{"clock", "时钟", "Clock", func(r *policy.Record) string { return r.Intent.Clock }},
	{"build", "版本号", "Build", func(r *policy.Record) string { return r.Intent.Build }},
}

// coverageOf is the state of what was read; unread content was not looked at.
func coverageOf(r *policy.Record) string {
	if r.Intent.Judged == "unread" {
		return "unread"
	}
	return policy.AskCoverage(r.Intent.Coverage).String()
}

// coverageState is coverageOf in one word.
func coverageState(r *policy.Record) string {
	if r.Intent.Judged == "unread" {
		return "unread"
	}
	return r.Intent.Coverage.State.String()
}

func sentOf(r *policy.Record) string {
	switch {
	case r.Outcome != nil:
		return string(r.Outcome.Sent)
	case r.Intent.Enforced.Releases():
		return "open"
	}
	return string(policy.SentNone)
}

// cell makes a value safe for a table: no program may take it for a formula.
func cell(s string) string {
	s = clean(s, maxCell)
	if s != "" && strings.ContainsRune("=+-@＝＋－＠", firstRune(s)) {
		return "'" + s
	}
	return s
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func row(r *policy.Record) []string {
	out := make([]string, len(recordColumns))
	for i, c := range recordColumns {
		out[i] = cell(c.of(r))
	}
	return out
}

// head is the first row: stable names for programs, words for people.
func head(lang string) []string {
	out := make([]string, len(recordColumns))
	for i, c := range recordColumns {
		switch lang {
		case policy.Chinese:
			out[i] = c.zh
		case policy.English:
			out[i] = c.en
		default:
			out[i] = c.name
		}
	}
	return out
}
