package decode

// In GB18030 a full-width form is A3 and the ASCII byte plus 80. Nothing says
// whether a text is GB18030, so two in a row are asked for: four bytes below
// C0 in a row are never UTF-8. Of other pairs (letters) it is asked that they
// begin at an even place of their run of high bytes, where a GB18030
// character begins, or outside what reads as a UTF-8 character. A false fold
// costs a false candidate and a missed one a leak: so digits are folded
// wherever they seem to stand, even at an odd place, which a stray byte before
// them makes. Two characters that end in A3 in a row may be taken for some.

// gbWide reads a full-width form in a run of them.
func (f *fold) gbWide(b []byte, end bool) verdict {
	if b[0] != 0xa3 && (b[0] != 0xa1 || f.run != wideRun) {
		return verdict{}
	}
	if len(b) < 2 {
		return wait(end)
	}
	v := verdict{c: f.gbASCII(b[0], b[1]), used: 2, run: wideRun}
	if v.c == 0 {
		return verdict{}
	}
	if f.run == wideRun {
		return v
	}
	if len(b) < 3 || len(b) < 4 && (b[2] == 0xa3 || b[2] == 0xa1) {
		return wait(end)
	}
	if len(b) < 4 || f.gbASCII(b[2], b[3]) == 0 || f.odd && f.inside > 0 && (b[1] >= 0xc0 || b[3] >= 0xc0) {
		return verdict{}
	}
	return v
}

// gbASCII is what a pair is folded to in a run of full-width forms, or 0. At
// an odd place A3 A3, A1 A1 and A1 AA are rather the end of one character and
// the start of the next.
func (f *fold) gbASCII(lead, trail byte) byte {
	switch {
	case lead == 0xa3 && trail >= 0xa1 && trail <= 0xfe && (trail != 0xa3 || !f.odd):
		return trail - 0x80
	case lead == 0xa1 && trail == 0xa1 && !f.odd:
		return ' '
	case lead == 0xa1 && trail == 0xaa && !f.odd:
		return '-'
	}
	return 0
}

// gbNumber reads a Chinese numeral in a run of them. So long a run is nothing
// else in any charset.
func (f *fold) gbNumber(b []byte, end bool) verdict {
	if !gbLeads(b[0]) {
		return verdict{}
	}
	for n := 0; ; n++ {
		if n == numeralRun || n == 1 && f.run == numbersRun {
			return verdict{c: byte('0' + gbNumeral(b[0], b[1])), used: 2, run: numbersRun}
		}
		rest := b[2*n:]
		switch {
		case len(rest) > 0 && !gbLeads(rest[0]):
			return verdict{}
		case len(rest) < 2:
			return wait(end)
		case gbNumeral(rest[0], rest[1]) < 0:
			return verdict{}
		}
	}
}

// gbNumerals are the numerals in GB18030, in the order of their values.
var gbNumerals = [...]string{
	"\xc1\xe3\xa9\x96\xa1\xf0", // 零〇○
	"\xd2\xbb\xd2\xbc\xe7\xdb", // 一壹幺
	"\xb6\xfe\xb7\xa1",         // 二贰
	"\xc8\xfd\xc8\xfe",         // 三叁
	"\xcb\xc4\xcb\xc1",         // 四肆
	"\xce\xe5\xce\xe9",         // 五伍
	"\xc1\xf9\xc2\xbd",         // 六陆
	"\xc6\xdf\xc6\xe2",         // 七柒
	"\xb0\xcb\xb0\xc6",         // 八捌
	"\xbe\xc5\xbe\xc1",         // 九玖
}

type gbNumeralEntry struct {
	trail byte
	value int8
}

// gbNumeralTable holds by lead byte the trail bytes, at most two, and their
// values.
var gbNumeralTable = func() (t [256][2]gbNumeralEntry) {
	for d, s := range gbNumerals {
		for i := 0; i < len(s); i += 2 {
			place := &t[s[i]][0]
			if place.trail != 0 {
				place = &t[s[i]][1]
			}
			if place.trail != 0 {
				panic("decode: three numerals share a lead byte")
			}
			place.trail, place.value = s[i+1], int8(d)
		}
	}
	return t
}()

// gbLeads reports whether a numeral begins with this byte.
func gbLeads(lead byte) bool { return gbNumeralTable[lead][0].trail != 0 }

// gbNumeral is the value of a numeral in GB18030, or -1.
func gbNumeral(lead, trail byte) int {
	if t := &gbNumeralTable[lead]; trail != 0 {
		switch trail {
		case t[0].trail:
			return int(t[0].value)
		case t[1].trail:
			return int(t[1].value)
		}
	}
	return -1
}
