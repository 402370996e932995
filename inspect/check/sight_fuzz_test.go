package check_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/check"
)

// placeSeeds are texts of all the forms of health, genomes and places.
var placeSeeds = []string{
	`{"lat":31.230416,"lng":121.473701,"ts":1700000000}`,
	"$BDGGA,092750.000,3954.5538,N,11623.8457,E,1,8,1.03,61.7,M,,M,,*69",
	`"coordinates":[[[121.473701,31.230416],[121.5,31.25,4]]]`,
	"LINESTRING Z (121.4737 31.2304 4, 121.5 31.25 5)",
	`31°14'12.5"N 121°29'3.1"E`, "北纬31°14′12″，东经121°29′", "geo:31.2304,121.4737",
	"诊断编码：C34.100x001、I10", "00123456（病历号）", "PID|1||ZY20240117^^^H^MR",
	"@r1\nACGT\n+\nFFFF\n", "##fileformat=VCFv4.2", `"rsid":"rs429358","genotype":"CT"`,
	`"faceFeature":"` + strings.Repeat("Ab3", 40) + `"`, "II*\x00\x08\x00\x00\x00\x02\x00",
}

// placeForms are the forms of health, genomes and places.
var placeForms = []string{"icd10", "patient_number", "hl7", "fhir", "fhir_xml", "cda", "dicom", "dicom_file", "bio_template", "bio_record",
	"fasta", "fastq", "vcf", "sam", "genome_file", "genotype", "latitude", "longitude", "location", "coordinates",
	"wkt", "geo_uri", "degrees", "nmea", "track", "survey_file", "survey_text", "datum"}

// FuzzPlaceSight runs each of these forms at any place of any text: none may
// panic, leave the text, or go on at a place it has seen.
func FuzzPlaceSight(f *testing.F) {
	for _, s := range placeSeeds {
		f.Add([]byte(s), 0, 3, 0)
		f.Add([]byte(s), len(s)/2, 4, 0)
		f.Add([]byte(s), len(s)/2, 0, 5)
	}
	f.Fuzz(func(t *testing.T, text []byte, from, length, cell int) {
		if from < 0 || length < 0 || length > len(text) || from > len(text)-length || cell < 0 || cell > len(text) {
			return
		}
		if cell > 0 {
			if cell < from {
				return
			}
			length = 0
		}
		for _, f := range check.Forms() {
			if !slices.Contains(placeForms, f.Name) {
				continue
			}
			if f.On == check.OnHead {
				sightAt(t, f.Name, string(text), 0, 0, 0)
			} else if length > 0 || cell > from {
				sightAt(t, f.Name, string(text), from, from+length, cell)
				reachesNoFurther(t, f, text, from, from+length, cell)
			}
		}
	})
}

// reachesNoFurther checks that a form says the same where the text ends as
// soon as it is allowed to: else the report would depend on how it was cut.
func reachesNoFurther(t *testing.T, f check.Form, text []byte, from, to, cell int) {
	t.Helper()
	low, high := max(0, from-check.ReachBytes), min(len(text), max(to+check.ReachBytes, cell))
	whole := check.Sight{Text: text, From: from, To: to, Cell: cell}
	part := check.Sight{Text: text[low:high], From: from - low, To: to - low, Cell: max(0, cell-low)}
	f.Confirm(&whole)
	f.Confirm(&part)
	if len(whole.Values) != len(part.Values) {
		t.Fatalf("%s: %d values in the whole text, %d in the window", f.Name, len(whole.Values), len(part.Values))
	}
	for i, v := range whole.Values {
		w := part.Values[i]
		if v.From != w.From+low || v.To != w.To+low || v.Low != w.Low || v.Lift != w.Lift || v.Point != w.Point {
			t.Fatalf("%s: %+v in the whole text, %+v in the window", f.Name, v, w)
		}
	}
}

// TestRefusingAllocatesNothing runs the forms over text that has their words
// and none of their values.
func TestRefusingAllocatesNothing(t *testing.T) {
	text := []byte("the location of the patient id is long, the point of a diagnosis: position = center; " +
		strings.Repeat("GATTACAGATTACACATTAGCCTA", 3) + " " + strings.Repeat("all is well here ", 20))
	s := check.Sight{Text: text}
	for _, f := range check.Forms() {
		if !slices.Contains(placeForms, f.Name) {
			continue
		}
		n := testing.AllocsPerRun(10, func() {
			for at := 100; at < 180; at += 5 {
				s.Reset()
				s.Text, s.From, s.To = text, at, at+6
				if f.On == check.OnLetters {
					s.To = at + 50
				}
				f.Confirm(&s)
			}
		})
		if n > 0 && len(s.Values) == 0 {
			t.Errorf("%s allocates %v times", f.Name, n)
		}
	}
}
