package registry

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/datacustoms/customs/inspect"
)

// ownClass begins the names of classes that an operator's own rules find.
const ownClass = "x."

// accountClass begins those that name the operator's own customers or staff.
const accountClass = "pi.account."

var classForm = regexp.MustCompile(`^[a-z]+(\.[a-z0-9_]+)+$`)

// classes are those that can be found. A filing that names another one would
// cover nothing by it; a test compares them with the constants of inspect.
var classes = []inspect.Class{
	inspect.ResidentID, inspect.Passport, inspect.PermitHKMO, inspect.PermitTW, inspect.HomeReturn, inspect.TWCompatriot,
	inspect.ForeignPR, inspect.HKID, inspect.MacaoID, inspect.TaiwanID, inspect.MilitaryID, inspect.BirthCertificate, inspect.DriverFile,
	inspect.Mobile, inspect.Landline, inspect.Email, inspect.WeChat, inspect.QQ, inspect.Name, inspect.Address,
	inspect.BankCard, inspect.IBAN, inspect.Securities, inspect.SocialSecurity, inspect.ICD10, inspect.HealthRecord,
	inspect.Genomic, inspect.BioTemplate, inspect.Track, inspect.IMEI, inspect.IMSI, inspect.ICCID, inspect.MAC, inspect.DeviceID,
	inspect.IPAddress, inspect.USCC, inspect.OrgCode, inspect.Plate, inspect.VIN, inspect.Coordinate, inspect.Survey,
	inspect.MarkSecret, inspect.MarkInternal, inspect.MarkImportant, inspect.SecretKey, inspect.TradeDocument,
}

// classFault says what is wrong with a category and how to mend it, or "". The
// name is repeated only where it cannot be an identifier.
func classFault(c inspect.Class) (what, mend string) {
	name := string(c)
	switch {
	case !classForm.MatchString(name) || len(name) > 64 || longNumber(name):
		return "is no class name", "use a name like pi.contact.mobile"
	case slices.Contains(classes, c), strings.HasPrefix(name, ownClass), strings.HasPrefix(name, accountClass):
		return "", ""
	}
	known := make([]string, len(classes))
	for i, k := range classes {
		known[i] = string(k)
	}
	mend = "use a class that customs scan shows, or begin the name of your own with " + ownClass
	if near := closest(name, known); near != "" {
		mend = "did you mean " + near + "? A class of your own begins with " + ownClass
	}
	return "names the class " + name + ", which is none that is known", mend
}

// longNumber reports whether a text holds more than ten digits in a row, as
// the numbers of persons do: what stands in logs must not.
func longNumber(s string) bool {
	run := 0
	for _, r := range s {
		if !unicode.IsDigit(r) {
			run = 0
			continue
		}
		if run++; run > 10 {
			return true
		}
	}
	return false
}

// groupedForm is how people write the numbers of phones, cards and identity
// cards in groups.
var groupedForm = regexp.MustCompile(`(?:^|[^0-9])(?:1[3-9][0-9][ -][0-9]{4}[ -]?[0-9]{4}|1[3-9][0-9]{5}[ -][0-9]{4}|[0-9]{4}(?:[ -][0-9]{4}){3}|[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx])`)

// personNumber is longNumber for what people write, also with blanks or dashes.
func personNumber(s string) bool {
	return longNumber(s) || groupedForm.MatchString(width.Narrow.String(s))
}

// closest returns the known name that a mistyped one is likely to mean, or "".
func closest(name string, known []string) string {
	best, distance := "", max(2, len(name)/3)+1
	for _, k := range known {
		if d := edits(name, k); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// edits is the Levenshtein distance of two short names.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
