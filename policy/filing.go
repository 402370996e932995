package policy

import (
	"time"

	"github.com/datacustoms/customs/inspect"
)

// Pathway is the kind of permission a filing is.
type Pathway string

// The pathways.
const (
	SA        Pathway = "SA"        // security assessment (数据出境安全评估)
	SC        Pathway = "SC"        // standard contract (个人信息出境标准合同备案)
	CERT      Pathway = "CERT"      // certification (个人信息出境认证)
	GBASC     Pathway = "GBA_SC"    // Greater Bay Area standard contract
	FTZList   Pathway = "FTZ_LIST"  // registered use of a zone list
	Exemption Pathway = "EXEMPTION" // registered exemption claim
)

// FilingSchema is the schema of the records that Filing reads and writes.
const FilingSchema = "dc.filing/1"

// Filing is an approved permission, as it is registered and imported. Dates
// are civil dates in Asia/Shanghai written 2006-01-02; a filing ends at 24:00
// of its last day.
type Filing struct {
	Schema      string      `json:"schema"`
	ID          string      `json:"filing_id"`
	Pathway     Pathway     `json:"pathway"`
	AuthorityNo string      `json:"authority_no"` // opaque; formats differ by province
	Authority   string      `json:"authority,omitempty"`
	Status      string      `json:"status"` // draft submitted effective suspended expired revoked superseded
	Exporter    Filer       `json:"exporter"`
	Recipients  []Recipient `json:"recipients"`
	Scenario    string      `json:"scenario,omitempty"`
	// List names the zone list that an FTZ_LIST filing registers the use of.
	List       string     `json:"list_id,omitempty"`
	Purposes   []string   `json:"purposes,omitempty"`
	LegalBasis string     `json:"legal_basis,omitempty"`
	Items      []Item     `json:"items"`
	Volume     Volume     `json:"volume"`
	Links      []Link     `json:"links,omitempty"`
	Storage    *Storage   `json:"overseas_storage,omitempty"`
	Valid      Validity   `json:"valid"`
	PIA        *PIA       `json:"pia,omitempty"`
	Consent    *Consent   `json:"consent,omitempty"`
	Evidence   []Evidence `json:"evidence,omitempty"`
	// Approvals are what other authorities granted besides.
	Approvals []SectorApproval `json:"sector_approvals,omitempty"`
	Revision  int              `json:"revision"` // set by the registry
	PrevHash  string           `json:"prev_hash,omitempty"`
	Hash      string           `json:"hash,omitempty"`
	SignedBy  string           `json:"signed_by,omitempty"`
}

// Filer is the exporter as a filing names it.
type Filer struct {
	USCC       string   `json:"uscc"`
	Name       string   `json:"name,omitempty"`
	GroupUSCCs []string `json:"group_usccs,omitempty"`
	CIIO       bool     `json:"ciio,omitempty"`
	Zone       string   `json:"registered_zone,omitempty"`
	CityCode   string   `json:"city_code,omitempty"`
}

// Recipient is an overseas receiver.
type Recipient struct {
	ID      string   `json:"id"`
	Name    string   `json:"name,omitempty"`
	Country string   `json:"country"`
	Address string   `json:"address,omitempty"`
	Role    string   `json:"role,omitempty"`
	Contact string   `json:"contact,omitempty"`
	Onward  []Onward `json:"onward,omitempty"`
}

// Onward is a third party that the recipient may pass data to.
type Onward struct {
	Name    string `json:"name,omitempty"`
	Country string `json:"country"`
	Purpose string `json:"purpose,omitempty"`
}

// Item is one data item that was approved or refused.
type Item struct {
	ID         string          `json:"item_id"`
	NameZH     string          `json:"name_zh,omitempty"`
	Level      inspect.Level   `json:"level"`
	PI         bool            `json:"pi"`
	Sensitive  bool            `json:"sensitive"`
	Categories []inspect.Class `json:"categories"`
	Fields     []string        `json:"fields,omitempty"`
	Approved   bool            `json:"approved"`
	Processing string          `json:"processing,omitempty"` // raw deidentified anonymised aggregated
}

// Volume is the approved scale in persons.
type Volume struct {
	NSPerYear         int64  `json:"subjects_ns_per_year"`
	SPPerYear         int64  `json:"subjects_sp_per_year"`
	TotalOverValidity int64  `json:"subjects_total_over_validity,omitempty"`
	Records           *int64 `json:"records,omitempty"`
	Bytes             *int64 `json:"bytes,omitempty"`
	Period            string `json:"period,omitempty"` // calendar_year
	TZ                string `json:"tz,omitempty"`     // Asia/Shanghai
}

// Link is one row of the export-link table of a filing.
type Link struct {
	ID         string    `json:"link_id"`
	Recipient  string    `json:"recipient,omitempty"` // Recipient.ID; empty when the filing has one
	SrcSystem  string    `json:"src_system,omitempty"`
	SrcDomains []string  `json:"src_domains,omitempty"`
	SrcCIDRs   []string  `json:"src_cidrs,omitempty"`
	DstDomains []string  `json:"dst_domains,omitempty"` // exact or *.suffix
	DstCIDRs   []string  `json:"dst_cidrs,omitempty"`
	Ports      []uint16  `json:"ports,omitempty"`
	Protocol   string    `json:"protocol,omitempty"`
	Direction  Direction `json:"direction,omitempty"`
	Purpose    string    `json:"purpose,omitempty"`
	Frequency  string    `json:"frequency,omitempty"`
	Encryption string    `json:"encryption,omitempty"`
	// Window allows content that is larger than can be held to be judged and
	// sent in windows; nil does not.
	Window *Window `json:"window,omitempty"`
}

// Window says on what terms a link's content may leave in windows: each is
// judged before it goes, and what is found later stops what is left alone.
type Window struct {
	// Stop are classes of which one finding ends that, in a window like any
	// other.
	Stop []inspect.Class `json:"stop,omitempty"`
}

// Storage is where and how long the recipient keeps the data.
type Storage struct {
	Countries     []string `json:"countries,omitempty"`
	RetentionDays int      `json:"retention_days,omitempty"`
}

// Validity holds the dates of a filing, each 2006-01-02 or empty.
type Validity struct {
	Issued           string `json:"issued,omitempty"`
	Effective        string `json:"effective,omitempty"`
	Expires          string `json:"expires,omitempty"`
	ExtensionApplied string `json:"extension_applied,omitempty"`
}

// PIA names the protection impact assessment report.
type PIA struct {
	ReportID  string `json:"report_id,omitempty"`
	Date      string `json:"date,omitempty"`
	KeepUntil string `json:"keep_until,omitempty"`
}

// Consent names how separate consent is evidenced.
type Consent struct {
	Required      bool   `json:"required"`
	NoticeVersion string `json:"notice_version,omitempty"`
	RecordSystem  string `json:"record_system,omitempty"`
}

// Evidence points to a document of the dossier.
type Evidence struct {
	Name   string `json:"name,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	KeptAt string `json:"kept_at,omitempty"`
}

// SectorApproval is what an authority other than the cyberspace administration
// must grant for some data, as the filing of human genetic resources.
type SectorApproval struct {
	Kind    string `json:"kind"` // as the catalogue of the rule pack names it: hgr, geo
	No      string `json:"approval_no"`
	Expires string `json:"expires,omitempty"` // 2006-01-02; its last day
}

// Shanghai is the zone of the legal calendar: UTC+8 without daylight saving,
// fixed so that a machine without zone data counts the same year.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)
