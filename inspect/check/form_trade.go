package check

import "bytes"

// tradeForms are the confirmers of trade documents.
var tradeForms = []Form{
	{"invoice_number", OnKey, confirmInvoice},
	{"customs_entry", OnKey, confirmCustomsEntry},
	{"bill_of_lading", OnKey, confirmBillOfLading},
}

// keyFillers are what may stand between a key and its number.
var keyFillers = [][]byte{[]byte("no"), []byte("number"), []byte("num"), []byte("code"), []byte("id")}

// tradeValue returns the number behind a key and where it begins.
func (s *Sight) tradeValue() (b []byte, at int) {
	at, end, _ := s.behind()
	for _, w := range keyFillers {
		if n := at + len(w); n < end && n-at < end-at && equalFold(s.Text[at:n], string(w)) && !Word(s.Text[n]) {
			t := Sight{Text: s.Text, From: s.From, To: n}
			at, _, _ = t.behind()
			break
		}
	}
	for at < end && (s.Text[at] == '.' || s.Text[at] == '#' || s.Text[at] == ' ' || s.Text[at] == ':') {
		at++
	}
	if at >= end || at > 0 && s.Text[at-1] == '.' && at > 1 && s.Text[at-2] >= '0' && s.Text[at-2] <= '9' {
		return nil, at
	}
	return numberWord(s.Text[at:end]), at
}

// confirmInvoice looks behind the keys of invoices. Of the short numbers only
// those behind a Chinese key count: an English one has any number.
func confirmInvoice(s *Sight) {
	b, at := s.tradeValue()
	n := len(b)
	if n != 20 && n != 12 && n != 10 && n != 8 || !Digits(b) {
		return
	}
	switch n {
	case 20:
		if InvoiceNumber(b) {
			s.Add(at, at+n, Nobody, nil)
		}
	case 8:
		if own := s.Cell == 0 && (s.Text[s.From] >= 0x80 || fold(s.Text[s.From]) == 'f') || s.codeNear(); bytes.Count(b, b[:1]) < 7 {
			if v := s.Add(at, at+n, Nobody, nil); !own {
				v.Lift = -1
			}
		}
	default:
		if InvoiceCode(b) {
			s.Add(at, at+n, Nobody, nil)
		}
	}
}

// codeNear reports whether the code of an invoice stands near, to which a short
// number then belongs.
func (s *Sight) codeNear() bool {
	for i := max(0, s.From-ReachBytes); i < min(len(s.Text), s.To+ReachBytes); i++ {
		from := i
		for i < len(s.Text) && digit(s.Text[i]) {
			i++
		}
		if n := i - from; (n == 10 || n == 12) && InvoiceCode(s.Text[from:i]) {
			return true
		}
	}
	return false
}

func confirmCustomsEntry(s *Sight) {
	if b, at := s.tradeValue(); CustomsEntry(b) {
		s.Add(at, at+len(b), Nobody, nil)
	}
}

func confirmBillOfLading(s *Sight) {
	b, at := s.tradeValue()
	if len(b) < 9 || len(b) > 18 {
		return
	}
	var buf [18]byte
	if BillOfLading(Upper(buf[:0], b)) {
		s.Add(at, at+len(b), Nobody, nil)
	}
}
