package check_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect/check"
	"pgregory.net/rapid"
)

// sequence returns random bases, always the same.
func sequence(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for range n {
		b.WriteByte("ACGT"[r.IntN(4)])
	}
	return b.String()
}

func TestNucleotides(t *testing.T) {
	tests := []struct {
		name, text string
		want       bool
	}{
		{"DNA", sequence(60), true},
		{"masked DNA", strings.ToLower(sequence(60)), true},
		{"RNA", strings.ReplaceAll(sequence(60), "T", "U"), true},
		{"with gaps", sequence(40) + strings.Repeat("N", 20), true},
		{"only gaps", strings.Repeat("N", 60), false},
		{"one letter", strings.Repeat("A", 60), false},
		{"zeros in base64", strings.Repeat("AAAC", 15), false},
		{"two letters", strings.Repeat("AT", 30), false},
		{"T and U", sequence(60) + "UUUU", false},
		{"amino acids", "MEEPQSDPSVEPPLSQETFSDLWKLLPENNVLSPLPSQAMDDLMLSPDDIEQWFTEDPG", false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := check.Nucleotides([]byte(tt.text)); got != tt.want {
				t.Errorf("Nucleotides(%q) = %v, want %v", tt.text, got, tt.want)
			}
		})
	}
}

func TestSequences(t *testing.T) {
	dna, read := sequence(240), sequence(150)
	line, second := dna[:60], dna[60:120]
	qual := strings.Repeat("F:,#", 50)
	protein := "MEEPQSDPSVEPPLSQETFSDLWKLLPENNVLSPLPSQAMDDLMLSPDDIEQWFTEDPG"
	tests := []struct {
		name, form, text, run string
		found                 bool
		lift                  int
		low                   bool
	}{
		{"FASTA", "fasta", ">chr1 sample\n" + line + "\n" + second + "\n", line, true, 2, false},
		{"FASTA with one line", "fasta", ">chr1\n" + line, line, true, 1, false},
		{"Windows lines", "fasta", ">chr1\r\n" + line + "\r\n" + second + "\r\n", line, true, 2, false},
		{"later line of a sequence", "fasta", ">chr1\n" + line + "\n" + second + "\n", second, false, 0, false},
		{"alone", "fasta", "x " + line + " y", line, true, 0, false},
		{"alone and long", "fasta", `{"seq":"` + dna + `"}`, dna, true, 1, false},
		{"alone and short", "fasta", "x " + line[:50] + " y", line[:50], false, 0, false},
		{"end of a run without lines", "fasta", "AC" + dna + "\n", dna, true, 1, false},
		{"inside a word", "fasta", "x1" + line, line, false, 0, false},
		{"protein", "fasta", ">sp|P04637\n" + protein + "\n", protein, true, 0, true},
		{"words in capitals", "fasta", "x\n" + protein + "\n", protein, false, 0, false},
		{"FASTQ", "fastq", "@r1\n" + line + "\n+\n" + qual[:60] + "\n@r2", line, true, 0, false},
		{"FASTQ at the end", "fastq", "@r1\n" + line + "\n+r1\n" + qual[:60], line, true, 0, false},
		{"FASTQ longer than the window", "fastq", "@r1\n" + read + "\n+\n" + qual[:150] + "\n@", read, true, 0, false},
		{"too few qualities", "fastq", "@r1\n" + line + "\n+\n" + qual[:59] + "\n@r2", line, false, 0, false},
		{"too many qualities", "fastq", "@r1\n" + line + "\n+\n" + qual[:61] + "\n@r2", line, false, 0, false},
		{"cut qualities", "fastq", "@r1\n" + line + "\n+\n" + qual[:30], line, false, 0, false},
		{"no header", "fastq", "r1\n" + line + "\n+\n" + qual[:60] + "\n", line, false, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := strings.Index(tt.text, tt.run)
			v := sightAt(t, tt.form, tt.text, i, i+len(tt.run), 0)
			if got := len(v) == 1; got != tt.found {
				t.Fatalf("found = %v, want %v", got, tt.found)
			}
			if tt.found && (v[0].Lift != tt.lift || v[0].Low != tt.low) {
				t.Errorf("lift %d, low %v; want %d, %v", v[0].Lift, v[0].Low, tt.lift, tt.low)
			}
		})
	}
}

func TestVariants(t *testing.T) {
	tests := []struct {
		name, form, word, text string
		want                   bool
	}{
		{"VCF", "vcf", "fileformat", "##fileformat=VCFv4.2\n", true},
		{"VCF columns", "vcf", "CHROM", "#CHROM\tPOS\tID\tREF\tALT\tQUAL", true},
		{"VCF in prose", "vcf", "CHROM", "#CHROM POS ID REF ALT", false},
		{"other format", "vcf", "fileformat", "##fileformat=BED\n", false},
		{"SAM header", "sam", "HD", "@HD\tVN:1.6\tSO:coordinate", true},
		{"SAM reference", "sam", "SQ", "@SQ\tSN:chr1\tLN:248956422", true},
		{"decorator", "sam", "SQ", "@SQ()", false},
		{"laboratory file", "genotype", "rsid", "# rsid\tchromosome\tposition\tgenotype\n", true},
		{"JSON", "genotype", "rsid", `{"rsid":"rs429358","genotype":"CT"}`, true},
		{"phased call", "genotype", "rsid", `{"rsid":"rs429358","gt":"0|1"}`, true},
		{"variant that all have", "genotype", "rsid", `{"rsid":"rs429358","gene":"APOE"}`, false},
		{"Word document", "genotype", "rsid", `w:rsidR="00A77B3E"`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := len(firm(sightings(t, tt.form, tt.word, tt.text))) > 0; got != tt.want {
				t.Errorf("found = %v, want %v", got, tt.want)
			}
		})
	}
	row := "rs429358\t19\t44908684\tCT\n"
	if v := sightAt(t, "genotype", row, 0, 0, 8); len(v) != 1 || v[0].Low {
		t.Errorf("a row of genotypes gives %v", v)
	}
}

func TestGenomeFiles(t *testing.T) {
	tests := []struct {
		name, text string
		want       bool
	}{
		{"BAM", "BAM\x01\x00\x01\x00\x00", true},
		{"BCF", "BCF\x02\x02", true},
		{"CRAM", "CRAM\x03\x00aaaa", true},
		{"PLINK", "\x6c\x1b\x01\xff", true},
		{"a word", "CRAMmed", false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := len(sightAt(t, "genome_file", tt.text, 0, 0, 0)) > 0; got != tt.want {
				t.Errorf("found = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestFASTQProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seq := rapid.StringMatching(`[ACGTN]{48,100}`).Draw(t, "seq")
		q := rapid.IntRange(0, 110).Draw(t, "qualities")
		text := "@r\n" + seq + "\n+\n" + strings.Repeat("I", q) + "\n"
		s := check.Sight{Text: []byte(text), From: 3, To: 3 + len(seq)}
		for _, f := range check.Forms() {
			if f.Name == "fastq" {
				f.Confirm(&s)
			}
		}
		if got, want := len(s.Values) == 1, q == len(seq); got != want {
			t.Fatalf("%d bases, %d qualities: found = %v", len(seq), q, got)
		}
	})
}
