package check

import "bytes"

type alphabet uint8

const (
	alphaBase32  alphabet = iota // A-Z 2-7
	alphaNumeric                 // A-Z a-z 0-9
	alphaUpper                   // A-Z 0-9
	alphaURL                     // and - _
	alphaWord                    // and _
	alphaDash                    // and -
	alphaHex
)

// keyForm is the published form of a provider's keys: a prefix, and so many
// characters of an alphabet.
type keyForm struct {
	prefix      string
	least, most int
	of          alphabet
}

// keyForms are told by their prefixes. Sources: the providers' documentation
// of their credentials and of secret scanning, state of 2025.
var keyForms = []keyForm{
	{"AKIA", 16, 16, alphaBase32}, {"ASIA", 16, 16, alphaBase32}, // AWS access key ID
	{"LTAI", 12, 26, alphaNumeric},                                 // Alibaba Cloud AccessKey ID
	{"AKID", 32, 32, alphaNumeric},                                 // Tencent Cloud SecretId
	{"AKLT", 20, 48, alphaURL},                                     // Volcano Engine access key
	{"ghp_", 36, 36, alphaNumeric}, {"gho_", 36, 36, alphaNumeric}, // GitHub tokens
	{"ghu_", 36, 36, alphaNumeric}, {"ghs_", 36, 36, alphaNumeric}, //
	{"ghr_", 36, 76, alphaNumeric}, {"github_pat_", 82, 82, alphaWord}, //
	{"glpat-", 20, 64, alphaURL}, {"gldt-", 20, 64, alphaURL}, // GitLab
	{"xoxb-", 40, 90, alphaDash}, {"xoxp-", 40, 90, alphaDash}, // Slack
	{"xoxa-", 40, 90, alphaDash}, {"xoxr-", 40, 90, alphaDash}, //
	{"xoxs-", 40, 90, alphaDash},                                    //
	{"sk-ant-", 80, 110, alphaURL}, {"sk-proj-", 40, 110, alphaURL}, // Anthropic, OpenAI
	{"sk-", 32, 64, alphaNumeric},                                            // OpenAI, DeepSeek and their like
	{"sk_live_", 24, 100, alphaNumeric}, {"rk_live_", 24, 100, alphaNumeric}, // Stripe
	{"AIza", 35, 35, alphaURL}, {"GOCSPX-", 28, 28, alphaURL}, // Google
	{"npm_", 36, 36, alphaNumeric},           // npm
	{"hf_", 34, 34, alphaNumeric},            // Hugging Face
	{"dop_v1_", 64, 64, alphaHex},            // DigitalOcean
	{"pypi-", 85, 110, alphaURL},             // PyPI
	{"AGE-SECRET-KEY-1", 58, 58, alphaUpper}, // age
}

// CloudKey returns the length of a provider's key at the beginning of b, or 0.
func CloudKey(b []byte) int {
	for i := range keyForms {
		f := &keyForms[i]
		if len(b) < len(f.prefix)+f.least || string(b[:len(f.prefix)]) != f.prefix {
			continue
		}
		n := len(f.prefix)
		for n < len(b) && f.of.has(b[n]) {
			n++
		}
		if k := n - len(f.prefix); k < f.least || k > f.most || n < len(b) && Word(b[n]) {
			continue
		}
		if value := b[len(f.prefix):n]; !placeholder(value) && entropy(value) >= 3 && (mixed(value) || f.of == alphaBase32 && entropy(value) >= 3.25) {
			return n
		}
	}
	return 0
}

// mixed reports whether a key has digits as well as letters, as all but one
// random key in a thousand has: a word in prose has none.
func mixed(b []byte) bool {
	digits, letters := 0, 0
	for _, c := range b {
		if c >= '0' && c <= '9' {
			digits++
		} else if alpha(c) {
			letters++
		}
	}
	return letters > 0 && digits > 0 || len(b) == 34 && letters == 34
}

func (a alphabet) has(c byte) bool {
	number := c >= '0' && c <= '9'
	switch a {
	case alphaBase32:
		return c >= 'A' && c <= 'Z' || c >= '2' && c <= '7'
	case alphaUpper:
		return number || c >= 'A' && c <= 'Z'
	case alphaURL:
		return number || alpha(c) || c == '-' || c == '_'
	case alphaWord:
		return number || alpha(c) || c == '_'
	case alphaDash:
		return number || alpha(c) || c == '-'
	case alphaHex:
		return number || c >= 'a' && c <= 'f'
	}
	return number || alpha(c)
}

// confirmCloudKey looks at the prefix of a provider's keys, or at the value of
// a key (access_key_id) whose prefix runs on in letters.
func confirmCloudKey(s *Sight) {
	at, end := s.From, min(len(s.Text), s.To+ReachBytes)
	if s.Cell > 0 || !ownPrefix(s.Candidate()) {
		if at, end, _ = s.behind(); at == s.To || at == end || !alpha(s.Text[at]) {
			return
		}
		if !runsOn(s.Text[at:end]) {
			return
		}
	} else if at > 0 {
		if c := s.Text[at-1]; Word(c) || c == '-' || c == '+' || c == '/' && at > 1 && alphaURL.has(s.Text[at-2]) {
			return
		}
	}
	if n := CloudKey(s.Text[at:end]); n > 0 {
		v := s.Add(at, at+n, Nobody, nil)
		if carried(s.Text[max(0, s.From-32):at]) {
			v.Lift = -1
		}
	}
}

// ownPrefix reports whether a trigger word is the prefix of a form.
func ownPrefix(word []byte) bool {
	for i := range keyForms {
		if keyForms[i].prefix == string(word) {
			return true
		}
	}
	return false
}

// runsOn reports whether a value begins with a prefix in letters.
func runsOn(b []byte) bool {
	for i := range keyForms {
		p := keyForms[i].prefix
		if alpha(p[len(p)-1]) && bytes.HasPrefix(b, []byte(p)) {
			return true
		}
	}
	return false
}
