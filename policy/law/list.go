package law

// The schemas of the files beside the national packs.
const (
	ListSchema      = "dc.list/1"
	CatalogueSchema = "dc.catalogue/1"
)

// List is one list of a free-trade zone (促进和规范数据跨境流动规定 第六条): a
// negative list names the data that needs a pathway, a general list data that
// flows freely once the use of the list is registered.
type List struct {
	Schema    string    `yaml:"schema" json:"schema"`
	ID        string    `yaml:"id" json:"id"`
	Title     string    `yaml:"title" json:"title"`
	Type      string    `yaml:"type" json:"type"` // negative or general
	Zones     []string  `yaml:"zones" json:"zones"`
	From      string    `yaml:"effective_from" json:"effective_from"`
	To        string    `yaml:"effective_to" json:"effective_to,omitempty"`
	AppliesTo AppliesTo `yaml:"applies_to" json:"applies_to"`
	// Registration says that the list takes effect for an exporter only by a
	// registered filing of pathway FTZ_LIST that names the list.
	Registration bool `yaml:"requires_registration" json:"requires_registration,omitempty"`
	ReportWithin int  `yaml:"report_within_working_days" json:"report_within_working_days,omitempty"`
	// Covers are the scenarios that the list rules, exact or with a final
	// ".*"; "*" is every one. A scenario that is not covered stays under the
	// national rules.
	Covers []string `yaml:"covers" json:"covers"`
	// Verified says that somebody compared the list with its published text.
	// A list that is not verified is shown and never decides.
	Verified bool    `yaml:"verified" json:"verified"`
	Source   string  `yaml:"source" json:"source"`
	Note     string  `yaml:"note" json:"note,omitempty"`
	Entries  []Entry `yaml:"entries" json:"entries"`
}

// AppliesTo says which exporters of the zone a list is for. No list is for an
// operator of critical information infrastructure.
type AppliesTo struct {
	Registered bool `yaml:"registered_in_zone" json:"registered_in_zone"`
	Exports    bool `yaml:"export_from_zone" json:"export_from_zone"`
}

// Entry is one row of a list.
type Entry struct {
	ID       string `yaml:"id" json:"id"`
	Sector   string `yaml:"sector" json:"sector,omitempty"`
	Scenario string `yaml:"scenario" json:"scenario"` // as in Covers
	// DataClass says which persons its rules count: pi those with other data,
	// spi those with sensitive data. important has the one rule {min: 0,
	// pathway: SA}.
	DataClass string   `yaml:"data_class" json:"data_class"`
	Subclass  string   `yaml:"subclass" json:"subclass,omitempty"`
	Classes   []string `yaml:"classes" json:"classes"`         // that the scanner finds
	Fields    []string `yaml:"fields" json:"fields,omitempty"` // as the annex names them, for people
	Features  string   `yaml:"features_text" json:"features_text,omitempty"`
	// Rules are asked from the first to the last; Min falls and ends with 0.
	Rules       []ListRule `yaml:"rules" json:"rules"`
	MaxSubjects int64      `yaml:"max_subjects" json:"max_subjects,omitempty"` // of a general list
	Verified    bool       `yaml:"verified" json:"verified"`
	Source      string     `yaml:"source" json:"source,omitempty"`
	// MaxLimit is the id of the limit that MaxSubjects makes; the loader sets it.
	MaxLimit string `yaml:"-" json:"max_limit,omitempty"`
}

// ListRule says which pathway is needed from Min persons of the year on.
type ListRule struct {
	Min     int64  `yaml:"min" json:"min"`
	Pathway string `yaml:"pathway" json:"pathway"` // SA, SC_OR_CERT or NONE
	// Limit is the id of the limit that Min makes, empty for 0; the loader
	// sets it. The limit is exceeded exactly when Min is reached.
	Limit string `yaml:"-" json:"limit,omitempty"`
}

// Catalogue is dated data about scenarios and important data.
type Catalogue struct {
	Schema    string     `yaml:"schema" json:"schema"`
	ID        string     `yaml:"id" json:"id"`
	Title     string     `yaml:"title" json:"title"`
	From      string     `yaml:"effective_from" json:"effective_from"`
	To        string     `yaml:"effective_to" json:"effective_to,omitempty"`
	Scenarios []Scenario `yaml:"scenarios" json:"scenarios,omitempty"`
	Important []Mark     `yaml:"important" json:"important,omitempty"`
}

// Scenario is a controlled code for what data is sent for, as icv.aftersales.
type Scenario struct {
	Code     string `yaml:"code" json:"code"`
	Sector   string `yaml:"sector" json:"sector"`
	TitleZH  string `yaml:"title_zh" json:"title_zh"`
	TitleEN  string `yaml:"title_en" json:"title_en"`
	Source   string `yaml:"source" json:"source"`
	Verified bool   `yaml:"verified" json:"verified"`
}

// Mark tells data that is or may be important, or that another authority must
// approve besides. One that is not verified is shown and never decides.
type Mark struct {
	ID      string `yaml:"id" json:"id"` // lower case, dots and dashes
	TitleZH string `yaml:"title_zh" json:"title_zh"`
	TitleEN string `yaml:"title_en" json:"title_en"`
	// Effect: published makes it important data (security assessment);
	// suspected holds it for two reviewers unless an assessment names it as
	// important; approval asks for a sector approval of kind Approval.
	Effect   string `yaml:"effect" json:"effect"`
	Approval string `yaml:"approval" json:"approval,omitempty"` // hgr, geo
	// All that is given must hold: one of Classes is found, the declared
	// scenario is in Scenarios, the count of a class has MinMagnitude decimal
	// digits, the persons of the year reach Scale.
	Classes      []string `yaml:"classes" json:"classes,omitempty"`
	Scenarios    []string `yaml:"scenarios" json:"scenarios,omitempty"`
	MinMagnitude int      `yaml:"min_magnitude" json:"min_magnitude,omitempty"`
	Scale        *Scale   `yaml:"scale" json:"scale,omitempty"`
	Source       string   `yaml:"source" json:"source"`
	Article      string   `yaml:"article" json:"article,omitempty"`
	Verified     bool     `yaml:"verified" json:"verified"`
}

// Scale is a number of persons of the year from which a Mark holds.
type Scale struct {
	Kind  string `yaml:"kind" json:"kind"` // ns, sp or any
	Reach int64  `yaml:"reach" json:"reach"`
	Limit string `yaml:"-" json:"limit,omitempty"` // the loader sets it
}

// Operator says what an operator's own modules may relax.
type Operator struct {
	// MayRelax are reason codes, of RelaxableCodes only.
	MayRelax []string `yaml:"may_relax" json:"may_relax,omitempty"`
}

// Calendar tells working days: Monday to Friday without Holidays and with
// Workdays, dates of the yearly notice of the State Council.
type Calendar struct {
	Holidays []string `yaml:"holidays" json:"holidays,omitempty"`
	Workdays []string `yaml:"workdays" json:"workdays,omitempty"`
	Source   string   `yaml:"source" json:"source,omitempty"`
	Verified bool     `yaml:"verified" json:"verified"`
}
