package advise

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/datacustoms/customs/policy"
)

// page writes for a person, in one language. Names from records are shown so
// that they do nothing: see shown and code.
type page struct {
	w    *bufio.Writer
	lang string
}

func newPage(w io.Writer, lang string) *page {
	if lang != policy.Chinese {
		lang = policy.English
	}
	return &page{bufio.NewWriter(w), lang}
}

func (p *page) say(zh, en string) string {
	if p.lang == policy.Chinese {
		return zh
	}
	return en
}

func (p *page) printf(format string, args ...any) { fmt.Fprintf(p.w, format, args...) }

// line writes a line of Chinese or English text.
func (p *page) line(zh, en string, args ...any) { p.printf(p.say(zh, en)+"\n", args...) }

// shown is a name fit for a terminal: one line, nothing that moves the cursor
// or turns the direction of writing.
func shown(s string) string {
	if s == "" {
		return "-"
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// wide are the characters that mean something to Markdown, HTML or a
// spreadsheet, and ones that look like them and mean nothing.
var wide = strings.NewReplacer("&", "＆", "<", "＜", ">", "＞", "|", "｜", "`", "｀", `\`, "＼", `"`, "＂", "[", "［", "]", "］",
	"(", "（", ")", "）", "*", "＊", "#", "＃", "~", "～", "!", "！", "$", "＄", "{", "｛", "}", "｝")

// inCode are those that mean something within a code span or to a bad reader
// of one.
var inCode = strings.NewReplacer("&", "＆", "<", "＜", ">", "＞", "|", "｜", "`", "｀", `\`, "＼", `"`, "＂")

// code is a name as a Markdown code span, in which nothing is a link.
func code(s string) string {
	if s == "" {
		return "–"
	}
	return "`" + inCode.Replace(shown(s)) + "`"
}

// prose is free text within a Markdown sentence or cell.
func prose(s string) string {
	if s == "" {
		return "–"
	}
	s = wide.Replace(shown(s))
	for _, x := range []string{"://", "www.", "@", "_"} { // what is made a link or slanted without being asked
		s = strings.ReplaceAll(s, x, x[:1]+"\u200b"+x[1:])
	}
	return s
}

// codes lists names.
func codes(list []string) string {
	var out []string
	for _, s := range list {
		out = append(out, code(s))
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, " ")
}

func (p *page) tick(ok bool) string {
	if ok {
		return p.say("是", "yes")
	}
	return p.say("否", "no")
}

func (p *page) need(n Need) string {
	s := n.Title.In(p.lang)
	if n.Article != "" && n.Need > policy.NeedNone {
		s += p.say("（", " (") + n.Article + p.say("）", ")")
	}
	return s
}

// places says whither a way goes.
func (p *page) place(country string) string {
	if country == "" {
		return p.say("国家或地区未知", "country unknown")
	}
	return shown(country)
}

// persons writes what a sum says of persons.
func (p *page) persons(s Sum) string {
	if s.Transfers == 0 {
		return p.transfers(0)
	}
	who := "persons"
	if s.Total == 1 {
		who = "person"
	}
	return fmt.Sprintf(p.say("%s，至多 %s 人（非敏感 %s，敏感 %s）", "%s, at most %s "+who+" (%s non-sensitive, %s sensitive)"),
		p.transfers(s.Transfers), Comma(s.Total), Comma(s.NS), Comma(s.SP))
}

func (p *page) transfers(n int64) string {
	switch {
	case p.lang == policy.Chinese:
		return Comma(n) + " 次传输"
	case n == 1:
		return "1 transfer"
	}
	return Comma(n) + " transfers"
}

func pathways(list []policy.Pathway) string {
	var out []string
	for _, w := range list {
		out = append(out, string(w))
	}
	return strings.Join(out, ", ")
}
