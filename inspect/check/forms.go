package check

import "slices"

// On says what brings a confirmer to a place.
type On uint8

// What brings a confirmer. All but OnKey and OnHead are runs of bytes of the
// right kind; a confirmer still checks every byte, and its neighbours.
const (
	OnKey     On = iota // a trigger word of the rule; From, To bound the word
	OnSerial            // 1-3 ASCII letters, then 6-9 digits, and no more word bytes (a letter may be half of a GBK character)
	OnWord              // 17-19 word bytes, letters and digits
	OnDigits            // 10-21 digits in groups joined by one space, hyphen or dot
	OnMAC               // six pairs joined by colons or hyphens
	OnIP4               // four short numbers joined by dots
	OnIP6               // short words joined by colons, with at least two in a row or seven in all
	OnIBAN              // two capitals and two digits at the start of a word
	OnPlate             // an ASCII capital behind a byte above 0x7f, with word bytes after it
	OnLetters           // 48 or more ASCII letters in a row
	OnHead              // the first bytes of a stream; From = To = 0
)

// Form is a confirmer that rules name, and what brings it.
type Form struct {
	Name    string
	On      On
	Confirm func(*Sight)
}

// Forms returns all forms.
func Forms() []Form {
	return slices.Concat(identityForms, regionForms, nameForms, contactForms, deviceForms, financeForms,
		vehicleForms, healthForms, genomeForms, geoForms, markForms, secretForms, tradeForms)
}

// DigitCounts returns how many digits a form that OnDigits brings can have, a
// bit each; all bits where it may have any number.
func DigitCounts(name string) uint32 {
	between := func(from, to int) uint32 { return 1<<(to+1) - 1<<from }
	switch name {
	case "imei", "imsi":
		return between(15, 15)
	case "iccid":
		return between(19, 20)
	case "card_track":
		return between(13, 19)
	case "bank_card_nocheck":
		return between(16, 19)
	}
	return ^uint32(0)
}

// DigitStarts returns with which digits a form that OnDigits brings can begin,
// a bit each, where no plus sign stands before them.
func DigitStarts(name string) uint16 {
	switch name {
	case "landline", "mobile_region", "phone_abroad":
		return 1<<0 | 1<<8
	case "imsi":
		return 1 << 4
	case "iccid":
		return 1 << 8
	case "bank_card_nocheck":
		return 1 << 6
	}
	return ^uint16(0)
}
