package check

// vcf confirms the lines at the head of a file of variants (VCF 4.x): the
// format line, and the header of the columns.
func vcf(s *Sight) {
	before, ahead := s.textBefore(), s.textAfter()
	switch {
	case ends(before, "##") && starts(ahead, "=VCFv") && startsFold(s.Candidate(), "fileformat"):
		s.Add(s.From-2, s.To+len("=VCFv"), Nobody, nil).Checked = true
	case ends(before, "#") && starts(ahead, "\tPOS\tID\tREF\tALT"):
		s.Add(s.From-1, s.To+len("\tPOS\tID\tREF\tALT"), Nobody, nil).Checked = true
	}
}

// sam confirms the header lines of a file of alignments: each begins with a
// record type and has a tag that it must have (SAM 1.6 section 1.3).
func sam(s *Sight) {
	if !ends(s.textBefore(), "@") {
		return
	}
	tag := ""
	switch string(s.Candidate()) {
	case "HD":
		tag = "\tVN:"
	case "SQ":
		tag = "\tSN:"
	case "RG":
		tag = "\tID:"
	default:
		return
	}
	if starts(s.textAfter(), tag) {
		s.Add(s.From-1, s.To+len(tag), Nobody, nil).Checked = true
	}
}

// genomeFile confirms a binary file of reads or genotypes by its first bytes:
// BAM and BCF (inside BGZF), CRAM, PLINK.
func genomeFile(s *Sight) {
	b := s.Text[:min(len(s.Text), 8)]
	switch {
	case starts(b, "BAM\x01"), starts(b, "BCF\x02"), starts(b, "CRAM") && len(b) > 5 && b[4] >= 1 && b[4] <= 4 && b[5] <= 9:
		s.Add(0, 4, Nobody, nil).Checked = true
	case starts(b, "\x6c\x1b\x01"):
		s.Add(0, 3, Nobody, nil).Lift = -1 // only three bytes
	}
}

// RSID returns the length of a reference number of dbSNP that b begins with,
// or 0.
func RSID(b []byte) int {
	if len(b) < 5 || b[0] != 'r' || b[1] != 's' || b[2] == '0' {
		return 0
	}
	n := 2
	for n < len(b) && digit(b[n]) {
		n++
	}
	if n < 5 || n > 13 || n < len(b) && Word(b[n]) {
		return 0
	}
	return n
}

// genotype confirms what people's genotypes are listed by: the header of a
// file that a laboratory gives to its customers, or the number of a variant
// with the alleles beside it. The number alone is a place that all people have.
func genotype(s *Sight) {
	at, firm := s.valueAt()
	if s.Cell == 0 {
		line := After(s.textAfter())
		if holdsFold(line, "chromosome") && holdsFold(line, "position") {
			s.Add(s.From, s.To, Nobody, nil).Checked = true
			return
		}
		if !firm {
			return
		}
	}
	n := RSID(s.Text[at:min(s.reach(), at+16)])
	if n == 0 {
		return
	}
	v := s.Add(at, at+n, Nobody, nil)
	v.Low = !alleles(After(s.Text[at+n : s.reach()]))
}

// alleles reports whether a value in b is one or two bases, such as AG, A/G
// or CC, or a call such as 0/1.
func alleles(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if i > 0 && b[i-1] != '"' && b[i-1] != '\t' && b[i-1] != ',' && b[i-1] != ' ' {
			continue
		}
		n := 0
		for i+n < len(b) && n < 3 && (call(b[i+n]) || n == 1 && (b[i+n] == '/' || b[i+n] == '|')) {
			n++
		}
		if bases := base[b[i]] > 0; n == 0 || n == 1 || n == 2 && (!bases || base[b[i+1]] == 0) ||
			n == 3 && b[i+1] != '/' && b[i+1] != '|' {
			continue
		}
		if i+n == len(b) || b[i+n] == '"' || b[i+n] == '\t' || b[i+n] == ',' || b[i+n] == '\r' {
			return true
		}
	}
	return false
}

func call(c byte) bool {
	return c == 'A' || c == 'C' || c == 'G' || c == 'T' || c == '0' || c == '1' || c == '2'
}
