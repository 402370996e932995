package check

// ibanForms has the form of the national part of an account number by country:
// runs of digits (n), capitals (a) and either (c). Source: the IBAN registry
// of ISO 13616-2.
var ibanForms = func() (t [26 * 26]string) {
	for _, row := range [...]string{
		"AD8n12c", "AE19n", "AL8n16c", "AT16n", "AZ4a20c", "BA16n", "BE12n", "BG4a6n8c", "BH4a14c", "BI23n", "BR23n1a1c",
		"BY4c4n16c", "CH5n12c", "CR18n", "CY8n16c", "CZ20n", "DE18n", "DJ23n", "DK14n", "DO4c20n", "EE16n", "EG25n",
		"ES20n", "FI14n", "FK2a12n", "FO14n", "FR10n11c2n", "GB4a14n", "GE2a16n", "GI4a15c", "GL14n", "GR7n16c",
		"GT4c20c", "HN4a20n", "HR17n", "HU24n", "IE4a14n", "IL19n", "IQ4a15n", "IS22n", "IT1a10n12c", "JO4a4n18c",
		"KW4a22c", "KZ3n13c", "LB4n20c", "LC4a24c", "LI5n12c", "LT16n", "LU3n13c", "LV4a13c", "LY21n", "MC10n11c2n",
		"MD20c", "ME18n", "MK3n10c2n", "MN16n", "MR23n", "MT4a5n18c", "MU4a19n3a", "NI4a20n", "NL4a10n", "NO11n",
		"OM3n16c", "PK4a16c", "PL24n", "PS4a21c", "PT21n", "QA4a21c", "RO4a16c", "RS18n", "RU14n15c", "SA2n18c",
		"SC4a20n3a", "SD14n", "SE20n", "SI15n", "SK20n", "SM1a10n12c", "SO19n", "ST21n", "SV4a20n", "TL19n", "TN20n",
		"TR6n16c", "UA6n19c", "VA18n", "VG4a16n", "XK16n", "YE4a4n18c"} {
		t[int(row[0]-'A')*26+int(row[1]-'A')] = row[2:]
	}
	return t
}()

// ibanForm returns the form of the part behind the check digits, or nothing.
func ibanForm(b []byte) string {
	if len(b) < 2 || b[0] < 'A' || b[0] > 'Z' || b[1] < 'A' || b[1] > 'Z' {
		return ""
	}
	return ibanForms[int(b[0]-'A')*26+int(b[1]-'A')]
}

// ibanRun reads the next run of a form: how many characters of which kind.
func ibanRun(form string) (n int, kind byte, rest string) {
	i := 0
	for i < len(form) && isDigit(form[i]) {
		n = n*10 + int(form[i]-'0')
		i++
	}
	if i == len(form) {
		return 0, 0, ""
	}
	return n, form[i], form[i+1:]
}

// ibanLen returns the length of a whole number of a form.
func ibanLen(form string) int {
	n := 4
	for form != "" {
		var k int
		k, _, form = ibanRun(form)
		n += k
	}
	return n
}

// IBAN confirms an international bank account number of ISO 13616 without
// spaces: its country's form and the check of ISO 7064 MOD 97-10.
func IBAN(b []byte) bool {
	form := ibanForm(b)
	if form == "" || len(b) != ibanLen(form) || !isDigit(b[2]) || !isDigit(b[3]) {
		return false
	}
	at := 4
	for form != "" {
		var n int
		var kind byte
		for n, kind, form = ibanRun(form); n > 0; n-- {
			if !ibanKind(b[at], kind) {
				return false
			}
			at++
		}
	}
	sum := 0
	for i := range b {
		c := b[(i+4)%len(b)]
		if isDigit(c) {
			sum = (sum*10 + int(c-'0')) % 97
		} else {
			sum = (sum*100 + int(c-'A') + 10) % 97
		}
	}
	return sum == 1
}

func ibanKind(c, kind byte) bool {
	digit, capital := isDigit(c), c >= 'A' && c <= 'Z'
	return digit && kind != 'a' || capital && kind != 'n'
}

// iban is the form of international account numbers, in one piece or in
// groups of four.
func iban(s *Sight) {
	if OpenLeft(s.Text[:s.From]) {
		s.addIBAN(s.From, s.Text)
	}
}

// keyedIBAN is the same behind its key, for groups that anything else than a
// blank joins.
func keyedIBAN(s *Sight) {
	t := follow(s)
	if t.at+4 < len(t.text) && ibanJoint(t.text[t.at+4:]) > 0 && t.text[t.at+4] != ' ' {
		s.addIBAN(t.at, t.text)
	}
}

func (s *Sight) addIBAN(from int, text []byte) {
	form := ibanForm(text[from:])
	if form == "" {
		return
	}
	var buf [40]byte
	long, n, at := ibanLen(form), 0, from
	for n < long && at < len(text) {
		if n > 0 && n%4 == 0 {
			if at += ibanJoint(text[at:]); at == len(text) {
				break
			}
		}
		c := text[at]
		if !isDigit(c) && (c < 'A' || c > 'Z') {
			return
		}
		buf[n] = c
		n, at = n+1, at+1
	}
	if OpenRight(text[at:]) && IBAN(buf[:n]) {
		s.Add(from, at, KindIBAN, buf[:n]).Checked = true
	}
}

// ibanJoint returns the length of what joins two groups, or 0.
func ibanJoint(b []byte) int {
	if len(b) > 0 && (b[0] == ' ' || b[0] == '-' || b[0] == '.') {
		return 1
	}
	return twinAt(b, plateDots)
}
