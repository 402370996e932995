package check

import "time"

// Kind says whose key a value is, and orders identifiers by how well they
// name a person: the smaller, the better (Nobody apart).
type Kind uint8

// The kinds. Two values of one kind in one record are two persons.
const (
	Nobody Kind = iota // names no person
	KindResident
	KindForeignPR
	KindPassport
	KindPermit // travel permits between the mainland, Hong Kong, Macao and Taiwan
	KindHomeReturn
	KindTWCompatriot
	KindHKID
	KindMacaoID
	KindTaiwanID
	KindMilitaryID
	KindBirth  // birth medical certificate: of the child, and of its mother
	KindDriver // file of a driver
	KindSocialSecurity
	KindPatient // medical record, admission or visit number
	KindBankCard
	KindIBAN
	KindSecurities
	KindMobile
	KindPhone // landlines, and mobiles outside the mainland
	KindMail
	KindWeChat
	KindQQ
	KindIMEI
	KindIMSI
	KindICCID
	KindMACAddress
	KindDevice   // Android ID, UDID, advertising and other identifiers of a device
	KindAccount  // numbers of the operator's own customers or staff
	KindFullName // a name alone; see package record
	kinds
)

var kindNames = [kinds]string{"", "resident", "foreign_pr", "passport", "permit", "home_return", "tw_compatriot",
	"hkid", "macao", "taiwan", "military", "birth", "driver", "social_security", "patient", "bankcard", "iban", "securities",
	"mobile", "phone", "email", "wechat", "qq", "imei", "imsi", "iccid", "mac", "device", "account", "name"}

func (k Kind) String() string { return kindNames[k] }

// Value is a piece of text that a confirmer takes for an identifier.
type Value struct {
	From, To  int       // in Sight.Text
	Kind      Kind      // whose key it is
	Canonical []byte    // what the key is made of; nil for Nobody. Valid until the next Reset
	Lift      int       // what the form itself adds to (or takes from) the confidence
	Low       bool      // never above low, as a role account
	Checked   bool      // a check digit, date or similar arithmetic held
	Birth     time.Time // the identifier shows it; else zero
	Point     Point     // a place on the earth; else zero
}

// Point is a place on the earth with the decimals it was written with.
type Point struct {
	Lat, Lon float64
	Decimals int  // 0: no point
	Timed    bool // a time stands with it
	Ordered  bool // the form itself puts points into the order of a way
}

// Sight is a place that a confirmer looks at, and the text around it. Text
// reaches at least ReachBytes to both sides of the candidate, or to the ends
// of the stream. A confirmer does not change or keep Text.
type Sight struct {
	Text     []byte
	From, To int       // the candidate: see On
	Day      time.Time // of the judgement; zero where it is not known

	// Cell is not 0 where the word stands in the header of a table's column:
	// then From = To is where a cell below it begins and Cell where it ends.
	Cell int
	// Digits are those of an OnDigits candidate without what joins them, ASCII,
	// and Shape the lengths of its groups as digits: 344 for 138-0013-8000.
	Digits []byte
	Shape  int

	Values []Value
	// Next is where the same confirmer wants to look again once more text is
	// there, behind To; 0 for no more. It then gets From = To = that place and
	// Again set.
	Next  int
	Again bool

	canon []byte
}

// Reset makes the Sight ready for the next candidate and forgets the last.
func (s *Sight) Reset() {
	clear(s.canon)
	*s = Sight{Values: s.Values[:0], canon: s.canon[:0]}
}

// Drop forgets what was confirmed, so that another confirmer can look at the
// same candidate.
func (s *Sight) Drop() {
	clear(s.canon)
	s.Values, s.canon, s.Next = s.Values[:0], s.canon[:0], 0
}

// Add notes a value at [from, to) of Text; canonical is copied.
func (s *Sight) Add(from, to int, k Kind, canonical []byte) *Value {
	n := len(s.canon)
	s.canon = append(s.canon, canonical...)
	s.Values = append(s.Values, Value{From: from, To: to, Kind: k, Canonical: s.canon[n:len(s.canon):len(s.canon)]})
	return &s.Values[len(s.Values)-1]
}

// Candidate is the candidate's text.
func (s *Sight) Candidate() []byte { return s.Text[s.From:s.To] }

// Near returns the bounds of the text behind the candidate in which its value
// may stand: the cell, or what is near on the same line and in the same object.
func (s *Sight) Near() (from, to int) {
	if s.Cell > 0 {
		return s.From, s.Cell
	}
	return s.To, s.To + len(After(s.Text[s.To:]))
}
