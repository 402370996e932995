package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
)

var testOrderKey = bytes.Repeat([]byte{7}, 32)

func settleSample() order {
	return order{Schema: orderSchema, ID: newID(), At: time.Now().UTC(), Act: actSettle, By: "anna", Reason: "receipt 17 of the recipient",
		Settle: []string{"0123456789abcdef0123456789abcdef"}, Sent: true}
}

func TestOrderIsReadBack(t *testing.T) {
	b, err := settleSample().encode(testOrderKey)
	if err != nil {
		t.Fatal(err)
	}
	o, err := parseOrder(b, testOrderKey)
	if err != nil || o.digest == "" || o.Settle[0] != "0123456789abcdef0123456789abcdef" || !o.Sent || o.By != "anna" {
		t.Errorf("%+v, %v", o, err)
	}
	if _, err := parseOrder(b, bytes.Repeat([]byte{8}, 32)); !errors.Is(err, errForeign) {
		t.Errorf("under another key: %v", err)
	}
	changed := bytes.Replace(b, []byte(`"sent":true`), []byte(`"sent":null`), 1)
	if _, err := parseOrder(changed, testOrderKey); !errors.Is(err, errForeign) {
		t.Errorf("changed: %v", err)
	}
	if _, err := parseOrder(append(b, "{}"...), testOrderKey); err == nil {
		t.Error("two values are taken for one")
	}
}

func TestOrderFaults(t *testing.T) {
	mobile := synth.New(5, time.Now()).Adult().Mobile
	tests := []struct {
		name   string
		change func(*order)
		want   string
	}{
		{"whole", func(*order) {}, ""},
		{"another schema", func(o *order) { o.Schema = "dc.order/2" }, "schema is not"},
		{"an id that is a path", func(o *order) { o.ID = "../../../../etc/passwd00000" }, "id is none"},
		{"an act that nobody knows", func(o *order) { o.Act = "ledger.empty" }, "act is none"},
		{"nobody says so", func(o *order) { o.By = "" }, "--by and --reason are needed"},
		{"no reason", func(o *order) { o.Reason = "  " }, "--by and --reason are needed"},
		{"two lines", func(o *order) { o.Reason = "a\nb" }, "one line"},
		{"a long reason", func(o *order) { o.Reason = strings.Repeat("a", maxReason+1) }, "at most 500 bytes"},
		{"a long number", func(o *order) { o.Reason = "called " + mobile }, "more than 10 digits"},
		{"a long number as the name", func(o *order) { o.By = mobile }, "--by must be"},
		{"the code of a company", func(o *order) { o.Reason = "asked " + thirdUSCC }, ""},
		{"a record", func(o *order) { o.Reason = "see record 01k9x2m4n6p8q0r2s4t6v8w0y2" }, ""},
		{"no reservation", func(o *order) { o.Settle = nil }, "must name reservations"},
		{"what is none", func(o *order) { o.Settle = []string{"a b"} }, "name 1 to 1000 reservations"},
		{"two things at once", func(o *order) { o.Destroy = &ledgerScope{Year: 2024} }, "only one of them"},
		{"a balance of nobody", func(o *order) {
			o.Act, o.Settle, o.Opening = actPreset, nil, &ledger.Opening{Entity: motorsUSCC, Year: 2024, Kind: policy.CountNS, ID: "a"}
		}, "--persons must be 1"},
		{"a balance with a number for a name", func(o *order) {
			o.Act, o.Settle, o.Opening = actPreset, nil, &ledger.Opening{Entity: motorsUSCC, Year: 2024, Kind: policy.CountNS, Persons: 5, ID: mobile}
		}, "--id must be"},
		{"a year and a filing", func(o *order) { o.Act, o.Settle, o.Destroy = actDestroy, nil, &ledgerScope{Year: 2024, Filing: "SC-1"} }, "--filing must be"},
		{"a year", func(o *order) { o.Act, o.Settle, o.Destroy = actDestroy, nil, &ledgerScope{Year: 2024} }, ""},
		{"a year of a group", func(o *order) {
			o.Act, o.Settle, o.Destroy = actDestroy, nil, &ledgerScope{Year: 2024, Exporter: "group-0123456789abcdef"}
		}, ""},
		{"a year of nobody", func(o *order) {
			o.Act, o.Settle, o.Destroy = actDestroy, nil, &ledgerScope{Year: 2024, Exporter: "9131"}
		}, "GB 32100"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := settleSample()
			tt.change(&o)
			b, err := o.encode(testOrderKey)
			if err != nil {
				t.Fatal(err)
			}
			_, err = parseOrder(b, testOrderKey)
			switch {
			case tt.want == "" && err != nil, tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got %v, want %q", err, tt.want)
			case err != nil && strings.Contains(err.Error(), mobile):
				t.Error("the error quotes the number")
			}
		})
	}
}

func TestReasonIsScanned(t *testing.T) {
	in, err := engine.New(engine.Options{Key: make([]byte, engine.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	p := synth.New(9, time.Now()).Adult()
	for text, ok := range map[string]bool{
		"": true, "receipt 17 of the recipient, link down from 10:00 to 10:20": true, "接收方日志中没有该请求": true, motorsUSCC + " asked": true,
		"the call of " + p.Mobile: false, p.ResidentID: false, "write to " + p.Email: false, p.Mobile[:3] + " " + p.Mobile[3:7] + " " + p.Mobile[7:]: false,
	} {
		err := noteFault(in, text, time.Now())
		if (err == nil) != ok {
			t.Errorf("%d bytes: %v, want ok %v", len(text), err, ok)
		}
		if err != nil && strings.Contains(err.Error(), p.Mobile) {
			t.Error("the error quotes the number")
		}
	}
}

// FuzzParseOrder: whatever is read is refused or is an order that says the same
// when it is written again, also when the seal is right.
func FuzzParseOrder(f *testing.F) {
	whole, err := settleSample().encode(testOrderKey)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, false)
	f.Add([]byte(`{"schema":"dc.order/1","id":"01k9x2m4n6p8q0r2s4t6v8w0y2","at":"2026-01-02T03:04:05Z","act":"ledger.destroy","by":"anna","reason":"over","destroy":{"year":2024}}`), true)
	f.Add([]byte(`{"order":{},"seal":""}`), false)
	f.Fuzz(func(t *testing.T, b []byte, sealIt bool) {
		if sealIt && json.Valid(b) {
			if b, err = json.Marshal(sealedOrder{b, seal(compact(b), testOrderKey)}); err != nil {
				return
			}
		}
		o, err := parseOrder(b, testOrderKey)
		if err != nil {
			return
		}
		if longDigits(o.Reason) || !orderForm.MatchString(o.ID) || len(o.Settle) > maxSettled {
			t.Fatalf("order %+v", o)
		}
		again, err := o.encode(testOrderKey)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := parseOrder(again, testOrderKey); err != nil || p.ID != o.ID || p.Act != o.Act || p.Reason != o.Reason {
			t.Fatalf("again: %v", err)
		}
	})
}

func compact(b []byte) []byte {
	out, err := json.Marshal(json.RawMessage(b))
	if err != nil {
		return nil
	}
	return out
}
