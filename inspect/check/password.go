package check

import "bytes"

// Lengths of a password or secret that is looked at.
const (
	passwordLeast = 6
	passwordSure  = 12
	passwordMost  = 100
)

// confirmPassword looks behind a key for a password or secret. It counts only
// where it looks random and stands for nothing.
func confirmPassword(s *Sight) {
	at, end, gap := s.behind()
	if gap != gapSign || end-at < passwordLeast || s.Cell == 0 && s.From > 0 && s.Text[s.From-1] == ':' {
		return // behind a colon stands a part of a name, as in an ARN
	}
	value, quoted := secretValue(s, at, end)
	if len(value) < passwordLeast || len(value) > passwordMost || classes(value) < 2 {
		return
	}
	if s.Cell > 0 && !fills(s.Text[at+len(value):end]) {
		return
	}
	v := s.Add(at, at+len(value), Nobody, nil)
	chinese := s.Cell == 0 && s.Text[s.From] >= 0x80
	if !randomSecret(value, quoted, chinese) || carried(s.Text[max(0, s.From-24):s.From]) {
		v.Lift = -1
	}
}

// secretValue returns the one word that stands at [at, end), and whether it is
// in quotes.
func secretValue(s *Sight, at, end int) (b []byte, quoted bool) {
	quoted = at > 0 && (s.Text[at-1] == '"' || s.Text[at-1] == '\'' || s.Text[at-1] == '`')
	i := at
	for i < end {
		c := s.Text[i]
		if c <= ' ' || c >= 0x7f || c == '"' || c == '\'' || c == '`' || c == '\\' || c == '<' || !quoted && (c == ',' || c == ';' || c == '&') {
			break
		}
		i++
	}
	b = s.Text[at:i]
	if i == end && s.Cell == 0 && end == s.To+ReachBytes {
		return nil, quoted // no password is as long as this
	}
	if quoted && (i == end || s.Text[i] != s.Text[at-1] && s.Text[i] != '\\') && s.Cell == 0 {
		return nil, quoted // a text in quotes has words
	}
	if !quoted { // the end of a sentence
		b = bytes.TrimRight(b, ".)]}")
	}
	return b, quoted
}

// randomSecret reports whether a value is a secret that somebody made up at
// random. Expressions and names of source code are not.
func randomSecret(b []byte, quoted, chinese bool) bool {
	if placeholder(b) || bytes.ContainsAny(b, "()[]{}|") && !quoted || bytes.Contains(b, []byte("://")) || bytes.Contains(b, []byte("$(")) {
		return false
	}
	if !quoted && bytes.ContainsAny(b, ":./") && classes(b) < 4 {
		return false
	}
	if b[0] == '/' && bytes.IndexByte(b, '.') > 0 { // a path
		return false
	}
	if chinese {
		return len(b) >= 8 && classes(b) >= 3 && entropy(b) >= 2.75
	}
	n := classes(b)
	digits := 0
	turns, kind := 0, 0
	for _, c := range b {
		k := 0
		switch {
		case lower(c):
			k = 1
		case alpha(c):
			k = 2
		case c >= '0' && c <= '9':
			k = 3
			digits++
		}
		if k != kind {
			turns, kind = turns+1, k
		}
	}
	if digits == 0 || digits*20 < len(b) || len(b) < passwordSure {
		return false
	}
	// A word of source code turns between classes at few places.
	switch {
	case n >= 3:
		return entropy(b) >= 3.25 && turns*3 >= len(b)
	case len(b) >= 24:
		return entropy(b) >= 3.5 && turns*4 >= len(b) && !hexOnly(b)
	}
	return false
}

// hexOnly reports whether a value may be a hash.
func hexOnly(b []byte) bool {
	for _, c := range b {
		if !(c >= '0' && c <= '9' || fold(c) >= 'a' && fold(c) <= 'f' || c == '-') {
			return false
		}
	}
	return true
}
