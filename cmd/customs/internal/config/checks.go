package config

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/datacustoms/customs/inspect/check"
	"golang.org/x/text/language"
)

var zoneForm = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]+)+$`)

// verify applies the check that a field's tag names to the text of its value.
// It returns what is wrong and how to mend it, or two empty strings. Checks
// that look at files come later, when paths are resolved.
func verify(is, s string) (what, mend string) {
	switch is {
	case "", "text":
		return "", ""
	case "path", "dir", "file", "pem":
		if strings.TrimSpace(s) == "" || strings.ContainsRune(s, 0) {
			return "is no path", "write a path, or leave the key out"
		}
		return "", ""
	case "address":
		return checkAddress(s)
	case "uscc":
		return checkUSCC(s)
	case "division":
		return checkDivision(s)
	case "country":
		return checkCountry(s)
	case "zone":
		if len(s) > 64 || !zoneForm.MatchString(s) {
			return "is no code of a zone", "write it as the zone lists do, as CN-SH-FTZ-LINGANG: customs pack show"
		}
		return "", ""
	case "match":
		return checkMatch(s)
	case "key":
		return checkKey(s)
	case "bundle":
		return checkBundle(s)
	case "webhook":
		return checkWebhook(s)
	case "relay":
		return checkRelay(s)
	case "cosigner":
		return checkCosigner(s)
	case "credential":
		return checkCredential(s)
	case "auditor":
		return checkAuditor(s)
	case "agekey":
		return checkAgeKey(s)
	case "stream":
		return checkStream(s)
	case "server":
		return checkServer(s)
	case "subject":
		return checkSubject(s)
	case "topic":
		return checkTopic(s)
	case "mailbox":
		return checkMailbox(s)
	case "id", "date":
		return checkEntry(is, s)
	}
	if low, high, ok := strings.Cut(is, ".."); ok {
		return checkRange(s, low, high)
	}
	return checkOneOf(s, strings.Split(is, "|"))
}

func checkDivision(s string) (what, mend string) {
	if len(s) < 4 || len(s) > 6 || strings.Trim(s, "0123456789") != "" {
		return "is no division code", "write 4 to 6 digits of GB/T 2260, as 4403"
	}
	return "", ""
}

// checkRange compares numbers, or durations where the bounds have units.
func checkRange(s, low, high string) (what, mend string) {
	if span, err := time.ParseDuration(s); err == nil {
		from, _ := time.ParseDuration(low)
		to, _ := time.ParseDuration(high)
		if to > 0 && (span < from || span > to) {
			return "is out of range", fmt.Sprintf("write a duration from %s to %s", low, high)
		}
		if to > 0 {
			return "", ""
		}
	}
	n, _ := strconv.Atoi(s)
	from, _ := strconv.Atoi(low)
	to, _ := strconv.Atoi(high)
	if n < from || n > to {
		return "is out of range", fmt.Sprintf("write a number from %s to %s", low, high)
	}
	return "", ""
}

func checkOneOf(s string, allowed []string) (what, mend string) {
	if slices.Contains(allowed, s) {
		return "", ""
	}
	what = "is not one of " + strings.Join(allowed, ", ")
	if k := nearest(s, allowed); k != "" {
		return what, fmt.Sprintf("did you mean %q?", k)
	}
	return what, "write one of them"
}

func checkAddress(s string) (what, mend string) {
	host, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return "is no address to listen on", "write address:port, as 127.0.0.1:8080 or [::1]:8080"
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "" && host != "localhost" {
		return "is no address to listen on", "write an IP address of this machine before the port, not a name"
	}
	return "", ""
}

func checkUSCC(s string) (what, mend string) {
	switch {
	case len(s) != 18:
		return fmt.Sprintf("is no unified social credit code: it has %d characters", len(s)), "write all 18 characters"
	case s != strings.ToUpper(s):
		return "is no unified social credit code: lower-case letters", "write " + strings.ToUpper(s)
	case !check.USCCString(s):
		return "is no unified social credit code: its check characters are wrong", "compare it with the business licence (GB 32100-2015)"
	}
	return "", ""
}

func checkCountry(s string) (what, mend string) {
	r, err := language.ParseRegion(strings.ToUpper(s))
	switch {
	case err != nil || len(s) != 2 || !r.IsCountry():
		return "is no country", "write the ISO 3166-1 code of two letters, as SG"
	case r.Canonicalize().String() != s:
		return "is no country code", "write " + r.Canonicalize().String()
	}
	return "", ""
}

// checkMatch accepts a network, an address, a host name or *.suffix.
func checkMatch(s string) (what, mend string) {
	if strings.Contains(s, "/") || strings.Contains(s, ":") {
		if _, mend := parsePrefix(s); mend != "" {
			return "matches no host and no network", mend
		}
		return "", ""
	}
	host := strings.TrimPrefix(s, "*.")
	bad := host == "" || len(host) > 253
	for _, label := range strings.Split(host, ".") {
		bad = bad || label == "" || len(label) > 63 ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != ""
	}
	switch {
	case !bad:
		return "", ""
	case s != strings.ToLower(s):
		return "matches no host", "write it in lower case: " + strings.ToLower(s)
	}
	return "matches no host and no network",
		"write a host, *.suffix, an address or a network; names in other scripts in their xn-- form"
}
