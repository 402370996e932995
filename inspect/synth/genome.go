package synth

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
)

func genomeKinds() []Kind {
	const genomic, template = "pi.bio.genomic", "pi.bio.template"
	return []Kind{
		{"fasta", genomic, true, func(m *Maker) string {
			return fmt.Sprintf(">sample%s chr%d\n%s\n%s\n%s\n", m.digits(4), 1+m.rnd.IntN(22), m.bases(70), m.bases(70), m.bases(70))
		}},
		{"fastq", genomic, true, func(m *Maker) string {
			var b strings.Builder
			for range 4 {
				fmt.Fprintf(&b, "@A00%s:%s:HXXX:1:%s:%s 1:N:0\n%s\n+\n%s\n", m.digits(3), m.digits(2), m.digits(4), m.digits(5), m.bases(100), strings.Repeat("F:,F#FFFFF", 10))
			}
			return b.String()
		}},
		{"vcf", genomic, true, (*Maker).vcf},
		{"sam", genomic, true, func(m *Maker) string {
			return fmt.Sprintf("@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:248956422\nread%s\t0\tchr1\t%s\t60\t75M\t*\t0\t0\t%s\t%s\n",
				m.digits(5), m.digits(6), m.bases(75), strings.Repeat("I", 75))
		}},
		{"bam", genomic, true, (*Maker).bam},
		{"cram", genomic, true, func(m *Maker) string {
			return "CRAM\x03\x00sample" + m.digits(4) + strings.Repeat("\x00", 10) + m.bytes(60)
		}},
		{"snparray", genomic, true, func(m *Maker) string {
			var b strings.Builder
			b.WriteString("# rsid\tchromosome\tposition\tgenotype\n")
			for range 12 {
				fmt.Fprintf(&b, "rs%s\t%d\t%s\t%s%s\n", m.digits(7), 1+m.rnd.IntN(22), m.digits(7), m.bases(1), m.bases(1))
			}
			return b.String()
		}},
		{"facevector", template, false, func(m *Maker) string {
			var b strings.Builder
			for i := range 128 {
				if i > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, "%s0.%s", pick(m.rnd, "", "-"), m.digits(6))
			}
			return "[" + b.String() + "]"
		}},
		{"facebase64", template, false, func(m *Maker) string { return base64.StdEncoding.EncodeToString([]byte(m.bytes(512))) }},
		{"fmr", template, true, func(m *Maker) string { return "FMR\x00 20\x00\x00\x00\x00\x60" + m.bytes(84) }},
	}
}

func (m *Maker) bases(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "ACGT"[m.rnd.IntN(4)]
	}
	return string(b)
}

func (m *Maker) bytes(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(m.rnd.IntN(256))
	}
	return string(b)
}

func (m *Maker) vcf() string {
	var b strings.Builder
	b.WriteString("##fileformat=VCFv4.2\n##source=sample\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\tS2\n")
	for range 6 {
		fmt.Fprintf(&b, "chr%d\t%s\trs%s\t%s\t%s\t50\tPASS\tDP=%s\tGT\t0/1\t1/1\n", 1+m.rnd.IntN(22), "1"+m.digits(6), m.digits(6), m.bases(1), m.bases(1), m.digits(2))
	}
	return b.String()
}

// bam is one BGZF block: gzip with the block's size in an extra field BC.
func (m *Maker) bam() string {
	text := "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:1000000\n"
	inner := binary.LittleEndian.AppendUint32([]byte("BAM\x01"), uint32(len(text)))
	inner = append(inner, text...)
	inner = append(inner, m.bytes(40)...)
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		return "" // the level is a constant
	}
	_, _ = w.Write(inner) // a buffer takes everything
	_ = w.Close()
	size := 18 + packed.Len() + 8
	out := []byte("\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff\x06\x00BC\x02\x00")
	out = binary.LittleEndian.AppendUint16(out, uint16(size-1))
	out = append(out, packed.Bytes()...)
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(inner))
	return string(binary.LittleEndian.AppendUint32(out, uint32(len(inner))))
}
