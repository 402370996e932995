package main

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// aptRows read a flat repository.
func aptRows(g *group) {
	download := func(s *stand, path string) {
		deb := serveDeb(s)
		s.shore.answer(http.StripPrefix(strings.TrimSuffix(path, "/"), http.FileServer(http.Dir(filepath.Dir(deb)))))
		o := aptOptions(s, path)
		s.does("apt-get", append(o, "update")...)
		s.does("apt-get", append(o, "download", "harbour-list")...)
		s.sameFile(s.path("harbour-list_1.0_all.deb"), deb)
	}
	g.row("update and download", toPass, func(s *stand) { download(s, "/") })
	g.row("a repository with a person in its name that a filing covers", toCover, func(s *stand) {
		download(s, "/"+s.k.person.ResidentID+"/")
	})
	g.row("a repository with a person in its name", toRefuse, func(s *stand) {
		serveDeb(s)
		out := s.fails("apt-get", append(aptOptions(s, "/"+s.k.person.ResidentID+"/"), "-o", "APT::Update::Error-Mode=any", "update")...)
		if !strings.Contains(out, "403") {
			s.Errorf("apt says\n%s", out)
		}
	})
}

// aptOptions gives apt a root in the home, and one source.
func aptOptions(s *stand, path string) []string {
	for _, dir := range []string{"state/lists/partial", "cache/archives/partial", "etc", "log"} {
		if err := os.MkdirAll(s.path(dir), 0o755); err != nil {
			s.Fatal(err)
		}
	}
	s.file("status", "")
	s.file("etc/sources.list", "deb [trusted=yes] "+s.url+path+" ./\n")
	s.env = []string{"APT_CONFIG=/dev/null", "DEBIAN_FRONTEND=noninteractive"}
	out := []string{}
	for _, o := range []string{"Dir::State=" + s.path("state"), "Dir::State::status=" + s.path("status"), "Dir::Cache=" + s.path("cache"),
		"Dir::Etc=" + s.path("etc"), "Dir::Etc::sourcelist=" + s.path("etc/sources.list"), "Dir::Etc::sourceparts=-", "Dir::Etc::parts=-",
		"Dir::Etc::trusted=/dev/null", "Dir::Etc::trustedparts=-", "Dir::Log=" + s.path("log"), "APT::Sandbox::User=", "Debug::NoLocking=true",
		"Acquire::https::Proxy=http://" + s.k.proxy, "Acquire::https::CAInfo=" + s.k.caFile, "Acquire::Retries=0", "Acquire::Languages=none"} {
		out = append(out, "-o", o)
	}
	return out
}

// serveDeb serves a repository of one package and returns its file.
func serveDeb(s *stand) string {
	root := s.path("served")
	for _, dir := range []string{"tree/DEBIAN", "tree/usr/share/harbour", "served"} {
		if err := os.MkdirAll(s.path(dir), 0o755); err != nil {
			s.Fatal(err)
		}
	}
	control := "Package: harbour-list\nVersion: 1.0\nArchitecture: all\nMaintainer: Test <test@example.invalid>\nDescription: a list\n"
	s.file("tree/DEBIAN/control", control)
	s.file("tree/usr/share/harbour/list.txt", string(cleanText(300000)))
	deb := filepath.Join(root, "harbour-list_1.0_all.deb")
	s.does("dpkg-deb", "--root-owner-group", "-b", s.path("tree"), deb)
	data, err := os.ReadFile(deb)
	if err != nil {
		s.Fatal(err)
	}
	m, h := md5.Sum(data), sha1.Sum(data)
	put(s.T, filepath.Join(root, "Packages"), fmt.Sprintf("%sFilename: ./%s\nSize: %d\nMD5sum: %s\nSHA1: %s\nSHA256: %s\n\n",
		control, filepath.Base(deb), len(data), hex.EncodeToString(m[:]), hex.EncodeToString(h[:]), sumHex(data)))
	s.shore.answer(http.FileServer(http.Dir(root)))
	return deb
}
