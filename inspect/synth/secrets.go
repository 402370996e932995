package synth

import (
	"encoding/base64"
	"strings"
)

// secretKinds are keys in form only: what is inside is drawn at random.
func secretKinds() []Kind {
	const class = "secret.key"
	return []Kind{
		{"pem", class, true, func(m *Maker) string { return m.pem(pick(m.rnd, "RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY")) }},
		{"pem.ssh", class, true, func(m *Maker) string { return m.pem("OPENSSH PRIVATE KEY") }},
		{"awskey", class, false, func(m *Maker) string { return pick(m.rnd, "AKIA", "ASIA") + m.upper(16) }},
		{"awssecret", class, false, func(m *Maker) string { return m.base64std(40) }},
		{"aliyunkey", class, false, func(m *Maker) string { return "LTAI5t" + m.alnum(18) }},
		{"tencentkey", class, false, func(m *Maker) string { return "AKID" + m.alnum(32) }},
		{"githubtoken", class, false, func(m *Maker) string { return pick(m.rnd, "ghp_", "gho_", "ghs_") + m.alnum(36) }},
		{"slacktoken", class, false, func(m *Maker) string {
			return "xoxb-" + m.digits(12) + "-" + m.digits(12) + "-" + m.alnum(24)
		}},
		{"googlekey", class, false, func(m *Maker) string { return "AIza" + m.base64url(35) }},
		{"stripekey", class, false, func(m *Maker) string { return "sk_live_" + m.alnum(24) }},
		{"jwt", class, true, (*Maker).jwt},
	}
}

func (m *Maker) pem(kind string) string {
	var b strings.Builder
	b.WriteString("-----BEGIN " + kind + "-----\n")
	for range 6 {
		b.WriteString(m.base64std(64) + "\n")
	}
	b.WriteString(m.base64std(30) + "==\n-----END " + kind + "-----\n")
	return b.String()
}

func (m *Maker) jwt() string {
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		enc.EncodeToString([]byte(`{"sub":"`+m.digits(8)+`","iat":17637`+m.digits(5)+`}`)) + "." + m.base64url(43)
}

func (m *Maker) base64std(n int) string {
	return strings.NewReplacer("-", "+", "_", "/").Replace(m.base64url(n))
}

func (m *Maker) alnum(n int) string {
	return strings.NewReplacer("-", "x", "_", "Y").Replace(m.base64url(n))
}

func (m *Maker) upper(n int) string {
	const set = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	b := make([]byte, n)
	for i := range b {
		b[i] = set[m.rnd.IntN(len(set))]
	}
	return string(b)
}
