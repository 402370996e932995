package rego_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/law"
	"github.com/datacustoms/customs/policy/rego"
)

// provision is one transfer and what the law says of it. Persons are distinct
// natural persons since 1 January, this transfer included: plain counts those
// whose other data went out, sensitive those whose sensitive data did.
type provision struct {
	name    string
	who     string
	what    string
	plain   int64
	sens    int64
	with    string
	need    policy.Need
	verdict policy.Action
	codes   string // all reason codes; a code may be narrowed by :class, :limit or :rule
	article string
}

// The articles as the tables cite them, and in the words of the rule pack.
const (
	a3   = "2024 Provisions art. 3"
	a4   = "2024 Provisions art. 4"
	a511 = "2024 Provisions art. 5(1)(1)"
	a512 = "2024 Provisions art. 5(1)(2)"
	a513 = "2024 Provisions art. 5(1)(3)"
	a514 = "2024 Provisions art. 5(1)(4)"
	a6   = "2024 Provisions art. 6"
	a7   = "2024 Provisions art. 7"
	a7v  = "2024 Provisions art. 7(1)(2)"
	a8   = "2024 Provisions art. 8"
	n356 = "NDSR art. 35(6)"
	n36  = "NDSR art. 36"
	n37  = "NDSR art. 37"
	n38  = "NDSR art. 38"
	n63  = "NDSR art. 63"
	d21  = "DSL art. 21"
	p41  = "PIPL arts. 41 and 42"
	h28  = "HGR Regulation art. 28"
	s17  = "SA Measures art. 17"
	m6   = "SC Measures art. 6"
	gba  = "GBA guide"
	g2   = "SC filing guide"
)

var lawArticles = map[string]string{
	a3: "促进和规范数据跨境流动规定 第三条", a4: "促进和规范数据跨境流动规定 第四条",
	a511: "促进和规范数据跨境流动规定 第五条第一款第（一）项", a512: "促进和规范数据跨境流动规定 第五条第一款第（二）项",
	a513: "促进和规范数据跨境流动规定 第五条第一款第（三）项", a514: "促进和规范数据跨境流动规定 第五条第一款第（四）项",
	a6: "促进和规范数据跨境流动规定 第六条", a7: "促进和规范数据跨境流动规定 第七条",
	a7v: "促进和规范数据跨境流动规定 第七条第一款第（二）项", a8: "促进和规范数据跨境流动规定 第八条",
	n356: "网络数据安全管理条例 第三十五条第（六）项", n36: "网络数据安全管理条例 第三十六条", n37: "网络数据安全管理条例 第三十七条",
	n38: "网络数据安全管理条例 第三十八条", n63: "网络数据安全管理条例 第六十三条", d21: "数据安全法 第二十一条",
	p41: "个人信息保护法 第四十一条、第四十二条", h28: "人类遗传资源管理条例 第二十八条",
	s17: "数据出境安全评估办法 第十七条", m6: "个人信息出境标准合同办法 第六条",
	"PIPL arts. 28 and 29": "个人信息保护法 第二十八条、第二十九条", "DSL art. 31": "数据安全法 第三十一条",
	gba: "粤港澳大湾区", g2: "个人信息出境标准合同备案指南",
}

// lawGroup is one article, or one reading of the pack, with its rows.
type lawGroup struct {
	title   string
	reading string // of the pack: a key of lawVariants
	rows    []provision
}

func TestProvisions(t *testing.T) {
	t.Parallel()
	groups := slices.Concat(openRows, exemptRows, zoneRows, partRows, pathwayRows)
	n := 0
	deciders := map[string]*rego.Decider{}
	books := map[string]*law.Book{}
	for _, g := range groups {
		if books[g.reading] == nil {
			books[g.reading] = lawBook(t, g.reading)
			deciders[g.reading] = open(t, rego.Options{Law: books[g.reading]})
		}
		r, err := books[g.reading].At(noon())
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, row := range g.rows {
			n++
			if seen[row.name] {
				t.Errorf("%s: two rows are called %q", g.title, row.name)
			}
			seen[row.name] = true
			t.Run(g.title+"/"+row.name, func(t *testing.T) {
				q := transfer{row.who, row.what, row.plain, row.sens, row.with}.question(t, r)
				v, err := deciders[g.reading].Decide(context.Background(), q)
				if err != nil {
					t.Fatal(err)
				}
				if v.Action != row.verdict || v.Need != row.need || !lawSameCodes(v, row.codes) {
					t.Errorf("%s sends %s of %d and %d persons, %s:\ngot  %s, need %s: %s\nwant %s, need %s: %s",
						row.who, row.what, row.plain, row.sens, row.with, v.Action, v.Need, lawCodes(v), row.verdict, row.need, row.codes)
					return
				}
				checkArticle(t, v, r, row.article)
			})
		}
	}
	t.Logf("%d rows", n)
	if n < 120 {
		t.Errorf("only %d rows", n)
	}
}

// checkArticle looks up the article that the pack gives for the outcome, and
// the one that people are told.
func checkArticle(t *testing.T, v policy.Verdict, r *policy.Rules, want string) {
	t.Helper()
	zh, ok := lawArticles[want]
	if !ok {
		t.Fatalf("no article %q", want)
	}
	first := v.Reasons[0]
	told := policy.Text(first.Code, policy.English).Article
	got := policy.Text(first.Code, policy.Chinese).Article
	switch {
	case v.Action.Releases() && lawAt(r, "pathways", v.Basis) != "":
		got, told = lawAt(r, "pathways", v.Basis), want
	case v.Action.Releases() && v.Basis != "NOT_OUTBOUND":
		if inPack := lawAt(r, "exemptions", v.Basis); !strings.Contains(inPack, zh) {
			t.Errorf("the pack rests %s on %q, want %s", v.Basis, inPack, zh)
		}
		got, told = policy.Text(policy.Code(v.Basis), policy.Chinese).Article, policy.Text(policy.Code(v.Basis), policy.English).Article
	case first.Code == policy.FilingNotFound || first.Code == policy.PathwayTooWeak:
		got, told = lawAt(r, "needs", v.Need.String()), want
	}
	if !strings.Contains(got, zh) {
		t.Errorf("%s rests on %q, want %s", first.Code, got, zh)
	}
	if !strings.Contains(told, want) {
		t.Errorf("%s: people are told %q, want %s", first.Code, told, want)
	}
}

// lawAt reads the article of an entry of the pack.
func lawAt(r *policy.Rules, part, key string) string {
	m, _ := r.Data[part].(map[string]any)
	e, _ := m[key].(map[string]any)
	s, _ := e["article"].(string)
	return s
}

// lawCodes are the reasons of a verdict with all that narrows them down.
func lawCodes(v policy.Verdict) string {
	var out []string
	for _, r := range v.Reasons {
		s := string(r.Code)
		for _, more := range []string{r.Class, r.Limit, r.Rule, string(r.Of), r.By} {
			if more != "" {
				s += ":" + more
			}
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// lawSameCodes compares reasons in any order; want may leave out what narrows
// a reason down.
func lawSameCodes(v policy.Verdict, want string) bool {
	got, wanted := strings.Fields(lawCodes(v)), strings.Fields(want)
	for _, w := range wanted {
		i := slices.IndexFunc(got, func(g string) bool { return g == w || strings.HasPrefix(g, w+":") })
		if i < 0 {
			return false
		}
		got = slices.Delete(got, i, i+1)
	}
	return len(got) == 0
}
