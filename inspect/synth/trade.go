package synth

import (
	"strings"
)

func tradeKinds() []Kind {
	const class = "trade.document"
	return []Kind{
		{"einvoice", class, false, from("26119999999999999999", "25319999999999999999", "26449999999999999999")},
		{"invoicecode", class, false, from("011\\002699911", "1440022\\0992\\0", "031\\0\\02699911")},
		{"invoicenumber", class, false, from("99999999")},
		{"billoflading", class, false, from("COSU6999999999", "MEDUXX999999", "OOLU2999999999", "SNKO\\01\\0999999999", "EGLV\\01\\0999999999")},
		{"customsentry", class, false, from("22\\0120261999999999", "531620261999999999")},
	}
}

// container is a number of ISO 6346: letters count from 10 and leave out the
// multiples of 11, weights are powers of two.
func (m *Maker) container() string {
	s := pick(m.rnd, "CSLU", "TCLU", "OOLU", "CBHU", "MSKU") + m.digits(6)
	sum := 0
	for i, c := range s {
		sum += strings.IndexRune("0123456789A?BCDEFGHIJK?LMNOPQRSTU?VWXYZ", c) << i
	}
	return s + string(rune('0'+sum%11%10))
}
