package check_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect/check"
)

func TestTradeNumbers(t *testing.T) {
	for d, want := range map[string]bool{"24312000000012345678": true, "25440000000098765432": true, "19312000000012345678": false,
		"24992000000012345678": false, "2431200000001234567": false, "": false, "2431200000001234567x": false} {
		if got := check.InvoiceNumber([]byte(d)); got != want {
			t.Errorf("InvoiceNumber(%q) = %v", d, got)
		}
	}
	for d, want := range map[string]bool{"031002300111": true, "3100221130": true, "144002300111": true, "231002300111": false, "9900221130": false,
		"3100991130": false, "31002211301": false, "": false} {
		if got := check.InvoiceCode([]byte(d)); got != want {
			t.Errorf("InvoiceCode(%q) = %v", d, got)
		}
	}
	for d, want := range map[string]bool{"223120241123456789": true, "530120230012345678": true, "223120245123456789": false, "000020241123456789": false,
		"22312024112345678": false, "": false} {
		if got := check.CustomsEntry([]byte(d)); got != want {
			t.Errorf("CustomsEntry(%q) = %v", d, got)
		}
	}
	for d, want := range map[string]bool{"COSU6123456780": true, "MAEU123456789": true, "EGLV149400012345": true, "INTERNATIONAL": false, "123456789012": false,
		"A12345": false, "": false} {
		if got := check.BillOfLading([]byte(d)); got != want {
			t.Errorf("BillOfLading(%q) = %v", d, got)
		}
	}
}

func TestTradeBehindKey(t *testing.T) {
	tests := []struct {
		form, trigger, text, want string
		counts                    bool
	}{
		{"invoice_number", "发票号码", "发票号码：24312000000012345678", "24312000000012345678", true},
		{"invoice_number", "发票号码", "发票号码 12345678，", "12345678", true},
		{"invoice_number", "invoiceNumber", `"invoiceNumber":"12345678"`, "12345678", false},
		{"invoice_number", "invoice no", "invoice no. 12345", "", false},
		{"invoice_number", "发票号码", "发票号码：88888888", "", false},
		{"invoice_number", "fphm", `"fphm":"87654321"`, "87654321", true},
		{"customs_entry", "报关单号", "报关单号：223120241123456789。", "223120241123456789", true},
		{"customs_entry", "entryId", `"entryId":"22312024112345678"`, "", false},
		{"bill_of_lading", "Bill of Lading", "Bill of Lading No: EGLV149400012345", "EGLV149400012345", true},
		{"bill_of_lading", "B/L No", "B/L No.: MAEU123456789", "MAEU123456789", true},
		{"bill_of_lading", "bill of lading", "bill of lading clause 12", "", false},
		{"bill_of_lading", "blNo", `"blNo":"550e8400-e29b-41d4-a716"`, "", false},
	}
	for _, tt := range tests {
		got := bring(t, tt.form, tt.trigger, tt.text)
		if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || got[0].text != tt.want) || sure(got) != tt.counts {
			t.Errorf("%q: %+v, want %q", tt.text, got, tt.want)
		}
		if gb := bringGB(t, tt.form, tt.trigger, tt.text); sure(gb) != tt.counts {
			t.Errorf("in GB18030 %q: %+v", tt.text, gb)
		}
	}
	if !sure(cellOf(t, "customs_entry", "223120241123456789")) || !sure(cellOf(t, "bill_of_lading", "COSU6123456780")) {
		t.Error("cells are misread")
	}
}
