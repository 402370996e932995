// Package synth makes identities and documents for tests, demonstrations and
// benchmarks: values that pass every check and belong to nobody.
//
// It is the independent second opinion on package check and shares no code or
// table with it: check digits are found here by trying, or by arithmetic of
// its own. The same seed gives the same values on every machine.
//
// Value makes a value of a class. Positives makes documents as real systems
// send them, with labels that say what stands where; their wording lives in
// the files of templates and nowhere else. Honest makes text in which nothing
// is to be found.
package synth

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

// Person is an invented person.
type Person struct {
	Name       string
	Born       time.Time
	ResidentID string
	Mobile     string
	Email      string
	BankCard   string
	Address    string
}

// Maker makes identities from a seed. It is not safe for concurrent use.
type Maker struct {
	rnd *rand.Rand
	day time.Time
	n   int

	table     []Kind
	documents []template
	held      []template
	fits      map[string][]Kind
}

// New returns a Maker whose ages refer to the given day.
func New(seed uint64, day time.Time) *Maker {
	return &Maker{rnd: rand.New(rand.NewPCG(seed, 0x5eed)), day: day.UTC()}
}

// Adult makes a person of 20 to 69 years.
func (m *Maker) Adult() Person { return m.person(20, 70) }

// Minor makes a person of 3 to 12 years.
func (m *Maker) Minor() Person { return m.person(3, 13) }

// Adults makes n adults.
func (m *Maker) Adults(n int) []Person {
	out := make([]Person, n)
	for i := range out {
		out[i] = m.Adult()
	}
	return out
}

func (m *Maker) person(from, to int) Person {
	m.n++
	age := from + m.rnd.IntN(to-from)
	born := m.day.AddDate(-age, 0, -1-m.rnd.IntN(360)).Truncate(24 * time.Hour)
	return Person{
		Name:       m.name(),
		Born:       born,
		ResidentID: m.residentID(born),
		Mobile:     m.mobile(),
		Email:      fmt.Sprintf("u%d.%s@%s", m.n, m.letters(5), pick(m.rnd, "example.com", "example.cn", "mail.example.net")),
		BankCard:   m.card(),
		Address:    fmt.Sprintf("示例市虚构区样本路%d号", 1+m.rnd.IntN(999)),
	}
}

func pick(r *rand.Rand, of ...string) string { return of[r.IntN(len(of))] }

func (m *Maker) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + m.rnd.IntN(10))
	}
	return string(b)
}

func (m *Maker) letters(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + m.rnd.IntN(26))
	}
	return string(b)
}

func (m *Maker) name() string {
	return pick(m.rnd, "王", "李", "张", "刘", "陈", "杨", "赵", "黄") +
		pick(m.rnd, "一", "小", "大", "文", "子") + pick(m.rnd, "例", "样", "测", "试")
}

// residentID uses division codes that end in 99, which are not assigned.
func (m *Maker) residentID(born time.Time) string {
	s := pick(m.rnd, "11", "31", "33", "44", "50", "51") + "9999" + born.Format("20060102") + m.digits(3)
	return s + string(isoCheck(s))
}

// isoCheck finds the character that makes Σ a·2^i ≡ 1 (mod 11), which is how
// ISO 7064 defines MOD 11-2.
func isoCheck(s string) byte {
	for v := range 11 {
		sum, power := v, 2
		for i := len(s) - 1; i >= 0; i-- {
			sum += int(s[i]-'0') * power
			power = power * 2 % 11
		}
		if sum%11 == 1 {
			return "0123456789X"[v]
		}
	}
	return '?'
}

func (m *Maker) mobile() string {
	return pick(m.rnd, "138", "139", "150", "159", "176", "186", "188", "191", "199") + m.digits(8)
}

// card makes a 19-digit UnionPay number and tries last digits.
func (m *Maker) card() string {
	s := pick(m.rnd, "621700", "622202", "622848", "621483") + m.digits(12)
	for d := range 10 {
		if t := s + strconv.Itoa(d); passesLuhn(t) {
			return t
		}
	}
	return s
}

func passesLuhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return sum%10 == 0
}

// USCC makes a unified social credit code of a company that does not exist.
func (m *Maker) USCC() string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	org := "MA" + m.digits(6)
	org += orgCheck(org)
	s := "91" + "319999" + org
	for c := range len(alphabet) {
		t := s + string(alphabet[c])
		sum, power := 0, 1
		for i := range len(t) {
			if i == 17 {
				power = 1
				sum += c
				break
			}
			v := 0
			for alphabet[v] != t[i] {
				v++
			}
			sum += v * power
			power = power * 3 % 31
		}
		if sum%31 == 0 {
			return t
		}
	}
	return s
}

func orgCheck(s string) string {
	sum := 0
	for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		v := int(s[i])
		if v >= 'A' {
			v = v - 'A' + 10
		} else {
			v -= '0'
		}
		sum += v * w
	}
	c := (11 - sum%11) % 11
	if c == 10 {
		return "X"
	}
	return strconv.Itoa(c)
}
