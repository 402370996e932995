package engine

import "github.com/datacustoms/customs/inspect/check"

func tmpMark(g *check.Sight) {
	gb := g.To-g.From == 4
	before := g.Text[:g.From]
	for _, w := range []string{"商业", "商業", "工作", "\xc9\xcc\xd2\xb5", "\xb9\xa4\xd7\xf7"} {
		if n := len(before) - len(w); n >= 0 && string(before[n:]) == w {
			return
		}
	}
	m, ok := check.SecretMark(g.Text[g.To:], gb)
	if ok {
		g.Add(g.From, g.To+m.Length, check.Nobody, nil)
	}
}
