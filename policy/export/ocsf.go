package export

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
)

// OCSFVersion is the released version of the Open Cybersecurity Schema
// Framework that events are written for.
const OCSFVersion = "1.7.0"

// The classes of event.
const (
	OCSFDataSecurity = 2006 // Data Security Finding: something was found
	OCSFHTTP         = 4002 // HTTP Activity: nothing was found
)

// OCSF is a record as one event: a Data Security Finding where something was
// found that policy counts, else an HTTP Activity. Both carry the profile
// security_control, which says what was done. What OCSF has no word for is in
// unmapped.
func OCSF(r policy.Record) ([]byte, error) {
	class, category, activity, name := ocsfClass(&r)
	e := ocsfEvent{
		ClassUID: class, CategoryUID: category, ActivityID: activity, ActivityName: name, TypeUID: class*100 + activity,
		ClassName: ocsfClasses[class], CategoryName: ocsfCategories[category],
		Time: r.Time.UnixMilli(), Metadata: ocsfMeta(&r), Unmapped: ocsfUnmapped(&r),
		Message: clean(ocsfMessage(&r), 1024),
		Src:     ocsfSource(&r), Dst: ocsfDestination(&r),
	}
	e.SeverityID, e.Severity = ocsfSeverity(&r)
	e.StatusID, e.Status = ocsfStatus(&r, class)
	e.ActionID, e.Action, e.DispositionID, e.Disposition = ocsfDone(&r)
	if class == OCSFDataSecurity {
		e.Finding, e.Data, e.IsAlert = ocsfFinding(&r), ocsfData(&r), r.Verdict().Escalate || r.CutOff()
	} else {
		e.Request, e.Response = ocsfHTTP(&r)
	}
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("record as OCSF event: %w", err)
	}
	return b, nil
}

var (
	ocsfClasses    = map[int]string{OCSFDataSecurity: "Data Security Finding", OCSFHTTP: "HTTP Activity"}
	ocsfCategories = map[int]string{2: "Findings", 4: "Network Activity"}
)

// ocsfMethods are the activities of class HTTP Activity.
var ocsfMethods = map[string]struct {
	id   int
	name string
}{
	"CONNECT": {1, "Connect"}, "DELETE": {2, "Delete"}, "GET": {3, "Get"}, "HEAD": {4, "Head"}, "OPTIONS": {5, "Options"},
	"POST": {6, "Post"}, "PUT": {7, "Put"}, "TRACE": {8, "Trace"}, "PATCH": {9, "Patch"},
}

func ocsfClass(r *policy.Record) (class, category, activity int, name string) {
	if len(found(r)) > 0 {
		return OCSFDataSecurity, 2, 1, "Create"
	}
	if m, ok := ocsfMethods[r.Intent.Method]; ok {
		return OCSFHTTP, 4, m.id, m.name
	}
	name = clean(r.Intent.Method, 32)
	if name == "" {
		name = clean(r.Intent.Protocol, 32)
	}
	if name == "" {
		return OCSFHTTP, 4, 0, "Unknown"
	}
	return OCSFHTTP, 4, 99, name
}

// ocsfSeverity goes by what was found and what became of it.
func ocsfSeverity(r *policy.Record) (int, string) {
	enforced := r.Intent.Enforced
	switch {
	case r.Verdict().Escalate || level(r) >= inspect.Core:
		return 5, "Critical"
	case !r.Verdict().Action.Releases() && enforced.Releases(), !enforced.Releases() && level(r) >= inspect.Important:
		return 4, "High"
	case !enforced.Releases() && len(found(r)) > 0:
		return 3, "Medium"
	case !enforced.Releases(), enforced == policy.PassUnread:
		return 2, "Low"
	}
	return 1, "Informational"
}

// ocsfStatus of a finding says that it is new; of an activity, whether the
// exchange came to its end.
func ocsfStatus(r *policy.Record, class int) (int, string) {
	switch {
	case class == OCSFDataSecurity:
		return 1, "New"
	case r.Outcome == nil && r.Intent.Enforced.Releases(), r.Outcome != nil && r.Outcome.InDoubt:
		return 0, "Unknown"
	case r.Outcome == nil || r.Outcome.Fault != "":
		return 2, "Failure"
	}
	return 1, "Success"
}

// ocsfDone is the profile security_control: what the gateway did.
func ocsfDone(r *policy.Record) (action int, actionName string, disposition int, dispositionName string) {
	switch enforced := r.Intent.Enforced; {
	case !enforced.Releases():
		return 2, "Denied", 2, "Blocked"
	case r.CutOff(): // a part had left
		return 2, "Denied", 21, "Reset"
	case !r.Verdict().Action.Releases(): // observe mode
		return 3, "Observed", 15, "Detected"
	}
	return 1, "Allowed", 1, "Allowed"
}

func ocsfMessage(r *policy.Record) string {
	return fmt.Sprintf("%s (%s)", r.Intent.Enforced, strings.Join(codes(r.Verdict()), ","))
}
