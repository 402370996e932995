package check

// hl7 confirms the segments of an HL7 v2 message: its header, and the patient
// identification, whose third field is the number of the patient's record.
func hl7(s *Sight) {
	ahead := s.textAfter()
	if len(ahead) == 0 || ahead[0] != '|' || !segmentStart(s.textBefore()) {
		return
	}
	switch string(s.Candidate()) {
	case "MSH":
		if starts(ahead, `|^~\&`) || starts(ahead, `|^~\\&`) {
			s.Add(s.From, s.To+len(`|^~\&`), Nobody, nil).Checked = true
		}
	case "PID":
		s.identification(ahead)
	}
}

// segmentStart reports whether a segment may begin behind b: a message is
// framed by VT, its segments end with a carriage return.
func segmentStart(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	switch b[len(b)-1] {
	case '\r', '\n', '\v', '"', '>', '\'', '`':
		return true
	case 'r', 'n', 'b':
		return len(b) > 1 && b[len(b)-2] == '\\'
	}
	return false
}

// identification reads PID|set|external id|internal id, each with components.
func (s *Sight) identification(ahead []byte) {
	i := 1
	for ; i < len(ahead) && digit(ahead[i]); i++ {
	}
	if i > 5 || i >= len(ahead) || ahead[i] != '|' {
		return
	}
	for i++; i < len(ahead) && ahead[i] != '|'; i++ {
		if ahead[i] < ' ' || ahead[i] == '=' {
			return
		}
	}
	if i++; i >= len(ahead) {
		return
	}
	at := s.To + i
	if n := RecordNumber(s.Text[at:min(s.reach(), at+2*maxRecord)]); n > 0 {
		s.addRecord(at, at+n)
		return
	}
	s.Add(s.From, at, Nobody, nil)
}

// fhirTypes are the resources of FHIR R4 that tell something of one patient.
var fhirTypes = [...]string{"Patient", "Observation", "Condition", "Encounter", "Procedure", "DiagnosticReport",
	"MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense", "AllergyIntolerance",
	"Immunization", "CarePlan", "CareTeam", "ClinicalImpression", "FamilyMemberHistory", "ImagingStudy", "Specimen",
	"ServiceRequest", "EpisodeOfCare", "Composition", "RiskAssessment", "Coverage", "Claim", "MolecularSequence"}

func fhirType(b []byte) int {
	if len(b) == 0 || b[0] < 'A' || b[0] > 'S' {
		return 0
	}
	for _, t := range fhirTypes {
		if starts(b, t) && (len(b) == len(t) || !Word(b[len(t)])) {
			return len(t)
		}
	}
	return 0
}

// fhir confirms "resourceType":"Patient" in JSON. The same without the quotes
// of JSON is a program's text.
func fhir(s *Sight) {
	ahead := s.textAfter()
	if s.Cell > 0 || len(ahead) == 0 {
		return
	}
	gap, firm := keyGap(ahead)
	if !firm {
		return
	}
	n := fhirType(ahead[gap:])
	if n == 0 {
		return
	}
	v := s.Add(s.From, s.To+gap+n, Nobody, nil)
	v.Low = !ends(s.textBefore(), `"`) || ahead[0] != '"' && ahead[0] != '\\'
}

// fhirXML confirms a resource in XML: its name stands before the namespace.
func fhirXML(s *Sight) {
	b := s.textBefore()
	for _, p := range [...]string{"http://", `"`, "'", "=", "xmlns", " "} {
		if ends(b, p) {
			b = b[:len(b)-len(p)]
		}
	}
	i := len(b)
	for i > 0 && Word(b[i-1]) {
		i--
	}
	if n := fhirType(b[i:]); n > 0 && n == len(b)-i && i > 0 && b[i-1] == '<' {
		s.Add(s.From-(len(s.textBefore())-i), s.To, Nobody, nil)
	}
}

// cda confirms the namespace of HL7 version 3 in a clinical document; anywhere
// else, as in a schema, it says little.
func cda(s *Sight) {
	if s.Cell > 0 {
		return
	}
	const root = "clinicaldocument"
	v := s.Add(s.From, s.To, Nobody, nil)
	v.Low = !holdsFold(s.textBefore(), root) && !holdsFold(s.textAfter(), root)
}

// dicom confirms the prefix of a DICOM file (PS3.10 section 7.1) by what
// follows it.
func dicom(s *Sight) {
	if string(s.Candidate()) == dicomPrefix && metaElement(s.textAfter()) {
		s.Add(s.From, s.To, Nobody, nil).Checked = true
	}
}

// dicomFile confirms the same at the head of a stream, where a letter of the
// preamble may stand before it.
func dicomFile(s *Sight) {
	const preamble = 128
	if b := s.Text; len(b) > preamble && starts(b[preamble:], dicomPrefix) && metaElement(b[preamble+len(dicomPrefix):]) {
		s.Add(preamble, preamble+len(dicomPrefix), Nobody, nil).Checked = true
	}
}

const dicomPrefix = "DICM"

// metaElement reports whether b begins with one of the first elements of group
// 0002, in little-endian order.
func metaElement(b []byte) bool {
	return len(b) >= 6 && b[0] == 2 && b[1] == 0 && b[2] <= 0x18 && b[3] == 0 && b[4] >= 'A' && b[4] <= 'Z' && b[5] >= 'A' && b[5] <= 'Z'
}
