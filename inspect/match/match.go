package match

// Kind says what a candidate could be.
type Kind uint8

// The kinds of candidate.
const (
	Digits  Kind = iota // 11 to 21 digits in one or more groups
	Word                // 17 to 19 ASCII letters, digits or underscores
	At                  // local part, '@' and domain
	Serial              // 1 to 3 ASCII letters, then 6 to 9 digits, and no more word bytes
	MAC                 // six pairs of hexadecimal digits joined by colons or by hyphens
	IP4                 // four numbers of one to three digits joined by dots
	IP6                 // hexadecimal digits, colons and dots, with "::" or six colons
	IBAN                // two capitals and two digits at the start of a longer word
	Plate               // an ASCII capital behind a byte above 0x7f, with word bytes near behind it
	Letters             // 48 ASCII letters or more in a row
	Key                 // a trigger word
	Odd                 // bytes that another notation hides, in one group of 64 bytes
	Run                 // where text in base64, base32 or hexadecimal may be; see FindRuns
)

// The bounds of candidates, in digits and bytes. A caller that keeps
// MaxLength bytes behind the newest one can always look at a candidate.
const (
	MinDigits = 11
	MaxDigits = 21
	MaxLocal  = 64
	MaxDomain = 253
	MaxLength = MaxLocal + 1 + MaxDomain
)

// Candidate is a place in the stream, [From, To). A Digits candidate ends
// where a group of digits ends and begins with the earliest group that can
// belong to it; identifiers in it end at To and begin at one of its groups.
type Candidate struct {
	Kind     Kind
	Key      uint16 // of a Key candidate: the index of its Trigger
	From, To int64
}
