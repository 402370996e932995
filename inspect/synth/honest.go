package synth

import (
	"bytes"
	"fmt"
)

// honest is one kind of text in which nobody and nothing to protect stands.
type honest struct {
	name string
	line func(m *Maker, b *bytes.Buffer, i int)
}

func honests() []honest {
	return []honest{
		{"go source", goSource}, {"script source", scriptSource}, {"sql schema", sqlSchema}, {"lock files", lockFiles}, {"minified js", minified},
		{"uuid and time logs", logLine}, {"prometheus", prometheus}, {"numeric csv", numericCSV}, {"order csv", orderCSV}, {"order json", orderJSON}, {"number arrays", numberArrays}, {"sql numbers", sqlNumbers},
		{"base64", base64Lines}, {"hex", hexLines}, {"random bytes", func(m *Maker, b *bytes.Buffer, _ int) { b.WriteString(m.bytes(256)) }},
		{"versions", versionLines}, {"configuration", configLines}, {"chinese news", newsLine}, {"chinese goods", goodsLine}, {"chinese guides", guideLine}, {"english prose", englishLine},
		{"chinese news, gb18030", inGB(newsLine)}, {"chinese guides, gb18030", inGB(guideLine)},
	}
}

// inGB is the same text in GB18030.
func inGB(line func(*Maker, *bytes.Buffer, int)) func(*Maker, *bytes.Buffer, int) {
	return func(m *Maker, b *bytes.Buffer, i int) {
		var one bytes.Buffer
		line(m, &one, i)
		b.Write(GB18030(one.Bytes()))
	}
}

// HonestKinds lists the kinds of text that Honest makes.
func HonestKinds() []string {
	var out []string
	for _, h := range honests() {
		out = append(out, h.name)
	}
	return out
}

// Honest makes size bytes or a little more of one kind: whatever is found in
// them is found falsely. An unknown kind gives nothing.
func (m *Maker) Honest(kind string, size int) Corpus {
	c := Corpus{Name: kind}
	for _, h := range honests() {
		if h.name != kind {
			continue
		}
		var b bytes.Buffer
		b.Grow(size + 4096)
		for i := 0; b.Len() < size; i++ {
			h.line(m, &b, i)
		}
		c.Data = b.Bytes()
	}
	return c
}

// rotate writes one of the formats, with numbers and words of the Maker for
// its verbs: %d a number, %s a word.
func (m *Maker) rotate(b *bytes.Buffer, i int, formats ...string) {
	f := formats[i%len(formats)]
	var args []any
	for j := 0; j < len(f)-1; j++ {
		if f[j] != '%' {
			continue
		}
		switch f[j+1] {
		case 'd':
			args = append(args, m.rnd.IntN(1000))
		case 's':
			args = append(args, m.letters(3+m.rnd.IntN(7)))
		}
		j++
	}
	fmt.Fprintf(b, f, args...)
	b.WriteByte('\n')
}
