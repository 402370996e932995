package check

import "bytes"

// base64url gives the six bits of a character, or 0xff.
var base64url = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
		t[c] = byte(i)
	}
	return t
}()

// decode64 decodes the whole groups of base64url at the beginning of b.
func decode64(dst, b []byte) []byte {
	for len(b) >= 2 && len(dst)+3 <= cap(dst) {
		var v uint32
		k := 0
		for ; k < 4 && k < len(b) && base64url[b[k]] != 0xff; k++ {
			v |= uint32(base64url[b[k]]) << (18 - 6*k)
		}
		switch {
		case k >= 4:
			dst = append(dst, byte(v>>16), byte(v>>8), byte(v))
		case k == 3:
			return append(dst, byte(v>>16), byte(v>>8))
		case k == 2:
			return append(dst, byte(v>>16))
		default:
			return dst
		}
		b = b[4:]
	}
	return dst
}

// jwtPart returns how many characters of base64url begin b.
func jwtPart(b []byte) int {
	n := 0
	for n < len(b) && base64url[b[n]] != 0xff {
		n++
	}
	return n
}

// JWT reports whether b begins with a signed or encrypted token of RFC 7519,
// and returns as much of it as there is: b may end inside it. Its header is a
// JSON object that names an algorithm, and is not of an unsecured token.
func JWT(b []byte) (n int, ok bool) {
	n = jwtPart(b)
	if n < 16 || !bytes.HasPrefix(b, []byte("eyJ")) {
		return 0, false
	}
	var buf [96]byte
	head := decode64(buf[:0], b[:n])
	if !bytes.HasPrefix(head, []byte(`{"`)) || bytes.Contains(head, []byte(`"none"`)) {
		return 0, false
	}
	if !bytes.Contains(head, []byte(`"alg"`)) && (n < len(b) || !bytes.Contains(head, []byte(`"typ"`)) && !bytes.Contains(head, []byte(`"kid"`))) {
		return 0, false
	}
	if n == len(b) {
		return n, n > 60 // a long header, cut off
	}
	for range 4 { // the claims and the signature, or the four parts of JWE
		if n >= len(b) || b[n] != '.' {
			break
		}
		k := jwtPart(b[n+1:])
		if n++; k == 0 {
			return n, false
		}
		if n += k; n == len(b) {
			return n, true
		}
	}
	return n, bytes.Count(b[:n], []byte{'.'}) >= 2
}

// knownTokens begin the claims of tokens that everybody copies: the examples of
// RFC 7515 and RFC 7519, and of the tools that show how a token looks.
var knownTokens = [][]byte{[]byte(".eyJpc3MiOiJqb2Ui"), []byte(".eyJzdWIiOiIxMjM0NTY3ODkwIi")}

// claims reports whether the second part of a token can be a JSON object, as
// it is in all but encrypted tokens, and is no example.
func claims(token []byte) bool {
	i := bytes.IndexByte(token, '.')
	if i < 0 || len(token)-i < 8 {
		return true // it cannot be seen
	}
	for _, k := range knownTokens {
		if bytes.HasPrefix(token[i:], k) {
			return false
		}
	}
	var buf [96]byte
	return token[i+1] == 'e' || bytes.Contains(decode64(buf[:0], token[:i]), []byte(`"enc"`))
}

// confirmJWT looks at a JSON Web Token. One that a header carries goes to the
// service it was issued for and is only a hint.
func confirmJWT(s *Sight) {
	if s.Cell > 0 || s.From > 0 && base64url[s.Text[s.From-1]] != 0xff {
		return
	}
	n, ok := JWT(s.Text[s.From:min(len(s.Text), s.To+ReachBytes)])
	if !ok {
		return
	}
	v := s.Add(s.From, s.From+n, Nobody, nil)
	v.Checked = true
	if carried(s.Text[max(0, s.From-32):s.From]) || !claims(s.Text[v.From:v.To]) {
		v.Lift = -1
	}
}

// carried reports whether a text ends as the head of a request does before a
// token: "Bearer ", "Authorization: ", or a cookie.
func carried(before []byte) bool {
	var buf [32]byte
	low := Lower(buf[:0], before)
	for _, w := range [...]string{"bearer", "authorization", "cookie", "x-api-key", "x-auth-token", "private-token", "credential=", "ossaccesskeyid"} {
		if bytes.Contains(low, []byte(w)) {
			return true
		}
	}
	return false
}
