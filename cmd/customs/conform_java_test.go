package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// javaRows run in one process of Java, which prints a line for each row: to
// start one is what takes long.
func javaRows(g *group) {
	type call struct {
		version, what, path string
		want                ending
		size                int
	}
	var calls []call
	for _, v := range []string{"h1", "h2"} {
		calls = append(calls, call{v, "get", aText, toPass, 1}, call{v, "post", "/echo", toPass, 0}, call{v, "post", "/echo", toPass, 1 << 20},
			call{v, "stream", "/echo", toPass, 1 << 20}, call{v, "query", "/echo", toRefuse, 0}, call{v, "post", "/echo", toRefuse, 0},
			call{v, "stream", "/echo", toRefuse, 0}, call{v, "post", "/echo", toCover, 0})
	}
	calls = append(calls, call{"h1", "expect", "/echo", toPass, 1 << 20})
	g.Run("one process", func(t *testing.T) {
		base := g.newStand(t, "keys", toPass)
		store := filepath.Join(base.home, "trust.p12")
		base.does("keytool", "-importcert", "-noprompt", "-alias", "customs", "-file", g.k.caFile,
			"-keystore", store, "-storetype", "PKCS12", "-storepass", "changeit")
		args := []string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djavax.net.ssl.trustStore=" + store,
			"-Djavax.net.ssl.trustStorePassword=changeit", base.script("Upload.java"), g.k.proxy}
		stands := make([]*stand, len(calls))
		for i, c := range calls {
			s := g.newStand(t, fmt.Sprintf("%s %s %s %d", c.version, c.what, c.want, c.size), c.want)
			stands[i] = s
			body := s.k.body(s.T, c.size)
			if c.want != toPass {
				body = s.file("p.json", s.patient())
			}
			args = append(args, fmt.Sprintf("row-%d", i), c.version, c.what, s.url+c.path, body)
		}
		lines := strings.Split(base.does("java", args...), "\n")
		for i, c := range calls {
			s := stands[i]
			line := ""
			for _, l := range lines {
				if rest, ok := strings.CutPrefix(l, fmt.Sprintf("row-%d ", i)); ok {
					line = rest
				}
			}
			sum := ""
			switch {
			case c.want == toRefuse:
				if !strings.Contains(line, " 403 ") {
					s.Errorf("%s: %s", s.name, line)
				}
				s.refusal(line)
			case c.path == aText:
				sum = sumHex(cleanText(300000))
			case c.want == toCover:
				sum = sumHex([]byte(s.patient()))
			default:
				sum = s.sumOf(s.k.body(s.T, c.size))
			}
			if proto := map[string]string{"h1": "HTTP_1_1", "h2": "HTTP_2"}[c.version]; sum != "" && line != proto+" 200 "+sum {
				s.Errorf("%s: %q, want 200 %s", s.name, line, sum)
			}
			g.end(s)
		}
	})
}
