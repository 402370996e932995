package registry

import (
	"encoding/json"
	"fmt"

	"github.com/datacustoms/customs/policy"
)

// document is what a revision holds.
type document interface {
	key() key
	stamp() Stamp
	// stamped returns a copy with that stamp.
	stamped(Stamp) document
}

// filing is a policy.Filing as a document.
type filing policy.Filing

func (f filing) key() key     { return key{KindFiling, f.ID} }
func (f filing) stamp() Stamp { return Stamp{f.Revision, f.PrevHash, f.Hash} }
func (f filing) stamped(s Stamp) document {
	f.Revision, f.PrevHash, f.Hash = s.Revision, s.PrevHash, s.Hash
	return f
}

func (d ExporterDoc) key() key                 { return key{KindExporter, d.USCC} }
func (d ExporterDoc) stamp() Stamp             { return d.Stamp }
func (d ExporterDoc) stamped(s Stamp) document { d.Stamp = s; return d }

func (d RecipientDoc) key() key                 { return key{KindRecipient, d.ID} }
func (d RecipientDoc) stamp() Stamp             { return d.Stamp }
func (d RecipientDoc) stamped(s Stamp) document { d.Stamp = s; return d }

func (d ExceptionDoc) key() key                 { return key{KindException, d.ID} }
func (d ExceptionDoc) stamp() Stamp             { return d.Stamp }
func (d ExceptionDoc) stamped(s Stamp) document { d.Stamp = s; return d }

// review is an answer as it is stored; its revisions are all answers to one
// ticket or exception.
type review struct {
	Answer    Answer `json:"answer"`
	Signature []byte `json:"signature"`
	Stamp
}

func (d review) key() key                 { return key{KindReview, d.Answer.Ticket} }
func (d review) stamp() Stamp             { return d.Stamp }
func (d review) stamped(s Stamp) document { d.Stamp = s; return d }

// unmarshal reads what insert wrote.
func unmarshal(k Kind, body []byte) (document, error) {
	switch k {
	case KindFiling:
		return decoded[filing](body)
	case KindExporter:
		return decoded[ExporterDoc](body)
	case KindRecipient:
		return decoded[RecipientDoc](body)
	case KindException:
		return decoded[ExceptionDoc](body)
	case KindReview:
		return decoded[review](body)
	}
	return nil, fmt.Errorf("kind is none that is known")
}

func decoded[D document](body []byte) (document, error) {
	var d D
	err := json.Unmarshal(body, &d)
	return d, err
}

// asDocument takes what AddDocument takes, without its stamp.
func asDocument(doc any) (document, error) {
	switch d := doc.(type) {
	case policy.Filing:
		return filing(bare(d)), nil
	case ExporterDoc:
		return d.stamped(Stamp{}), nil
	case RecipientDoc:
		return d.stamped(Stamp{}), nil
	case ExceptionDoc:
		return d.stamped(Stamp{}), nil
	}
	return nil, fmt.Errorf("%T is no document of the register", doc)
}

// schemas tell the kind of a document.
var schemas = map[string]Kind{policy.FilingSchema: KindFiling, ExporterSchema: KindExporter,
	RecipientSchema: KindRecipient, ExceptionSchema: KindException}

// status is that of a document that has one.
func status(d document) string {
	switch d := d.(type) {
	case filing:
		return d.Status
	case ExporterDoc:
		return d.Status
	case RecipientDoc:
		return d.Status
	case ExceptionDoc:
		return d.Status
	}
	return ""
}

// withStatus returns a copy of a document with another status.
func withStatus(d document, to string) document {
	switch d := d.(type) {
	case filing:
		d.Status = to
		return d
	case ExporterDoc:
		d.Status = to
		return d
	case RecipientDoc:
		d.Status = to
		return d
	case ExceptionDoc:
		d.Status = to
		return d
	}
	return d
}

// Identity tells the kind and the id of a document; both are empty for what
// is none.
func Identity(doc any) (Kind, string) {
	d, err := asDocument(doc)
	if err != nil {
		return "", ""
	}
	return d.key().kind, d.key().id
}
