package sniff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// JA4 returns the JA4 fingerprint of a ClientHello over TCP.
func (h *Hello) JA4() string {
	sni := byte('i')
	if slices.Contains(h.Extensions, extSNI) {
		sni = 'd'
	}
	head := fmt.Sprintf("t%s%c%02d%02d%s", ja4Version(h.Version), sni,
		min(len(h.Ciphers), 99), min(len(h.Extensions), 99), ja4ALPN(h.ALPN))

	var kinds []uint16
	for _, e := range h.Extensions {
		if e != extSNI && e != extALPN {
			kinds = append(kinds, e)
		}
	}
	rest := hexList(sorted(kinds))
	if len(h.SigAlgs) > 0 && rest != "" {
		rest += "_" + hexList(h.SigAlgs)
	}
	return head + "_" + ja4Hash(hexList(sorted(h.Ciphers))) + "_" + ja4Hash(rest)
}

func ja4Version(v uint16) string {
	switch v {
	case 0x0304:
		return "13"
	case 0x0303:
		return "12"
	case 0x0302:
		return "11"
	case 0x0301:
		return "10"
	case 0x0300:
		return "s3"
	}
	return "00"
}

// ja4ALPN takes the first and last character of the first protocol, or of its
// hex form where they are not letters or digits.
func ja4ALPN(protos []string) string {
	if len(protos) == 0 {
		return "00"
	}
	p := protos[0]
	first, last := p[0], p[len(p)-1]
	if !alphanumeric(first) || !alphanumeric(last) {
		x := hex.EncodeToString([]byte(p))
		first, last = x[0], x[len(x)-1]
	}
	return string([]byte{first, last})
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func sorted(v []uint16) []uint16 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v
}

func hexList(v []uint16) string {
	out := make([]string, len(v))
	for i, x := range v {
		out[i] = fmt.Sprintf("%04x", x)
	}
	return strings.Join(out, ",")
}

func ja4Hash(s string) string {
	if s == "" {
		return "000000000000"
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}
