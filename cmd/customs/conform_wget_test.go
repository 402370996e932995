package main

import (
	"os"
	"strings"
)

func wgetRows(g *group) {
	g.row("get", toPass, func(s *stand) {
		s.wget("-O", "out", s.url+"/text?n=1000000")
		s.sameText("out", 1000000)
	})
	g.row("go on where it stopped", toPass, func(s *stand) {
		s.file("out", string(cleanText(3000)[:1000]))
		s.wget("-c", "-O", "out", s.url+"/text?n=3000")
		s.sameText("out", 3000)
		if a := s.shore.arrivals(); a[0].header.Get("Range") != "bytes=1000-" {
			s.Errorf("Range %q", a[0].header.Get("Range"))
		}
	})
	g.row("several on one connection", toPass, func(s *stand) {
		out := s.wget("-nv", "-O", "out", s.url+"/text?n=1000", s.url+"/echo", s.url+"/text?n=2000")
		if data, _ := os.ReadFile(s.path("out")); !strings.HasPrefix(string(data), string(cleanText(1000))+string(cleanText(2000))) {
			s.Errorf("%d bytes\n%s", len(data), out)
		}
	})
	g.row("post a file", toPass, func(s *stand) {
		body := s.k.body(s.T, 1<<20)
		s.wget("-O", "out", "--post-file="+body, s.url+"/echo")
		s.sameFile(s.path("out"), body)
		s.arrived(1, s.sumOf(body))
	})
	g.row("put with a redirect", toPass, func(s *stand) {
		s.wget("-O", "out", "--method=PUT", "--body-data=ebb", s.url+"/moved?status=307")
		s.arrived(2, sumHex([]byte("ebb")))
	})
	g.row("post a file with a person", toRefuse, func(s *stand) {
		s.refusal(s.fails("wget", s.wgetArgs("--content-on-error", "-O", "-", "--post-file="+s.file("p.json", s.patient()), s.url+"/echo")...))
	})
	g.row("a person in the address", toRefuse, func(s *stand) {
		s.refusal(s.fails("wget", s.wgetArgs("--content-on-error", "-O", "-", s.url+"/text?q="+s.k.person.ResidentID)...))
	})
	g.row("post that a filing covers", toCover, func(s *stand) {
		body := s.file("p.json", s.patient())
		s.wget("-O", "out", "--post-file="+body, s.url+"/echo")
		s.sameFile(s.path("out"), body)
	})
}

func (s *stand) wget(args ...string) string {
	s.Helper()
	return s.does("wget", s.wgetArgs(args...)...)
}

func (s *stand) wgetArgs(args ...string) []string {
	return append([]string{"--tries=1", "--timeout=30", "--ca-certificate=" + s.k.caFile}, args...)
}
