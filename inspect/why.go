package inspect

import "strings"

// Why is the set of reasons for a confidence.
type Why uint16

// The reasons, in the order in which they are told.
const (
	WhyForm    Why = 1 << iota // it has the form
	WhyCheck                   // a check digit, date or similar arithmetic held
	WhyList                    // it is in a list of the operator's own records
	WhyTrigger                 // the word that names it stands with it
	WhyContext                 // a word for it is near
	WhyKey                     // a word for it is in the same field
	WhyColumn                  // a word for it is over the column
	WhyAgainst                 // a word against it is in the same field or over the column
	WhyLift                    // the form is one that rarely occurs by chance
	WhyLowered                 // the form is one that often occurs by chance
	WhyRole                    // it names a role, a test value or a place; never above low
	WhyCapped                  // the operator or the place allows no more
)

type reason struct{ name, en, zh string }

// reasons stand in the order of the bits.
var reasons = [...]reason{
	{"form", "the text has the form", "文本符合该格式"},
	{"check", "its check digit, date or similar arithmetic holds", "校验位、日期等校验通过"},
	{"list", "it is in a list of the operator's own records", "命中经营者自有数据名单"},
	{"trigger", "the word that names it stands with it", "与其名称关键词相邻"},
	{"context", "a word for it is near", "附近有相关词语"},
	{"key", "a word for it is in the same field", "同一字段中有相关词语"},
	{"column", "a word for it is over the column", "所在列的表头有相关词语"},
	{"against", "a word against it is in the same field or over the column", "同一字段或表头有相反词语"},
	{"lift", "this form rarely occurs by chance", "该写法极少偶然出现"},
	{"lowered", "this form often occurs by chance", "该写法常偶然出现"},
	{"role", "it names a role or a place, not a person; never above low", "指向岗位或场所而非个人，置信度不高于低"},
	{"capped", "its confidence is capped", "置信度设有上限"},
}

// Names lists the public names of the reasons.
func (w Why) Names() []string {
	return w.list(func(r *reason) string { return r.name })
}

// Explain tells the reasons in English, or in Chinese.
func (w Why) Explain(chinese bool) []string {
	return w.list(func(r *reason) string {
		if chinese {
			return r.zh
		}
		return r.en
	})
}

func (w Why) list(text func(*reason) string) (out []string) {
	for i := range reasons {
		if w>>i&1 != 0 {
			out = append(out, text(&reasons[i]))
		}
	}
	return out
}

func (w Why) String() string { return strings.Join(w.Names(), ",") }

// MarshalText gives the public names, joined by commas.
func (w Why) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText takes public names, joined by commas; anything else is an error.
func (w *Why) UnmarshalText(b []byte) error {
	*w = 0
	if len(b) == 0 {
		return nil
	}
	names := Why(1<<len(reasons) - 1).Names()
	for n := range strings.SplitSeq(string(b), ",") {
		i, err := indexOf("reason", names, n)
		if err != nil {
			return err
		}
		*w |= 1 << i
	}
	return nil
}
