package check

import (
	"bytes"

	"golang.org/x/net/publicsuffix"
)

// Email confirms an address of the common subset of RFC 5321 whose domain
// ends in a suffix that is really delegated. It may find that only a part of
// the bytes is the address, as when a sentence goes on after the domain, and
// returns that part; role says that it names a function and not a person.
func Email(b []byte) (from, to int, role, ok bool) {
	at := bytes.IndexByte(b, '@')
	if at < 1 {
		return 0, 0, false, false
	}
	for from < at && (b[from] == '.' || b[from] == '-' || b[from] == '+') {
		from++
	}
	local := b[from:at]
	if len(local) == 0 || len(local) > 64 || local[len(local)-1] == '.' || bytes.Contains(local, []byte("..")) {
		return 0, 0, false, false
	}
	for to = len(b); to > at; {
		domain := bytes.TrimRight(b[at+1:to], ".-")
		to = at + 1 + len(domain)
		if len(domain) == 0 || len(domain) > 253 {
			break
		}
		if hostname(domain) {
			return from, to, roleAccount(local), true
		}
		// A sentence or list that runs on without a space adds labels.
		cut := max(bytes.LastIndexByte(domain, '.'), bytes.LastIndexByte(domain, '-'))
		if cut < 0 {
			break
		}
		to = at + 1 + cut
	}
	return 0, 0, false, false
}

func hostname(d []byte) bool {
	labels, numeric, start := 0, 0, 0
	for i := 0; i <= len(d); i++ {
		if i < len(d) && d[i] != '.' {
			continue
		}
		l := d[start:i]
		if len(l) == 0 || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		if Digits(l) {
			numeric++
		}
		labels, start = labels+1, i+1
	}
	// Two numeric labels are a version or an address, not a mail domain.
	if labels < 2 || numeric > 1 {
		return false
	}
	// Most mail goes to a few suffixes, which need no look into the list.
	var low [8]byte
	switch string(Lower(low[:0], d[max(len(d)-4, 0):])) {
	case ".com", ".net", ".org", ".edu", ".gov":
		return true
	}
	if string(Lower(low[:0], d[max(len(d)-3, 0):])) == ".cn" {
		return true
	}
	name := string(bytes.ToLower(d))
	suffix, icann := publicsuffix.PublicSuffix(name)
	return (icann || privateUnderDelegated(suffix)) && len(suffix) < len(name)
}

// privateUnderDelegated accepts the private section of the list (github.io),
// whose names lie below a delegated suffix; an unknown suffix has no dot.
func privateUnderDelegated(suffix string) bool {
	for i := range len(suffix) {
		if suffix[i] == '.' {
			return true
		}
	}
	return false
}

func roleAccount(local []byte) bool {
	var low [64]byte
	n := copy(low[:], local)
	for i, c := range low[:n] {
		if c >= 'A' && c <= 'Z' {
			low[i] = c + 'a' - 'A'
		}
	}
	switch string(low[:n]) {
	case "info", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "admin", "administrator",
		"support", "sales", "service", "services", "webmaster", "postmaster", "hostmaster", "abuse",
		"contact", "help", "helpdesk", "hr", "root", "git", "mailer-daemon", "notifications",
		"notification", "marketing", "office", "security", "team", "press", "billing", "jobs",
		"news", "newsletter", "feedback", "hello", "mail", "daemon", "nobody", "kefu":
		return true
	}
	return false
}
