package check

import "bytes"

// pemKeys are the labels of PEM blocks that hold a private key. Sources: RFC
// 7468 sections 10 and 11, RFC 1421, RFC 9580 section 6.2, OpenSSH PROTOCOL.key.
var pemKeys = [][]byte{[]byte("PRIVATE KEY"), []byte("RSA PRIVATE KEY"), []byte("EC PRIVATE KEY"), []byte("DSA PRIVATE KEY"),
	[]byte("OPENSSH PRIVATE KEY"), []byte("ENCRYPTED PRIVATE KEY"), []byte("PGP PRIVATE KEY BLOCK"), []byte("SM2 PRIVATE KEY"),
	[]byte("ANY PRIVATE KEY"), []byte("X25519 PRIVATE KEY")}

// pemBody is how many characters of base64 a block shows at least, once its
// lines are joined.
const pemBody = 32

// PrivateKeyPEM returns how much of a text that follows "-----BEGIN" belongs
// to the block of a private key, or 0. Its lines may end in escapes, as in
// JSON.
func PrivateKeyPEM(b []byte) int {
	if len(b) == 0 || b[0] != ' ' {
		return 0
	}
	b = b[:min(len(b), ReachBytes)]
	label, _, ok := bytes.Cut(b[1:], []byte("-----"))
	if !ok {
		return 0
	}
	for _, k := range pemKeys {
		if bytes.Equal(label, k) {
			return pemText(b, len(label)+6)
		}
	}
	return 0
}

// pemText reads headers, line ends and base64 from at on.
func pemText(b []byte, at int) int {
	n, line := 0, false
	for at < len(b) {
		c := b[at]
		switch {
		case c == '\n' || c == '\r':
			line = true
		case c == '\\' && at+1 < len(b) && (b[at+1] == 'n' || b[at+1] == 'r' || b[at+1] == '\\'):
			at, line = at+1, true
		case !line:
			return 0
		case c == ' ' || c == '\t' || c == '"' || c == '+' && n == 0 || c == '\'' || c == '#':
			// the margin of a block inside another text
		case n == 0 && pemHeader(b[at:]):
			if i := bytes.IndexByte(b[at:], '\n'); i >= 0 {
				at += i
			} else {
				return len(b) // as far as can be seen, which no chance makes
			}
		case c >= '0' && c <= '9' || alpha(c) || c == '+' || c == '/' || c == '=':
			n++
		default:
			at = len(b)
			continue
		}
		at++
		if n >= pemBody {
			return min(at, len(b))
		}
	}
	return 0
}

var pemHeaders = [][]byte{[]byte("Proc-Type: "), []byte("DEK-Info: "), []byte("Version: "), []byte("Comment: "), []byte("Charset: ")}

func pemHeader(b []byte) bool {
	for _, h := range pemHeaders {
		if bytes.HasPrefix(b, h) {
			return true
		}
	}
	return false
}

func confirmPEM(s *Sight) {
	if n := PrivateKeyPEM(s.Text[s.To:]); n > 0 {
		s.Add(s.From, s.To+n, Nobody, nil).Checked = true
	}
}
