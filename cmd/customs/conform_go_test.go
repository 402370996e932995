package main

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// goRows download modules from a proxy for modules.
func goRows(g *group) {
	g.row("download of a module", toPass, func(s *stand) { goDownload(s, "harbour.example/list") })
	g.row("a module with a person in its name that a filing covers", toCover, func(s *stand) {
		goDownload(s, "harbour.example/"+strings.ToLower(s.k.person.ResidentID)+"/list")
	})
	g.row("a module with a person in its name", toRefuse, func(s *stand) {
		goOptions(s)
		out := s.fails("go", "mod", "download", "harbour.example/"+strings.ToLower(s.k.person.ResidentID)+"/list@v1.0.0")
		if !strings.Contains(out, "403") {
			s.Errorf("go says\n%s", out)
		}
	})
}

// goOptions lets the go command know the row's proxy for modules alone.
func goOptions(s *stand) {
	s.env = []string{"GOPROXY=" + s.url, "GONOSUMDB=*", "GOSUMDB=off", "GOFLAGS=-mod=mod -modcacherw", "GOTOOLCHAIN=local",
		"GOPATH=" + s.path("go"), "GOCACHE=" + s.path("gocache"), "GOENV=off", "GO111MODULE=on", "GOVCS=*:off"}
	s.shore.answer(http.FileServer(http.Dir(s.path("served"))))
	s.file("go.mod", "module user.example\n\ngo 1.22\n")
}

// goDownload serves a module and downloads it.
func goDownload(s *stand, module string) {
	goOptions(s)
	dir := s.path("served/" + module + "/@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		s.Fatal(err)
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	for name, text := range map[string]string{"go.mod": "module " + module + "\n", "list.txt": string(cleanText(300000))} {
		w, err := z.Create(module + "@v1.0.0/" + name)
		if err != nil {
			s.Fatal(err)
		}
		io.WriteString(w, text)
	}
	z.Close()
	put(s.T, filepath.Join(dir, "v1.0.0.zip"), archive.String())
	put(s.T, filepath.Join(dir, "v1.0.0.mod"), "module "+module+"\n")
	put(s.T, filepath.Join(dir, "v1.0.0.info"), `{"Version":"v1.0.0","Time":"2026-01-01T00:00:00Z"}`)
	put(s.T, filepath.Join(dir, "list"), "v1.0.0\n")
	s.does("go", "mod", "download", module+"@latest")
	s.sameText("go/pkg/mod/"+module+"@v1.0.0/list.txt", 300000)
}
