package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/datacustoms/customs/inspect/check"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
)

// An order is what a person wants done to the ledger. It is a file in
// DATA/ledger/orders, sealed with a key of the installation: whoever holds the
// ledger takes it up, does it, records it in the audit log and answers in a
// file beside it. As long as the file is there the order is not done with.
type order struct {
	Schema string    `json:"schema"`
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Act    string    `json:"act"`
	By     string    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
	// Settle names reservations in doubt; Sent says how.
	Settle []string `json:"settle,omitempty"`
	Sent   bool     `json:"sent,omitempty"`
	// Opening is a balance from before the gateway.
	Opening *ledger.Opening `json:"opening,omitempty"`
	// Destroy names the persons whose key is to be removed.
	Destroy *ledgerScope `json:"destroy,omitempty"`
	// Subject is what any other act is about.
	Subject *orderSubject `json:"subject,omitempty"`

	digest string // of the bytes that were sealed
}

// ledgerScope is a year of one exporter or of all, or a filing.
type ledgerScope struct {
	Exporter string `json:"exporter,omitempty"`
	Year     int    `json:"year,omitempty"`
	Filing   string `json:"filing,omitempty"`
}

func (s ledgerScope) String() string {
	switch {
	case s.Filing != "":
		return "filing " + s.Filing
	case s.Exporter != "":
		return fmt.Sprintf("%s/%d", s.Exporter, s.Year)
	}
	return fmt.Sprint("year ", s.Year)
}

const orderSchema = "dc.order/1"

// The acts, as they stand in the audit log.
const (
	actSettle  = "ledger.settle"
	actPreset  = "ledger.preset"
	actDestroy = "ledger.destroy"
)

const (
	maxOrder   = 128 << 10 // bytes of a file
	maxSettled = 1000      // reservations in one order
	maxReason  = 500       // bytes
	orderAge   = time.Hour // an order that nobody took up until then is stale
	orderSkew  = 5 * time.Minute
)

var (
	orderForm       = regexp.MustCompile(`^[0-9a-hjkmnp-tv-z]{26}$`)
	reservationForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,63}$`)
	actorForm       = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)
	balanceForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	filingForm      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
)

// sealedOrder is the file: the order's bytes as they are, and the seal on them.
type sealedOrder struct {
	Order json.RawMessage `json:"order"`
	Seal  string          `json:"seal"`
}

func seal(body, key []byte) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(orderSchema + "\x00"))
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}

// encode returns the order's file.
func (o order) encode(key []byte) ([]byte, error) {
	body, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	out, err := json.Marshal(sealedOrder{body, seal(body, key)})
	if err == nil && len(out) > maxOrder {
		err = fmt.Errorf("the order is longer than %d bytes", maxOrder)
	}
	return out, err
}

// errForeign is an order that this installation did not seal.
var errForeign = errors.New("it was not made for this installation")

// parseOrder reads an order's file. Errors quote nothing of it.
func parseOrder(file, key []byte) (o order, err error) {
	var s sealedOrder
	if len(file) > maxOrder || strict(file, &s) != nil {
		return o, errors.New("it is no order")
	}
	if !hmac.Equal([]byte(seal(s.Order, key)), []byte(s.Seal)) {
		return o, errForeign
	}
	if err := strict(s.Order, &o); err != nil {
		return order{}, errors.New("it is no order")
	}
	sum := sha256.Sum256(s.Order)
	o.digest = hex.EncodeToString(sum[:])
	return o, o.check()
}

// strict decodes one JSON value that has only known fields.
func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

// check names everything that is wrong with an order.
func (o order) check() error {
	var faults []error
	fault := func(bad bool, text string) {
		if bad {
			faults = append(faults, errors.New(text))
		}
	}
	fault(o.Schema != orderSchema, "schema is not "+orderSchema)
	fault(!orderForm.MatchString(o.ID), "id is none of an order")
	fault(o.By != "" && !properName(actorForm, o.By), "--by must be 1 to 64 letters, digits, dots, dashes, underscores or @, without long numbers")
	fault(len(o.Reason) > maxReason || !oneLine(o.Reason),
		fmt.Sprintf("--reason must be one line of at most %d bytes", maxReason))
	fault(longDigits(o.Reason), "--reason holds more than 10 digits in a row: leave out numbers of persons")
	listed := slices.Contains(recordedActs(), o.Act)
	fault(listed && o.By == "", "--by is needed: it stands in the audit log")
	fault(!listed && o.Act != actPreset && (o.By == "" || strings.TrimSpace(o.Reason) == ""), "--by and --reason are needed: both stand in the audit log")
	subjects := 0
	for _, there := range []bool{len(o.Settle) > 0, o.Opening != nil, o.Destroy != nil, o.Subject != nil} {
		if there {
			subjects++
		}
	}
	fault(subjects != 1, "it must name reservations, a balance or a scope, and only one of them")
	switch {
	case o.Act == actSettle:
		faults = append(faults, o.checkSettle())
	case o.Act == actPreset:
		faults = append(faults, o.checkPreset())
	case o.Act == actDestroy:
		faults = append(faults, o.checkDestroy())
	case listed:
		faults = append(faults, o.checkSubject())
	default:
		fault(true, "act is none that is known")
	}
	return errors.Join(faults...)
}

func oneLine(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) })
}

func (o order) checkSettle() error {
	bad := func(id string) bool { return !reservationForm.MatchString(id) }
	if len(o.Settle) == 0 || len(o.Settle) > maxSettled || slices.ContainsFunc(o.Settle, bad) {
		return fmt.Errorf("name 1 to %d reservations as customs ledger show --in-doubt prints them", maxSettled)
	}
	return nil
}

func (o order) checkPreset() error {
	if o.Opening == nil {
		return errors.New("the balance is missing")
	}
	return openingFaults(*o.Opening, o.At)
}

func (o order) checkDestroy() error {
	s := o.Destroy
	switch {
	case s == nil:
		return errors.New("the scope is missing")
	case s.Filing != "" && (s.Year != 0 || s.Exporter != "" || !properName(filingForm, s.Filing)):
		return errors.New("--filing must be an id of the register, without --year and --exporter")
	case s.Filing == "" && (s.Year < firstYear || s.Year > 9999):
		return errors.New("--year must have four digits")
	case s.Exporter != "" && !check.USCCString(s.Exporter) && !groupForm.MatchString(s.Exporter):
		return errors.New("--exporter fails the GB 32100 check: copy the 18 characters from the business licence")
	}
	return nil
}

// groupForm is the name that the ledger counts a group under.
var groupForm = regexp.MustCompile(`^group-[0-9a-f]{16}$`)

// properName reports whether a name has its form and cannot be a person's number.
func properName(form *regexp.Regexp, s string) bool {
	return form.MatchString(s) && !longDigits(s)
}

// longDigits reports whether a text holds more than ten digits in a row, as the
// numbers of persons do. Codes of companies, which may be all digits, do not
// count.
func longDigits(s string) bool {
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, w := range words {
		run := 0
		for _, r := range w {
			if run++; !unicode.IsDigit(r) {
				run = 0
			}
			if run > 10 && !check.USCCString(w) {
				return true
			}
		}
	}
	return false
}

// madeAt is the time that an order's id was made at.
func madeAt(id string) time.Time {
	b, err := idAlphabet.DecodeString(id)
	if err != nil || len(b) < 8 {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b[:8]) >> 16))
}

// stale reports whether an order is too old, or of a time to come.
func (o order) stale(now time.Time) bool {
	return now.Sub(o.At) > orderAge || o.At.Sub(now) > orderSkew
}

// yearOf is the calendar year of a time where the ledger counts.
func yearOf(t time.Time) int { return t.In(policy.Shanghai).Year() }
