package engine

import (
	"errors"
	"fmt"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/inspect/match"
	"github.com/datacustoms/customs/inspect/rules"
)

// form is a rule with what the engine needs to apply it.
type form struct {
	*rules.Rule
	class   uint8 // its class, as the reports of this engine number them
	order   uint16
	confirm func(*check.Sight) // nil for the engine's own
	counts  uint32             // of digits it can have
	starts  uint16             // digits it can begin with, without a plus sign
}

// forms are the rules by what brings them, looked up once.
type forms struct {
	all   []*form
	words *match.Words
	keys  [][]*form // by trigger word

	// The engine's own; nil where the catalogue has none.
	resident18, resident15, foreignPR, mobile, card, email, uscc *form

	serial, word, digits, mac, ip4, ip6, iban, plate, letters, head []*form

	slow  []*form // see all text
	track *form
}

// index numbers the rules and their classes and sorts them by what brings
// them.
func (e *Engine) index() error {
	f := &e.forms
	own := map[rules.Confirmer]**form{
		rules.Resident18: &f.resident18, rules.Resident15: &f.resident15, rules.ForeignPR: &f.foreignPR,
		rules.Mobile: &f.mobile, rules.BankCard: &f.card, rules.Email: &f.email, rules.USCC: &f.uscc, "track": &f.track,
	}
	built := map[string]check.Form{}
	for _, b := range check.Forms() {
		built[b.Name] = b
	}
	classes := map[inspect.Class]uint8{}
	list := e.opt.Catalogue.Rules()
	for i := range list {
		r := &list[i]
		c, ok := classes[r.Class]
		if !ok {
			if len(classes) == inspect.MaxClasses {
				return errors.New("engine: catalogue has more classes than a report can tell apart")
			}
			c = uint8(len(classes))
			classes[r.Class] = c
		}
		x := &form{Rule: r, class: c, order: uint16(i), confirm: r.Match, counts: check.DigitCounts(string(r.Confirm)), starts: check.DigitStarts(string(r.Confirm))}
		f.all = append(f.all, x)
		if slot := own[r.Confirm]; slot != nil {
			*slot = x
			continue
		}
		on := r.On
		if b, ok := built[string(r.Confirm)]; ok {
			on, x.confirm = b.On, b.Confirm
		}
		if x.confirm == nil {
			return fmt.Errorf("engine: rule %s: there is no confirmer %s", r.ID, r.Confirm)
		}
		if r.Slow {
			f.slow = append(f.slow, x)
		} else if slot := f.slot(on); slot != nil {
			*slot = append(*slot, x)
		}
	}
	return f.triggers()
}

// slot returns the list of the forms that a kind of place brings, or nil for
// those that words bring.
func (f *forms) slot(on check.On) *[]*form {
	switch on {
	case check.OnSerial:
		return &f.serial
	case check.OnWord:
		return &f.word
	case check.OnDigits:
		return &f.digits
	case check.OnMAC:
		return &f.mac
	case check.OnIP4:
		return &f.ip4
	case check.OnIP6:
		return &f.ip6
	case check.OnIBAN:
		return &f.iban
	case check.OnPlate:
		return &f.plate
	case check.OnLetters:
		return &f.letters
	case check.OnHead:
		return &f.head
	}
	return nil
}

// triggers gathers the words that bring rules; one word may bring several.
func (f *forms) triggers() error {
	place := map[match.Trigger]int{}
	var words []match.Trigger
	for _, x := range f.all {
		for _, t := range x.Triggers {
			w := match.Trigger{Text: t.Text, GB: t.GB, Exact: t.Exact}
			i, ok := place[w]
			if !ok {
				i = len(words)
				place[w] = i
				words, f.keys = append(words, w), append(f.keys, nil)
			}
			f.keys[i] = append(f.keys[i], x)
		}
	}
	var err error
	if f.words, err = match.NewWords(words); err != nil {
		return fmt.Errorf("engine: trigger words: %w", err)
	}
	return nil
}

// brought returns the forms that a candidate brings.
func (f *forms) brought(c match.Candidate) []*form {
	switch c.Kind {
	case match.Key:
		return f.keys[c.Key]
	case match.Serial:
		return f.serial
	case match.Word:
		return f.word
	case match.MAC:
		return f.mac
	case match.IP4:
		return f.ip4
	case match.IP6:
		return f.ip6
	case match.IBAN:
		return f.iban
	case match.Plate:
		return f.plate
	case match.Letters:
		return f.letters
	case headKind:
		return f.head
	case stretch:
		return f.slow
	}
	return nil
}
