package check

// healthForms are the confirmers of health.
var healthForms = []Form{
	{"icd10", OnKey, diagnosis},
	{"patient_number", OnKey, patientNumber},
	{"hl7", OnKey, hl7},
	{"fhir", OnKey, fhir},
	{"fhir_xml", OnKey, fhirXML},
	{"cda", OnKey, cda},
	{"dicom", OnKey, dicom},
	{"dicom_file", OnHead, dicomFile},
	{"bio_template", OnKey, bioTemplate},
	{"bio_record", OnKey, bioRecord},
}
