package export

import (
	"net/netip"
	"strconv"

	"github.com/datacustoms/customs/policy"
)

// ocsfEvent holds the attributes of both classes that records have.
type ocsfEvent struct {
	ActivityID    int          `json:"activity_id"`
	ActivityName  string       `json:"activity_name"`
	CategoryUID   int          `json:"category_uid"`
	CategoryName  string       `json:"category_name"`
	ClassUID      int          `json:"class_uid"`
	ClassName     string       `json:"class_name"`
	TypeUID       int          `json:"type_uid"`
	Time          int64        `json:"time"`
	SeverityID    int          `json:"severity_id"`
	Severity      string       `json:"severity"`
	StatusID      int          `json:"status_id"`
	Status        string       `json:"status"`
	ActionID      int          `json:"action_id"`
	Action        string       `json:"action"`
	DispositionID int          `json:"disposition_id"`
	Disposition   string       `json:"disposition"`
	IsAlert       bool         `json:"is_alert,omitempty"`
	Message       string       `json:"message"`
	Metadata      ocsfMetadata `json:"metadata"`
	Finding       *ocsfInfo    `json:"finding_info,omitempty"`
	Data          *ocsfDLP     `json:"data_security,omitempty"`
	Request       *ocsfReq     `json:"http_request,omitempty"`
	Response      *ocsfResp    `json:"http_response,omitempty"`
	Src           *ocsfEnd     `json:"src_endpoint,omitempty"`
	Dst           *ocsfEnd     `json:"dst_endpoint,omitempty"`
	Unmapped      ocsfRest     `json:"unmapped"`
}

type ocsfMetadata struct {
	Version  string      `json:"version"`
	Product  ocsfProduct `json:"product"`
	Profiles []string    `json:"profiles"`
	UID      string      `json:"uid"`
	Sequence uint64      `json:"sequence"`
	LogName  string      `json:"log_name"`
}

type ocsfProduct struct {
	Name    string `json:"name"`
	Vendor  string `json:"vendor_name"`
	Version string `json:"version,omitempty"`
	UID     string `json:"uid,omitempty"` // of the node
}

type ocsfInfo struct {
	UID   string   `json:"uid"`
	Title string   `json:"title"`
	Types []string `json:"types"`
}

type ocsfDLP struct {
	CategoryID  int         `json:"category_id"`
	Category    string      `json:"category"`
	LifecycleID int         `json:"data_lifecycle_state_id"`
	Lifecycle   string      `json:"data_lifecycle_state"`
	SystemID    int         `json:"detection_system_id"`
	System      string      `json:"detection_system"`
	Pattern     string      `json:"detection_pattern,omitempty"` // digest of the identifier catalogue
	Total       int64       `json:"total"`                       // findings that policy counts
	Policy      *ocsfPolicy `json:"policy,omitempty"`
}

type ocsfPolicy struct {
	Name    string `json:"name"`
	UID     string `json:"uid,omitempty"`
	Version string `json:"version,omitempty"`
}

// ocsfReq has no url: OCSF asks for its path, which no record has. Host and
// port are those of the destination.
type ocsfReq struct {
	UID     string `json:"uid"`
	Method  string `json:"http_method,omitempty"`
	Version string `json:"version,omitempty"`
	Length  int64  `json:"body_length"`
}

type ocsfResp struct {
	Code   int   `json:"code"`
	Length int64 `json:"body_length,omitempty"`
}

type ocsfEnd struct {
	UID      string        `json:"uid,omitempty"`
	Name     string        `json:"name,omitempty"`
	Hostname string        `json:"hostname,omitempty"`
	IP       string        `json:"ip,omitempty"`
	Port     uint16        `json:"port,omitempty"`
	Location *ocsfLocation `json:"location,omitempty"`
}

type ocsfLocation struct {
	Country string `json:"country"`
}

// ocsfSource is the sender: its pseudonym, or its address where records hold
// that, and the exporter.
func ocsfSource(r *policy.Record) *ocsfEnd {
	in := &r.Intent
	e := &ocsfEnd{UID: clean(in.Client, 128), Name: clean(in.Exporter, 64)}
	if a, err := netip.ParseAddr(in.Client); err == nil {
		e.UID, e.IP = "", a.String()
	}
	if *e == (ocsfEnd{}) {
		e.Name = "unknown"
	}
	return e
}

func ocsfDestination(r *policy.Record) *ocsfEnd {
	in := &r.Intent
	e := &ocsfEnd{Name: clean(in.Recipient, 128), Port: in.Port}
	if a, err := netip.ParseAddr(in.Host); err == nil {
		e.IP = a.String()
	} else {
		e.Hostname = clean(in.Host, 253)
	}
	if a, err := netip.ParseAddr(in.Address); err == nil {
		e.IP = a.String()
	}
	if e.Name == "" && e.Hostname == "" && e.IP == "" { // OCSF wants one of them
		e.Name = "unknown"
	}
	if c := clean(in.Place.Country, 2); c != "" {
		e.Location = &ocsfLocation{c}
	}
	return e
}

func ocsfMeta(r *policy.Record) ocsfMetadata {
	return ocsfMetadata{Version: OCSFVersion, Product: ocsfProduct{Name: "customs", Vendor: "Data Customs",
		Version: clean(r.Intent.Build, 64), UID: clean(r.Node, 255)}, Profiles: []string{"security_control"},
		UID: clean(r.ID, 64), Sequence: r.First, LogName: policy.RecordSchema}
}

func ocsfHTTP(r *policy.Record) (*ocsfReq, *ocsfResp) {
	in := &r.Intent
	req := &ocsfReq{UID: clean(r.ID, 64), Version: clean(in.Protocol, 32), Length: r.SentBytes()}
	if _, ok := ocsfMethods[in.Method]; ok { // OCSF knows no others
		req.Method = in.Method
	}
	if o := r.Outcome; o != nil && o.Status != 0 {
		return req, &ocsfResp{o.Status, o.Received}
	}
	return req, nil
}

func filingRevision(v *policy.Verdict) string {
	if v.Filing == "" {
		return ""
	}
	return clean(v.Filing, 128) + "#" + strconv.Itoa(v.Revision)
}
