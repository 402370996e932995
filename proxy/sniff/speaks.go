package sniff

import "strings"

// Speaker is what the first bytes of a connection are. The set is closed.
type Speaker string

// The speakers. Undecided asks for more bytes.
const (
	Undecided Speaker = ""
	TLS       Speaker = "tls"
	HTTP      Speaker = "http"
	SSH       Speaker = "ssh"
	SMTP      Speaker = "smtp"
	FTP       Speaker = "ftp"
	Other     Speaker = "tcp"
)

// maxVerb is the longest first word that is waited for.
const maxVerb = 32

// maxBanner is the longest first line of a server that is waited for.
const maxBanner = 512

// verbs are the first words of clients that speak first, and are not HTTP.
var verbs = map[string]Speaker{"EHLO": SMTP, "HELO": SMTP, "LHLO": SMTP, "MAIL": SMTP,
	"USER": FTP, "FEAT": FTP, "PASV": FTP, "EPSV": FTP, "SYST": FTP}

// Speaks says what a client speaks by its first bytes. The answer for some
// bytes is the answer for every longer beginning of the same connection, and
// a few dozen bytes always have one.
func Speaks(b []byte) Speaker {
	if len(b) == 0 {
		return Undecided
	}
	if b[0] == recHandshake {
		switch {
		case len(b) == 1:
			return Undecided
		case b[1] == 3:
			return TLS
		}
		return Other
	}
	if s, done := banner(b, "SSH-", SSH); done {
		return s
	}
	return request(b)
}

// banner reports whether b begins with a text, or may come to.
func banner(b []byte, text string, then Speaker) (s Speaker, done bool) {
	n := min(len(b), len(text))
	switch {
	case string(b[:n]) != text[:n]:
		return Undecided, false
	case n < len(text):
		return Undecided, true
	}
	return then, true
}

// request reads a first word and the beginning of what follows it.
func request(b []byte) Speaker {
	end := 0
	for end < len(b) && tchar(b[end]) {
		if end++; end > maxVerb {
			return Other
		}
	}
	if end == len(b) {
		return Undecided
	}
	verb := string(b[:end])
	if s, ok := verbs[strings.ToUpper(verb)]; ok && strings.IndexByte(" \r\n", b[end]) >= 0 {
		return s
	}
	if end == 0 || b[end] != ' ' {
		return Other
	}
	return target(verb, b[end+1:])
}

// target reads the beginning of a request's target: a path, an asterisk, an
// absolute address, or the authority of a CONNECT.
func target(verb string, rest []byte) Speaker {
	switch {
	case len(rest) == 0:
		return Undecided
	case rest[0] == '/', rest[0] == '*', verb == "CONNECT":
		return HTTP
	}
	for i, c := range []byte("http") {
		switch {
		case i == len(rest):
			return Undecided
		case rest[i]|0x20 != c:
			return Other
		}
	}
	return HTTP
}

// tchar reports whether a byte may stand in a method.
func tchar(c byte) bool {
	return alphanumeric(c) || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// Banner says what a server speaks by its first bytes; Undecided asks for the
// rest of its first line. An answer stays for every longer beginning.
func Banner(b []byte, port uint16) Speaker {
	if s, done := banner(b, "SSH-", SSH); done {
		return s
	}
	if s, done := banner(b, "220", Undecided); !done {
		return Other
	} else if len(b) < 3 {
		return s
	}
	end := strings.IndexByte(string(b[:min(len(b), maxBanner)]), '\n')
	switch {
	case end >= 0:
	case len(b) < maxBanner:
		return Undecided
	default:
		end = maxBanner
	}
	line := strings.ToUpper(string(b[:end]))
	switch {
	case strings.Contains(line, "SMTP"), strings.Contains(line, "MAIL"):
		return SMTP
	case strings.Contains(line, "FTP"):
		return FTP
	}
	if s, known := SpeaksFirst(port); known {
		return s
	}
	return Other
}

// serverFirst are the ports whose servers speak first.
var serverFirst = map[uint16]Speaker{21: FTP, 22: SSH, 25: SMTP, 110: Other, 119: Other, 143: Other, 587: SMTP,
	2525: SMTP, 3306: Other, 5900: Other, 6667: Other}

// SpeaksFirst says what the server at a port speaks where it is known to
// speak first.
func SpeaksFirst(port uint16) (Speaker, bool) {
	s, known := serverFirst[port]
	return s, known
}

// Waits reports whether the servers at a port are known to wait for the
// client, so that a silent client was only opened in advance.
func Waits(port uint16) bool {
	switch port {
	case 80, 443, 8080, 8443:
		return true
	}
	return false
}
