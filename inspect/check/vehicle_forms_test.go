package check_test

import (
	"testing"

	"github.com/datacustoms/customs/inspect/check"
)

func TestVehicleForms(t *testing.T) {
	testPlaces(t, []place{
		{"with a hyphen", "org_code", "组织机构代码：79965505-8", "组织机构代码", "79965505-8"},
		{"check character X", "org_code", "组织机构代码证号 71526726-X", "组织机构代码", "71526726-X"},
		{"letters", "org_code", `"org_code":"MA1K3ABC9"`, "org_code", "MA1K3ABC9"},
		{"a wrong check", "org_code", "组织机构代码：79965505-7", "组织机构代码", ""},
		{"a unified code", "org_code", "组织机构代码：91330100799655058B", "组织机构代码", ""},
		{"old", "tax_id", "纳税人识别号：330100799655058", "纳税人识别号", "330100799655058"},
		{"a wrong check", "tax_id", "税号：330100799655057", "税号", ""},

		{"ordinary", "plate", "车牌京A12345。", "京A", "京A12345"},
		{"with a dot", "plate", "沪B·8K765", "沪B", "沪B·8K765"},
		{"with a blank", "plate", "粤B 12345", "粤B", "粤B 12345"},
		{"small new energy", "plate", "粤BD12345", "粤B", "粤BD12345"},
		{"large new energy", "plate", "京A12345D", "京A", "京A12345D"},
		{"a police car", "plate", "苏A1234警", "苏A", "苏A1234警"},
		{"a trailer", "plate", "冀B·1234挂", "冀B", "冀B·1234挂"},
		{"Hong Kong and the mainland", "plate", "粤Z1234港", "粤Z", "粤Z1234港"},
		{"a word before", "plate", "车辆为川A6F789", "川A", "川A6F789"},
		{"no region", "plate", "在A12345", "在A", ""},
		{"letters only", "plate", "新ABCDEF", "新A", ""},
		{"three letters", "plate", "京AABC12", "京A", ""},
		{"letter I", "plate", "京A1234I", "京A", ""},
		{"letter O", "plate", "京O12345", "京O", ""},
		{"too long", "plate", "京A1234567", "京A", ""},
		{"too short", "plate", "京A1234", "京A", ""},
		{"zeros", "plate", "京A00000", "京A", ""},

		{"lower case", "plate_keyed", "车牌：京a12345", "车牌", "京a12345"},
		{"a blank", "plate_keyed", "车牌号码: 沪 B12345", "车牌", "沪 B12345"},
		{"left to the other form", "plate_keyed", "车牌：京A12345", "车牌", ""},
		{"an embassy", "plate_keyed", "车牌：使014578", "车牌", "使014578"},
		{"an embassy with a dot", "plate_keyed", "车牌：使014·578", "车牌", "使014·578"},
		{"armed police", "plate_keyed", "车牌：WJ京1234T", "车牌", "WJ京1234T"},
		{"old armed police", "plate_keyed", "车牌：WJ31-12345", "车牌", "WJ31-12345"},
		{"forces", "plate_keyed", "车牌：VA12345", "车牌", "VA12345"},
		{"a word", "plate_keyed", "车牌识别 12345", "车牌", ""},

		{"of China", "vin", "车架号LSVAA49J132047371", "LSVAA49J132047371", "LSVAA49J132047371"},
		{"of the United States", "vin", "1M8GDM9AXKP042788", "1M8GDM9AXKP042788", "1M8GDM9AXKP042788"},
		{"the third vector", "vin", "VIN:LFV2A21K2G4123456;", "LFV2A21K2G4123456", "LFV2A21K2G4123456"},
		{"a wrong check digit", "vin", "LFV3A23C0B3000001", "LFV3A23C0B3000001", "LFV3A23C0B3000001 low"},
		{"a wrong check digit elsewhere", "vin", "1M8GDM9A1KP042788", "1M8GDM9A1KP042788", ""},
		{"lower case", "vin", "lsvaa49j132047371", "lsvaa49j132047371", "lsvaa49j132047371 -1"},
		{"mixed case", "vin", "LSVaa49J132047371", "LSVaa49J132047371", ""},
		{"letter O", "vin", "LSVOA49J132047371", "LSVOA49J132047371", ""},
		{"digits only", "vin", "12345678901234567", "12345678901234567", ""},
		{"longer", "vin", "LSVAA49J132047371A", "LSVAA49J132047371A", ""},
	})
}

func TestVIN(t *testing.T) {
	tests := []struct {
		name, vin     string
		form, checked bool
	}{
		{"valid", "1M8GDM9AXKP042788", true, true},
		{"Shanghai", "LSVAA49J132047371", true, true},
		{"Changchun", "LFV2A21K2G4123456", true, true},
		{"ninth character wrong", "LFV3A23C0B3000001", true, false},
		{"ninth character right", "LFV3A23C3B3000001", true, true},
		{"no year", "LSVAA49J1U2047371", false, false},
		{"short", "LSVAA49J13204737", false, false},
		{"nothing", "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form, checked := check.VIN([]byte(tt.vin))
			if form != tt.form || checked != tt.checked {
				t.Errorf("VIN(%q) = %v, %v, want %v, %v", tt.vin, form, checked, tt.form, tt.checked)
			}
		})
	}
}

func TestOrganisationOfTaxpayer(t *testing.T) {
	for id, want := range map[string]bool{"330100799655058": true, "330100799655059": false, "990100799655058": false, "": false} {
		if got := check.TaxID15([]byte(id)); got != want {
			t.Errorf("TaxID15(%q) = %v, want %v", id, got, want)
		}
	}
}

func TestPlateInUTF8IsNoGBK(t *testing.T) {
	// The last two bytes of 復 in UTF-8 are 京 in GB18030.
	if got := look(t, contactForm(t, "plate"), "復A12345", "復A"); got != "" {
		t.Errorf("took %q", got)
	}
}
