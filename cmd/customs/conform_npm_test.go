package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// packed is a package of npm with one more file.
func packed(s *stand, name, text string) []byte {
	s.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for _, f := range [][2]string{{"package/package.json", fmt.Sprintf(`{"name":%q,"version":"1.0.0"}`, name)}, {"package/list.txt", text}} {
		w.WriteHeader(&tar.Header{Name: f[0], Mode: 0o644, Size: int64(len(f[1]))})
		io.WriteString(w, f[1])
	}
	w.Close()
	z.Close()
	return out.Bytes()
}

// npmRegistry is an npm registry with one package, that takes others.
func npmRegistry(s *stand, tarball []byte, published *[]byte) http.Handler {
	sum := sha512.Sum512(tarball)
	integrity := "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == http.MethodPut:
			var document struct {
				Attachments map[string]struct{ Data []byte } `json:"_attachments"`
			}
			if err := json.NewDecoder(r.Body).Decode(&document); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			for _, a := range document.Attachments {
				*published = a.Data
			}
			io.WriteString(w, `{"ok":true}`)
		case r.URL.Path == "/harbour-list":
			fmt.Fprintf(w, `{"name":"harbour-list","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"harbour-list","version":"1.0.0",
				"dist":{"tarball":"%s/harbour-list/-/harbour-list-1.0.0.tgz","integrity":%q}}}}`, s.url, integrity)
		case strings.HasSuffix(r.URL.Path, ".tgz"):
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Write(tarball)
		default:
			http.Error(w, `{"error":"not found"}`, http.StatusNotFound)
		}
	})
}

// npmRows install from a registry and publish to it.
func npmRows(g *group) {
	options := func(s *stand) []string {
		return []string{"--registry=" + s.url + "/", "--cafile=" + s.k.caFile, "--proxy=http://" + s.k.proxy, "--https-proxy=http://" + s.k.proxy,
			"--noproxy=", "--fetch-retries=0", "--cache=" + s.path("cache"), "--no-audit", "--no-fund", "--no-update-notifier",
			"--//" + s.host + "/:_authToken=t", "--no-progress"}
	}
	g.row("install", toPass, func(s *stand) {
		tarball := packed(s, "harbour-list", string(cleanText(300000)))
		s.shore.answer(npmRegistry(s, tarball, nil))
		s.file("package.json", `{"name":"user","version":"1.0.0"}`)
		s.does("npm", append(options(s), "install", "harbour-list")...)
		s.sameText("node_modules/harbour-list/list.txt", 300000)
	})
	publish := func(s *stand, text string) (out string, tarball []byte, err error) {
		s.shore.answer(npmRegistry(s, nil, &tarball))
		dir := filepath.Join(s.home, "work")
		if err := os.MkdirAll(dir, 0o755); err != nil {
			s.Fatal(err)
		}
		put(s.T, filepath.Join(dir, "package.json"), `{"name":"harbour-log","version":"1.0.0"}`)
		put(s.T, filepath.Join(dir, "list.txt"), text)
		out, err = s.try(nil, "npm", append(options(s), "publish", dir)...)
		s.shore.settled(s)
		return out, tarball, err
	}
	g.row("publish", toPass, func(s *stand) {
		out, tarball, err := publish(s, string(cleanText(200000)))
		if err != nil {
			s.Fatalf("npm publish: %v\n%s", err, out)
		}
		s.inTar(tarball, "package/list.txt", string(cleanText(200000)))
	})
	g.row("publish of a person", toRefuse, func(s *stand) {
		out, tarball, err := publish(s, s.patient())
		if err == nil || tarball != nil {
			s.Errorf("%v, %d bytes arrived", err, len(tarball))
		}
		s.refusal(out)
	})
	g.row("install of a name with a person in it", toRefuse, func(s *stand) {
		s.shore.answer(npmRegistry(s, nil, nil))
		s.file("package.json", `{"name":"user","version":"1.0.0"}`)
		s.refusal(s.fails("npm", append(options(s), "install", "p-"+strings.ToLower(s.k.person.ResidentID))...))
	})
	g.row("publish that a filing covers", toCover, func(s *stand) {
		out, tarball, err := publish(s, s.patient())
		if err != nil {
			s.Fatalf("npm publish: %v\n%s", err, out)
		}
		s.inTar(tarball, "package/list.txt", s.patient())
	})
}

// inTar wants a file of a compressed archive to hold a text.
func (s *stand) inTar(archive []byte, name, want string) {
	s.Helper()
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		s.Fatalf("%d bytes: %v", len(archive), err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err != nil {
			s.Fatalf("no %s: %v", name, err)
		}
		if h.Name == name {
			if got, _ := io.ReadAll(r); string(got) != want {
				s.Errorf("%s has %d bytes that differ", name, len(got))
			}
			return
		}
	}
}
