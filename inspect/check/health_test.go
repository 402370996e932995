package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/check"
	"pgregory.net/rapid"
)

func TestICD10(t *testing.T) {
	tests := []struct {
		name, text string
		want       int
	}{
		{"three characters", "I10", 3},
		{"five digits", "E11.900", 7},
		{"national extension", "C34.100x001", 11},
		{"national extension behind three characters", "S72x001", 7},
		{"provisional code", "U07.1", 5},
		{"letter in the third place", "C7B.00", 6},
		{"filled place", "T36.0X5A", 8},
		{"letter behind the point", "C96.A,", 5},
		{"dagger", "A17.000+", 7},
		{"version", "V10.2.3", 0},
		{"longer word", "E11.900abc", 0},
		{"file", "B10.ZIP", 0},
		{"one digit", "A4", 0},
		{"lower case", "i10", 0},
		{"point without digits", "E11.", 3},
		{"nothing", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := check.ICD10([]byte(tt.text)); got != tt.want {
				t.Errorf("ICD10(%q) = %d, want %d", tt.text, got, tt.want)
			}
		})
	}
}

func TestDiagnosis(t *testing.T) {
	gb := string([]byte{0xd5, 0xef, 0xb6, 0xcf, 0xa3, 0xba})
	tests := []struct {
		name, word, text string
		want             []string
	}{
		{"form", "诊断", "诊断：J45.900 支气管哮喘", []string{"J45.900"}},
		{"three characters in Chinese", "诊断", "诊断：I10 原发性高血压", []string{"I10"}},
		{"three characters in JSON", "diagnosis", `{"diagnosis":"I10","x":"A12"}`, []string{"I10"}},
		{"list", "icd_code", `"icd_code":["I10","E11.900","N18"]`, []string{"I10", "E11.900", "N18"}},
		{"longer key", "diagnosis", `"diagnosisCode": "I10"`, []string{"I10"}},
		{"prose", "diagnosis", "diagnosis was type 2 diabetes (E11.9)", []string{"E11.9"}},
		{"rest of a Chinese key", "诊断", "诊断编码：C34.100x001", []string{"C34.100x001"}},
		{"without point", "icd", `"icd_code":"E11900"`, []string{"E11900"}},
		{"name of the standard", "icd", "ICD-10: I10", []string{"I10"}},
		{"GB18030", gb[:4], gb + "E11.900", []string{"E11.900"}},
		{"vitamin", "diagnosis", "diagnosis: B12 deficiency", nil},
		{"three characters in prose", "diagnosis", "The diagnosis: I10 was given.", []string{"I10"}},
		{"part", "诊断", "诊断接口 A4 B12", nil},
		{"trouble code of a car", "诊断", "故障诊断：P0420", nil},
		{"date", "diagnosis", "diagnosis 2024-01-05T10:20", nil},
		{"version", "diagnosis", "diagnosis tool V10.2.3", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := firm(sightings(t, "icd10", tt.word, tt.text)); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if v := sightings(t, "icd10", "诊断", "诊断：E11.900、I10"); len(v) != 2 || v[0].Lift != 1 {
		t.Errorf("two codes are no better than one: %v", v)
	}
	if v := sightAt(t, "icd10", "1,I10,x", 2, 2, 5); len(v) != 1 {
		t.Errorf("a cell gives %d codes, want 1", len(v))
	}
}

func TestPatientNumber(t *testing.T) {
	tests := []struct {
		name, word, text, want string
	}{
		{"form", "住院号", "住院号：ZY20240117", "ZY20240117"},
		{"JSON", "patient_id", `{"patient_id":"p0012345"}`, "P0012345"},
		{"hyphens are no part of it", "MRN", "MRN 1234-5678", "12345678"},
		{"longer key", "patientid", `"patientIdNumber": 00123456`, "00123456"},
		{"behind the number", "病历号", "00123456（病历号）", "00123456"},
		{"behind the number, English", "MRN", "00123456 x 12345678(MRN)", "12345678"},
		{"piece of base64", "MRN", "q/MRNL7tkLAt2PB0P7R", ""},
		{"escaped", "medical_record_no", `{"medical_record_no":"\u00312"}`, ""},
		{"three digits", "MRN", "MRN abcdef123", ""},
		{"too long", "MRN", "MRN 123456789012345678901", ""},
		{"zeros", "patient_id", "patient_id=00000000", ""},
		{"a word", "patient_id", "patient_id = request.params", ""},
		{"UUID", "patient_id", "patient_id: 550e8400-e29b-41d4-a716-446655440000", ""},
		{"mail address", "patient_id", "patient_id: user1234@example.com", ""},
		{"the other columns", "病历号", "病历号,姓名\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := sightings(t, "patient_number", tt.word, tt.text)
			if tt.want == "" && len(v) == 0 {
				return
			}
			if len(v) != 1 || v[0].key != tt.want || v[0].Kind != check.KindPatient {
				t.Errorf("got %v, want %q", v, tt.want)
			}
		})
	}
}

func TestClinicalFormats(t *testing.T) {
	meta := "\x02\x00\x00\x00UL\x04\x00"
	tests := []struct {
		name, form, word, text string
		want                   bool
	}{
		{"HL7 message", "hl7", "MSH", `MSH|^~\&|HIS|A|LAB|B|20240117||ADT^A01|1|P|2.5`, true},
		{"HL7 in MLLP", "hl7", "MSH", "\x0bMSH|^~\\&|", true},
		{"HL7 patient", "hl7", "PID", "\rPID|1||ZY20240117^^^H^MR||SAMPLE^ONE", true},
		{"process number", "hl7", "PID", "ps: pid|1234567", false},
		{"table of processes", "hl7", "PID", "PID|1|x=3|12345678", false},
		{"MSH in prose", "hl7", "MSH", "MSH is short for", false},
		{"FHIR patient", "fhir", "resourceType", `{"resourceType":"Patient","id":"a"}`, true},
		{"FHIR observation", "fhir", "resourceType", `"resourceType" : "Observation"`, true},
		{"FHIR bundle", "fhir", "resourceType", `{"resourceType":"Bundle"}`, false},
		{"cloud resource", "fhir", "resourceType", `{"resourceType":"PatientPortal"}`, false},
		{"program text", "fhir", "resourceType", `x.resourceType = 'Patient'`, false},
		{"FHIR in XML", "fhir_xml", "hl7.org/fhir", `<Patient xmlns="http://hl7.org/fhir">`, true},
		{"FHIR link", "fhir_xml", "hl7.org/fhir", `see http://hl7.org/fhir`, false},
		{"CDA document", "cda", "urn:hl7-org:v3", `<ClinicalDocument xmlns="urn:hl7-org:v3">`, true},
		{"CDA schema", "cda", "urn:hl7-org:v3", `<xs:schema targetNamespace="urn:hl7-org:v3">`, false},
		{"DICOM", "dicom", "DICM", strings.Repeat("\x00", 128) + "DICM" + meta, true},
		{"DICOM that begins with another element", "dicom", "DICM", "\x00DICM\x02\x00\x10\x00UI\x14\x00", true},
		{"DICOM in prose", "dicom", "DICM", "the DICM prefix", false},
		{"template as bytes", "bio_record", "FMR", "FMR\x00 20\x00\x00\x00", true},
		{"the word FMR", "bio_record", "FMR", "FMR 2000", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := len(firm(sightings(t, tt.form, tt.word, tt.text))) > 0; got != tt.want {
				t.Errorf("found = %v, want %v", got, tt.want)
			}
		})
	}
	file := strings.Repeat("X", 128) + "DICM" + meta
	if v := sightAt(t, "dicom_file", file, 0, 0, 0); len(v) != 1 || v[0].text != "DICM" {
		t.Errorf("a DICOM file with a preamble of letters is %v", v)
	}
	v := sightings(t, "hl7", "PID", "PID|1||ZY20240117^^^H^MR")
	if len(v) != 1 || v[0].Kind != check.KindPatient || v[0].key != "ZY20240117" {
		t.Errorf("the patient of a message is %v", v)
	}
}

func TestBioTemplate(t *testing.T) {
	code := strings.Repeat("Ab3dEf9hIjKl", 12)
	floats := "[" + strings.Repeat("-0.012345, 0.98765,", 12) + "0.1]"
	tests := []struct {
		name, word, text string
		want             bool
	}{
		{"base64", "faceFeature", `"faceFeature":"` + code + `"`, true},
		{"vector", "face_embedding", `"face_embedding":` + floats, true},
		{"Chinese key", "人脸特征", "人脸特征：" + code, true},
		{"ISO record", "fingerprint", `"fingerprint":"Rk1SACAyMAAA` + code + `"`, true},
		{"fingerprint of a certificate", "fingerprint", `"fingerprint":"` + code + `"`, false},
		{"short", "faceprint", `"faceprint":"` + code[:40] + `"`, false},
		{"filler", "faceprint", `"faceprint":"` + strings.Repeat("A", 200) + `"`, false},
		{"name of a file", "faceprint", `"faceprint":"template_one.bin"`, false},
		{"program text", "faceprint", "faceprint = load(path)", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := len(firm(sightings(t, "bio_template", tt.word, tt.text))) > 0; got != tt.want {
				t.Errorf("found = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestICD10Property(t *testing.T) {
	code := rapid.StringMatching(`[A-TV-Z][0-9][0-9](\.[0-9]{1,3})?(x[0-9]{3})?`)
	end := rapid.SampledFrom([]string{"", " ", ",", "，", "\"", ")", "\n"})
	rapid.Check(t, func(t *rapid.T) {
		c := code.Draw(t, "code")
		if got := check.ICD10([]byte(c + end.Draw(t, "end"))); got != len(c) {
			t.Fatalf("ICD10(%q...) = %d, want %d", c, got, len(c))
		}
	})
}
