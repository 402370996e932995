package main

import (
	"path/filepath"
	"strings"
)

// debianPython is the system's: it has the system's modules.
const debianPython = "/usr/bin/python3"

// script is a client of testdata/conform.
func (s *stand) script(name string) string {
	s.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "conform", name))
	if err != nil {
		s.Fatal(err)
	}
	return path
}

// kind is something that a client in a language does.
type kind struct {
	what, path string
	size       int
}

// twoWays sends kinds clean and some of them with the identity. run returns
// what the client printed: status and sum, or the refusal.
func twoWays(g *group, client string, kinds []kind, leaks []string, run func(s *stand, fails bool, what, url, file string) string) {
	for _, k := range kinds {
		g.row(client+" "+k.what, toPass, func(s *stand) {
			body := s.k.body(s.T, k.size)
			sum := s.sumOf(body)
			if out := run(s, false, k.what, s.url+k.path, body); strings.HasPrefix(k.path, "/file") && !strings.Contains(out, sumHex([]byte(sum))) ||
				strings.HasPrefix(k.path, "/echo") && k.size > 0 && k.what != "form" && k.what != "json" && !strings.Contains(out, sum) ||
				strings.HasPrefix(k.path, "/text") && !strings.Contains(out, sumHex(cleanText(300000))) || !strings.Contains(out, "200 ") {
				s.Errorf("%s", out)
			}
		})
	}
	for _, what := range leaks {
		g.row(client+" "+what+" with a person", toRefuse, func(s *stand) {
			s.refusal(run(s, true, what, s.url+"/echo", s.file("p.json", s.patient())))
		})
	}
	g.row(client+" post that a filing covers", toCover, func(s *stand) {
		body := s.file("p.json", s.patient())
		if out := run(s, false, "post", s.url+"/echo", body); !strings.Contains(out, s.sumOf(body)) {
			s.Errorf("%s", out)
		}
		s.arrived(1, s.sumOf(body))
	})
}

const aText = "/text?n=300000"

func pythonRows(g *group) {
	for client, kinds := range map[string][]kind{
		"urllib": {{"get", aText, 1}, {"post", "/echo", 1 << 20}, {"pieces", "/echo", 1 << 20}, {"form", "/echo", 5000}, {"put", "/echo", 70000}},
		"requests": {{"get", aText, 1}, {"post", "/echo", 1 << 20}, {"file", "/echo", 1 << 20}, {"form", "/echo", 5000},
			{"json", "/echo", 5000}, {"multipart", "/file", 1 << 20}, {"twice", "/echo", 20000}},
	} {
		if _, err := g.hasModule(client); err != nil {
			if inCI() {
				g.Errorf("python3-%s is required in CI", client)
			}
			g.Logf("%s is not installed for %s", client, debianPython)
			continue
		}
		leaks := []string{"query", "post", kinds[2].what, "form"}
		if !allRows() && client == "urllib" {
			kinds = kinds[:3]
		}
		twoWays(g, client, kinds, leaks, func(s *stand, fails bool, what, url, file string) string {
			args := []string{"-s", s.script("upload.py"), client, what, url, file}
			if fails {
				return s.fails(debianPython, args...)
			}
			return s.does(debianPython, args...)
		})
	}
}

func nodeRows(g *group) {
	kinds := []kind{{"get", aText, 1}, {"post", "/echo", 1 << 20}, {"stream", "/echo", 1 << 20}, {"form", "/file", 1 << 20}}
	twoWays(g, "fetch", kinds, []string{"query", "post", "stream", "form"}, func(s *stand, fails bool, what, url, file string) string {
		args := []string{s.script("fetch.js"), what, url, file, s.k.proxy}
		if fails {
			return s.fails("node", args...)
		}
		return s.does("node", args...)
	})
}
