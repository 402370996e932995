package refuse

import (
	"strings"

	"github.com/datacustoms/customs/policy"
)

// steps are what a held flow's sender does next; "%" is the ticket.
var steps = map[string][]string{
	Chinese: {
		"请两名不同的复核人查看复核单 %：运行 customs review show %，再各自运行 customs review approve % --key FILE --reason TEXT。",
		"两人都同意后，向同一接收方原样重新发送。网关没有保存内容；内容不同的会重新暂缓。",
		"重新发送时按当时的备案、人数和规则重新判断，不保证放行。早于 Retry-After 的重试没有用处。",
	},
	English: {
		"Ask two different reviewers to look at ticket %: customs review show %, then each of them customs review approve % --key FILE --reason TEXT.",
		"When both have agreed, send exactly the same content to the same recipient again. Nothing was kept; other content is held anew.",
		"It is then judged again by the filings, counts and rules of that moment, so it may still be refused. Asking again before Retry-After does not help.",
	},
}

// next says what happens to a held flow; nothing without a ticket.
func (f *Refusal) next(lang string) []string {
	if f.Verdict.Action != policy.Hold || f.Ticket == "" {
		return nil
	}
	var out []string
	for _, s := range steps[lang] {
		out = append(out, strings.ReplaceAll(s, "%", f.Ticket))
	}
	return out
}
