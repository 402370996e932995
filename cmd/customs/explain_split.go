package main

import (
	"strings"

	"github.com/datacustoms/customs/policy"
)

// split says what the part is taken for a piece of.
func (p *explainPrinter) split(s *policy.Split) {
	if !s.Suspected() {
		return
	}
	p.line("疑似拆分", "splitting", p.say("%s：%d 份，至多 %d 人", "%s: %d pieces, at most %d persons"), s.Set, s.Pieces, s.Persons)
	var why []string
	for _, e := range s.Evidence {
		why = append(why, p.say(splitWords[e][0], splitWords[e][1]))
	}
	p.line("  迹象", "  evidence", "%s", strings.Join(why, p.say("；", "; ")))
	var over []string
	for _, o := range s.Over {
		over = append(over, p.say(overWords[o], o))
	}
	if len(over) > 0 {
		p.line("  不同之处", "  differs in", "%s", strings.Join(over, p.say("、", ", ")))
	}
	p.line("  其他记录", "  others", "%s", strings.Join(s.With, ", "))
}

// splitWords are the kinds of evidence in Chinese and English.
var splitWords = map[policy.SplitEvidence][2]string{
	policy.SplitNumbered: {"行号与另一份相接", "its rows are numbered on from another"},
	policy.SplitCut:      {"从另一份中断处开始，或缺少另一份的列名", "it begins where another was cut off, or lacks the names of its columns"},
	policy.SplitSubset:   {"包含于此前见过的更大内容", "it is part of a larger one that was seen before"},
	policy.SplitColumns:  {"与另一份为相同的人、不同的数据", "it holds other data of the same persons"},
}

// overWords are what pieces differ in, in Chinese.
var overWords = map[string]string{"account": "账号", "destination": "目的地", "exporter": "数据处理者", "link": "链路",
	"purpose": "目的", "recipient": "接收方", "time": "时间"}
