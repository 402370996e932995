package main

import (
	"fmt"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/rules"
)

// scanExplainer says of findings which rule made them, why, and what the rule
// rests on. A nil one says nothing.
type scanExplainer struct {
	rules   map[string]rules.Rule
	chinese bool
}

func explainer(o scanOptions, c *rules.Catalogue) *scanExplainer {
	if !o.explain {
		return nil
	}
	x := &scanExplainer{rules: map[string]rules.Rule{}, chinese: wantChinese(o.lang)}
	for _, r := range c.Rules() {
		x.rules[r.ID] = r
	}
	return x
}

func (x *scanExplainer) tell(l *scanLine, f inspect.Finding) {
	if x == nil {
		return
	}
	l.Why, l.Source = f.Why.Names(), x.rules[f.Rule].Source
	base := x.rules[f.Rule].Base
	because := strings.Join(f.Why.Explain(x.chinese), map[bool]string{false: "; ", true: "；"}[x.chinese])
	if x.chinese {
		l.told = []string{fmt.Sprintf("规则 %s：基准 %s，结果 %s：%s", f.Rule, base, f.Confidence, because), "依据：" + l.Source}
		return
	}
	l.told = []string{fmt.Sprintf("rule %s: from %s to %s: %s", f.Rule, base, f.Confidence, because), "source: " + l.Source}
}
