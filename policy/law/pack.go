package law

// Schema is the schema of rule packs.
const Schema = "dc.pack/1"

// Pack is one dated set of legal numbers and lists, as its file holds it.
// Dates are civil dates in Asia/Shanghai; both ends are included, and an
// empty end lasts until a later pack begins.
type Pack struct {
	Schema     string               `yaml:"schema" json:"schema"`
	ID         string               `yaml:"id" json:"id"`
	Title      string               `yaml:"title" json:"title"`
	From       string               `yaml:"effective_from" json:"effective_from"`
	To         string               `yaml:"effective_to" json:"effective_to,omitempty"`
	Thresholds Thresholds           `yaml:"thresholds" json:"thresholds"`
	MinorAge   int                  `yaml:"minor_age" json:"minor_age"`
	Classes    Classes              `yaml:"classes" json:"classes"`
	Profiles   map[string]Profile   `yaml:"profiles" json:"profiles"`
	Denied     Denied               `yaml:"denied" json:"denied"`
	Pathways   map[string]Pathway   `yaml:"pathways" json:"pathways"`
	Needs      map[string]Need      `yaml:"needs" json:"needs"`
	Exemptions map[string]Exemption `yaml:"exemptions" json:"exemptions"`
	Records    Records              `yaml:"records" json:"records,omitzero"`
	Incidents  Incidents            `yaml:"incidents" json:"incidents,omitzero"`
	Operator   Operator             `yaml:"operator" json:"operator"`
	Calendar   Calendar             `yaml:"calendar" json:"calendar"`
}

// Thresholds are the national yearly person counts.
type Thresholds struct {
	BothKinds bool     `yaml:"both_kinds" json:"both_kinds"`
	Bases     []string `yaml:"bases" json:"bases"`
	// Exempt says whether what goes out under other bases counts too: in or
	// out, which is the default.
	Exempt   string      `yaml:"exempt" json:"exempt,omitempty"`
	National []Threshold `yaml:"national" json:"national"`
}

// Threshold is one legal number: from Reach persons on, Need applies.
type Threshold struct {
	ID      string `yaml:"id" json:"id"`
	Kind    string `yaml:"kind" json:"kind"`
	Reach   int64  `yaml:"reach" json:"reach"`
	Need    string `yaml:"need" json:"need"`
	Article string `yaml:"article" json:"article"`
}

// Classes say what a class of finding is in the eyes of the law.
type Classes struct {
	Personal  []string `yaml:"personal" json:"personal"`
	Linked    []string `yaml:"linked" json:"linked,omitempty"`
	Domestic  []string `yaml:"domestic" json:"domestic"`
	Secret    []string `yaml:"secret" json:"secret"`
	Core      []string `yaml:"core" json:"core"`
	Important []string `yaml:"important" json:"important"`
}

// Profile is one reading of which personal information is sensitive.
type Profile struct {
	Source    string   `yaml:"source" json:"source"`
	Sensitive []string `yaml:"sensitive" json:"sensitive,omitempty"`
	UnionOf   []string `yaml:"union_of" json:"union_of,omitempty"`
}

// Denied is the recipient deny-list.
type Denied struct {
	Hosts      []string `yaml:"hosts" json:"hosts"`
	Recipients []string `yaml:"recipients" json:"recipients"`
}

// Pathway says what a kind of filing is good for and how long it lasts.
type Pathway struct {
	Article   string   `yaml:"article" json:"article"`
	Satisfies []string `yaml:"satisfies" json:"satisfies"`
	// Years is the fixed term; 0 means as the filing itself says.
	Years int `yaml:"years" json:"years,omitempty"`
	// Renew and FileWithin are lead times in working days.
	Renew      int `yaml:"renew_working_days" json:"renew_working_days,omitempty"`
	FileWithin int `yaml:"file_within_working_days" json:"file_within_working_days,omitempty"`
	// WarnDays are the working days before the end at which somebody is told.
	WarnDays []int `yaml:"warn_working_days" json:"warn_working_days,omitempty"`
	// Cities and Countries bound where exporter and recipient may be; cities
	// are prefixes of GB/T 2260 codes. Empty means anywhere.
	Cities    []string `yaml:"cities" json:"cities,omitempty"`
	Countries []string `yaml:"countries" json:"countries,omitempty"`
	// Onward bounds where a recipient may pass data on to; empty means
	// anywhere.
	Onward []string `yaml:"onward" json:"onward,omitempty"`
}

// Records say for how many years the report of a protection impact assessment
// is kept; 0 asks nothing.
type Records struct {
	KeepYears int    `yaml:"keep_years" json:"keep_years"`
	Article   string `yaml:"article" json:"article"`
}

// Need cites the law of a need.
type Need struct {
	Article string `yaml:"article" json:"article"`
}

// Exemption cites the law of an exemption. A claimable one takes effect as a
// registered claim.
type Exemption struct {
	Article   string `yaml:"article" json:"article"`
	Claimable bool   `yaml:"claimable" json:"claimable,omitempty"`
}
