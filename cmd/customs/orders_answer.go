package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/journal"
)

// orderAnswer is what became of an order.
type orderAnswer struct {
	Schema  string   `json:"schema"`
	Order   string   `json:"order"`
	Code    string   `json:"code"`
	Which   string   `json:"which,omitempty"`   // reservation or scope that stands in the way
	Persons int64    `json:"persons,omitempty"` // whom it was about
	Total   int64    `json:"total,omitempty"`   // preset: from before the gateway in all
	Scopes  int      `json:"scopes,omitempty"`  // destroy: how many
	Entries []uint64 `json:"entries,omitempty"` // of the audit log
	Text    string   `json:"text,omitempty"`    // where the code does not say all
}

const answerSchema = "dc.answer/1"

// What is said to an order.
const (
	saidDone      = "done"
	saidMalformed = "malformed"
	saidForeign   = "foreign"
	saidStale     = "stale"
	saidTwice     = "twice"     // it was done before
	saidNote      = "note"      // the reason may not stand in the log
	saidUnknown   = "unknown"   // no such reservation
	saidOpen      = "open"      // its flow goes on
	saidKnown     = "known"     // the balance was entered before
	saidThisYear  = "this_year" // counted still
	saidUnsettled = "unsettled" // with reservations open or in doubt
	saidNobody    = "nobody"    // nothing there to destroy
	saidRefused   = "refused"   // by the ledger
	saidOdd       = "odd"       // a file that is no order
	saidNoHold    = "no_hold"   // no such hold, or released before
)

// answer writes the answer beside the order, durably.
func (d *orderDesk) answer(a orderAnswer) error {
	a.Schema = answerSchema
	b, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("orders: answer order %s: %w", a.Order, err)
	}
	if err := writeAside(d.files, d.path(a.Order, endAnswer), b); err != nil {
		return fmt.Errorf("orders: answer order %s: %w", a.Order, err)
	}
	return nil
}

// writeAside writes a file under another name, makes it durable and gives it
// its name: under that name it is whole or not there.
func writeAside(files policy.Files, name string, b []byte) error {
	tmp := strings.TrimSuffix(name, filepath.Ext(name)) + endWritten
	return journal.Replace(files, name, tmp, b)
}

// mend is why an order was refused and what to do, in English and Chinese.
var mendOrder = map[string][2]string{
	saidMalformed: {"the order could not be read: %[2]s; give it again with this program", "无法读取该指令：%[2]s；请用本程序重新下达"},
	saidForeign:   {"the order was not made for this installation; give it here", "该指令不是为本安装下达的；请在此处重新下达"},
	saidStale:     {"the order is more than an hour old, or of a time to come: nothing was changed; set the clock right and give it again", "该指令已超过一小时，或时间在将来：未作任何更改；请校正时钟后重新下达"},
	saidTwice:     {"the order was done before and is not done again; to have the same done once more, give a new one", "该指令此前已执行，不会重复执行；如需再次执行，请重新下达"},
	saidNote:      {"--reason or --by: %[2]s; nothing was changed", "--reason 或 --by 中含有个人数据或密钥，或无法读取：请勿写姓名和号码；未作任何更改"},
	saidUnknown: {"reservation %[1]s is not in doubt: it is not known, or was settled before; see customs ledger show --in-doubt",
		"预留 %[1]s 不在存疑之列：不存在，或此前已了结；请查看 customs ledger show --in-doubt"},
	saidOpen: {"reservation %[1]s belongs to a flow that is still open: its end settles it; if it stays open, restart the gateway, which puts it in doubt",
		"预留 %[1]s 所属的传输尚未结束：结束时自动了结；如一直未结束，请重启网关，之后将列为存疑"},
	saidKnown: {"nothing was entered: the name %[1]q was used before, here or for another exporter or year, and that balance stays as it was; this exporter has %[3]d persons from before the gateway in this year; to add these, give another --id",
		"未作登记：名称 %[1]q 此前已使用（可能用于其他数据处理者或年度），原登记保持不变；该数据处理者本年度网关启用前合计 %[3]d 人；如需登记，请换用其他 --id"},
	saidThisYear:  {"%[1]s is counted still: the keys of this year stay until it is over", "%[1]s 仍在计数：本年度的密钥须保留至年度结束"},
	saidUnsettled: {"%[1]s has reservations that are open or in doubt: settle them first; see customs ledger show --in-doubt", "%[1]s 尚有未了结或存疑的预留：请先了结；见 customs ledger show --in-doubt"},
	saidNobody:    {"%[1]s counts nobody: there is nothing to destroy; see customs ledger export", "%[1]s 没有计数：无可销毁；见 customs ledger export"},
	saidRefused:   {"it was refused: %[2]s", "已拒绝执行：%[2]s"},
	saidNoHold:    {"there is no hold %[1]s, or it was released before; see customs audit hold list --all", "没有保全 %[1]s，或此前已解除；请查看 customs audit hold list --all"},
	saidOdd:       {"files in the orders directory are no orders and are left alone; remove them", "指令目录中有不属于指令的文件，未予处理；请移除"},
}

// refusal words an answer that is not "done".
func (a orderAnswer) refusal(chinese bool) string {
	words, known := mendOrder[a.Code]
	if !known {
		words = [2]string{"the order was refused", "该指令被拒绝"}
	}
	text, which := words[0], a.Which
	if chinese {
		text, which = words[1], scopeZH(a.Which)
	}
	return strings.NewReplacer("%[1]s", which, "%[1]q", strconv.Quote(a.Which), "%[2]s", a.Text, "%[3]d", strconv.FormatInt(a.Total, 10)).Replace(text)
}

// scopeZH is the name of a scope in Chinese; every other name stays.
func scopeZH(which string) string {
	if id, ok := strings.CutPrefix(which, "filing "); ok {
		return "备案 " + id
	}
	if year, ok := strings.CutPrefix(which, "year "); ok {
		return year + " 年度"
	}
	return which
}

// entriesText names the entries of the log, to be looked up.
func (a orderAnswer) entriesText() string {
	out := make([]string, len(a.Entries))
	for i, n := range a.Entries {
		out[i] = strconv.FormatUint(n, 10)
	}
	return few(out)
}
