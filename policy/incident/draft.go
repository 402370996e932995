package incident

import (
	"time"

	"github.com/datacustoms/customs/policy/law"
)

// DraftSchema is the schema of a draft in JSON.
const DraftSchema = "dc.incident.draft/1"

// Draft is a report on an incident for a person to finish. It holds no value
// that was found, and nothing in it was sent to anybody.
type Draft struct {
	Schema   string       `json:"schema"`
	Made     time.Time    `json:"made"`
	Node     string       `json:"node"`
	Incident *Incident    `json:"incident"`
	Clocks   []ClockState `json:"clock_states"`
	Facts    Facts        `json:"facts"`
	Duties   []Duty       `json:"duties"`
	Log      LogState     `json:"log"`
	Blanks   []Blank      `json:"to_fill_in"`
}

// LogState is what the audit log's own check said when the draft was made.
type LogState struct {
	Entries    uint64 `json:"entries"`
	Verified   bool   `json:"verified"`             // every entry against the chain or tree
	Fault      string `json:"fault,omitempty"`      // the first, where it did not hold
	Checkpoint string `json:"checkpoint,omitempty"` // the newest signed one, whole
	Size       int64  `json:"checkpoint_size,omitempty"`
	Witnessed  int64  `json:"witnessed_size,omitempty"` // of the newest one with cosignatures
	Steps      string `json:"steps"`                    // all, some or none of the steps stand in the log as they are here
}

// Duty is what the law asks, as the rule pack has it.
type Duty struct {
	ID       string `json:"id"`
	Article  string `json:"article"`
	ZH       string `json:"zh"`
	EN       string `json:"en"`
	Persons  int64  `json:"persons,omitempty"`
	SP       int64  `json:"sensitive,omitempty"`
	Reached  bool   `json:"reached"` // by the upper bound of persons
	Unsure   bool   `json:"unsure"`  // there may be more persons than that
	Verified bool   `json:"verified"`
}

// Blank is what the log cannot say.
type Blank struct {
	Key string `json:"key"`
	ZH  string `json:"zh"`
	EN  string `json:"en"`
}

// NewDraft puts a draft together.
func NewDraft(i *Incident, f Facts, in law.Incidents, log LogState, node string, now time.Time) *Draft {
	d := &Draft{Schema: DraftSchema, Made: now.UTC().Truncate(time.Second), Node: node, Incident: i, Clocks: i.States(now), Facts: f, Log: log, Blanks: blanks(), Duties: []Duty{}}
	if d.Facts.Listed == nil {
		d.Facts.Listed = []Line{}
	}
	for _, x := range in.Duties {
		reached := x.Persons == 0 && x.Sensitive == 0 ||
			x.Persons > 0 && f.Left.Persons.AtMost >= x.Persons || x.Sensitive > 0 && f.Left.Persons.Sensitive >= x.Sensitive
		d.Duties = append(d.Duties, Duty{x.ID, x.Article, x.ZH, x.EN, x.Persons, x.Sensitive, reached, !reached && f.Unsure(), x.Verified})
	}
	return d
}

// blanks are the questions that only a person can answer.
func blanks() []Blank {
	return []Blank{
		{"reporter", "报告单位、报告人、职务和联系方式", "Who reports: organisation, person, position and contact"},
		{"systems", "涉事系统名称、网络安全等级保护级别和所在位置", "The systems concerned, their level of protection and where they stand"},
		{"cause", "事件原因、攻击路径和已知漏洞（初步判断）", "Cause, path of an attack and known weaknesses, as far as understood"},
		{"course", "事件经过（发现方式、发展过程）", "Course of events: how it was discovered and how it went on"},
		{"harm", "可能造成的危害和影响（对个人、对企业、对国家安全和公共利益）", "Possible harm: to the persons, the company, national security and public interest"},
		{"level", "事件级别判断及其理由", "The level of the incident, and why"},
		{"recipient", "境外接收方的说明：是否已要求删除或返还，答复如何", "What the recipient abroad says: was deletion or return asked for, and the answer"},
		{"measures", "已采取和拟采取的补救措施", "Remedial measures taken and planned"},
		{"notice", "通知个人的方式、时间和内容；如不通知，理由", "How, when and with what the persons were told; if they were not, why"},
		{"ransom", "如涉及勒索：金额、方式、时间", "With a ransom: amount, way and time"},
		{"help", "需要的支持", "Support that is needed"},
	}
}
