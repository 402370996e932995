package synth

import (
	"fmt"
	"strings"
)

func healthKinds() []Kind {
	const icd, record = "pi.health.icd10", "pi.health.record"
	return []Kind{
		{"icd", icd, false, from("E11.999", "J18.999", "I25.\\1\\0\\3", "K29.5\\0\\0", "C34.1\\0\\0", "I1\\0", "N18.9", "M54.5", "S82.2\\0\\0")},
		{"icdlong", icd, false, from("C34.1\\0\\0x\\0\\01", "E11.9\\0\\0x\\0\\09", "K80.2\\0\\0x\\0\\01", "I63.9\\0\\0x\\0\\02")},
		{"mrn", record, false, from("99999999", "9999999999", "ZY9999999999", "MZ20269999999", "A9999999", "0\\099999999")},
		{"hl7", record, true, (*Maker).hl7},
		{"fhir", record, true, (*Maker).fhir},
		{"cda", record, true, (*Maker).cda},
		{"dicom", record, true, (*Maker).dicom},
	}
}

func (m *Maker) hl7() string {
	at := m.day.Format("20060102150405")
	return fmt.Sprintf("MSH|^~\\&|HIS|SAMPLE|LIS|SAMPLE|%s||ADT^A01|%s|P|2.4\rPID|1||%s^^^SAMPLE^MR||CESHI^%s||%s|%s\rPV1|1|I|W%s^%s^01\r",
		at, m.digits(8), m.digits(10), strings.ToUpper(m.letters(4)), m.born(20, 80).Format("20060102"), pick(m.rnd, "M", "F"), m.digits(2), m.digits(3))
}

func (m *Maker) fhir() string {
	return fmt.Sprintf(`{"resourceType":"Patient","id":"%s","active":true,"name":[{"use":"official","family":"Ceshi","given":["%s"]}],"gender":"%s","birthDate":"%s"}`,
		m.uuid(), m.letters(5), pick(m.rnd, "male", "female"), m.born(20, 80).Format("2006-01-02"))
}

func (m *Maker) cda() string {
	return fmt.Sprintf(`<ClinicalDocument xmlns="urn:hl7-org:v3"><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><recordTarget><patientRole><id extension="%s"/><patient><name>%s</name><birthTime value="%s"/></patient></patientRole></recordTarget></ClinicalDocument>`,
		m.digits(9), m.name(), m.born(20, 80).Format("20060102"))
}

// dicom is a file of implicit values, cut after the patient.
func (m *Maker) dicom() string {
	element := func(group, number uint16, vr, value string) string {
		if len(value)%2 == 1 {
			value += " "
		}
		return string([]byte{byte(group), byte(group >> 8), byte(number), byte(number >> 8)}) + vr + string([]byte{byte(len(value)), byte(len(value) >> 8)}) + value
	}
	return strings.Repeat("\x00", 128) + "DICM" +
		element(2, 0x10, "UI", "1.2.840.10008.1.2.1") +
		element(8, 0x60, "CS", "CT") +
		element(0x10, 0x10, "PN", "Ceshi^"+m.letters(5)) +
		element(0x10, 0x20, "LO", m.digits(8)) +
		element(0x10, 0x30, "DA", m.born(20, 80).Format("20060102"))
}
