// Package alert tells people what needs them: a volume that comes near its
// limit, a date, a list that goes out in pieces, a clock or a store that cannot
// be trusted.
//
// An alert is raised once. Raise makes it durable in the outbox before it
// returns, and from there each receiver gets it in the order of raising, until
// it took it, refused it for good, or a week has passed. A receiver that
// answered and was not heard, because the power went, gets the alert a second
// time under the same key: a webhook's Idempotency-Key, a mail's Message-ID.
//
// The package logs nothing and starts only the goroutines of Run. Nothing of a
// transfer's content, and no answer of a receiver, gets into an alert or an
// error.
package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Schema is the schema of the JSON that webhooks get.
const Schema = "dc.alert/1"

// Kind is what an alert is about.
type Kind string

// The kinds. The set is closed, so it may label a metric.
const (
	Volume    Kind = "volume"    // persons counted come near a limit, or have reached it
	Date      Kind = "date"      // a date of the register comes near, or has passed
	Splitting Kind = "splitting" // one list or document goes out in pieces
	Clock     Kind = "clock"     // the clock is not synchronised, or was set
	InDoubt   Kind = "in_doubt"  // nobody knows whether counted persons went out
	Store     Kind = "store"     // ledger, log or register cannot be used
	Stream    Kind = "stream"    // what is shipped elsewhere waits, or was deleted before
	Incident  Kind = "incident"  // a clock of an incident's report runs out
	CutOff    Kind = "cut_off"   // a flow was blocked after a part of it had left
	Witness   Kind = "witness"   // checkpoints of the log are not cosigned, or refused
	Test      Kind = "test"      // somebody tries the receivers
)

// Kinds are all kinds.
func Kinds() []Kind {
	return []Kind{Volume, Date, Splitting, Clock, InDoubt, Store, Stream, Incident, CutOff, Witness, Test}
}

// Severity says how soon somebody should look.
type Severity string

// The severities.
const (
	Warning  Severity = "warning"
	Critical Severity = "critical"
)

// Text is the same in Chinese and in English.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Alert is one thing that somebody has to know.
type Alert struct {
	Schema   string    `json:"schema"`
	ID       string    `json:"id"` // of Name: the same thing has the same id
	Kind     Kind      `json:"kind"`
	Severity Severity  `json:"severity"`
	Time     time.Time `json:"time"`
	Node     string    `json:"node,omitempty"`
	// Object is what it is about: a unified social credit code, a group, a
	// filing or another document, a joined list, a node, a store.
	Object string `json:"object"`
	Mark   string `json:"mark,omitempty"`   // which of its marks was reached
	Period string `json:"period,omitempty"` // in which the mark counts once
	Title  Text   `json:"title"`
	Text   Text   `json:"text"`
	Facts  Facts  `json:"facts,omitzero"`
}

// Facts are the figures of an alert, for programs.
type Facts struct {
	Exporter string   `json:"exporter,omitempty"`
	Filing   string   `json:"filing,omitempty"`
	Limit    string   `json:"limit,omitempty"`
	Count    int64    `json:"count,omitempty"`
	Max      int64    `json:"max,omitempty"`
	Percent  int      `json:"percent,omitempty"`
	Date     string   `json:"date,omitempty"`
	Left     *int     `json:"working_days_left,omitempty"`
	Pieces   int      `json:"pieces,omitempty"`
	Persons  int64    `json:"persons,omitempty"`
	Seconds  float64  `json:"seconds,omitempty"`
	Records  []string `json:"records,omitempty"` // of the audit log, or reservations of the ledger
}

// Name returns the id of what is told once: another look at the same thing,
// also after a restart, finds the same id.
func Name(kind Kind, object, mark, period string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(kind), object, mark, period}, "\x00")))
	return "al-" + hex.EncodeToString(sum[:12])
}

// Named reports whether a text has the form of an alert's id.
func Named(id string) bool {
	digits, ok := strings.CutPrefix(id, "al-")
	return ok && len(digits) == 24 && strings.Trim(digits, "0123456789abcdef") == ""
}

// maxAlert bounds the JSON of an alert.
const maxAlert = 16 << 10

// Sealed returns the alert with its schema and its id.
func (a Alert) Sealed() Alert {
	a.Schema, a.ID = Schema, Name(a.Kind, a.Object, a.Mark, a.Period)
	return a
}

// sound refuses what is no alert.
func (a *Alert) sound() error {
	switch {
	case a.Schema != Schema:
		return errors.New("alert: it has another schema")
	case !Named(a.ID):
		return errors.New("alert: its id has another form")
	case a.Kind == "" || a.Object == "":
		return errors.New("alert: it has no kind or no object")
	}
	text, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("alert: %w", err)
	}
	if len(text) > maxAlert {
		return fmt.Errorf("alert: it has %d bytes, more than %d", len(text), maxAlert)
	}
	return nil
}
