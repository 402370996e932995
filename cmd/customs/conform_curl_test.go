package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// curl runs curl with one version of HTTP; the answer's body is in the file out.
func (s *stand) curl(proto string, args ...string) string {
	s.Helper()
	return s.does("curl", s.curlArgs(proto, args)...)
}

func (s *stand) curlArgs(proto string, args []string) []string {
	return append([]string{"-sS", "--fail-with-body", "--max-time", "60", "--cacert", s.k.caFile, proto}, args...)
}

func curlRows(g *group) {
	sizes := []int{0, 1, 16 << 10, 1 << 20, 20 << 20}
	if !allRows() {
		sizes = []int{0, 1, 1 << 20}
	}
	for _, proto := range []string{"--http1.1", "--http2"} {
		for _, size := range sizes {
			for _, form := range []string{"length", "chunked", "expect", "trailers"} {
				g.row(fmt.Sprintf("%s %d bytes %s", proto, size, form), toPass, func(s *stand) { curlBody(s, proto, size, form) })
			}
		}
		curlKinds(g, proto)
		curlRefused(g, proto)
	}
	g.row("--http1.0 get", toPass, func(s *stand) {
		s.curl("--http1.0", "-o", "out", s.url+"/text?n=70000")
		s.sameText("out", 70000)
	})
	g.row("--http1.0 post", toPass, func(s *stand) { curlBody(s, "--http1.0", 4000, "length") })
	g.row("OPTIONS *", toPass, func(s *stand) {
		s.curl("--http1.1", "-X", "OPTIONS", "--request-target", "*", s.url)
		if a := s.arrived(1, sumHex(nil)); a.method != "OPTIONS" || a.path != "*" {
			s.Errorf("origin saw %s %s", a.method, a.path)
		}
	})
}

// curlBody sends a body in a form and wants it at the origin, and back.
func curlBody(s *stand, proto string, size int, form string) {
	body := s.k.body(s.T, size)
	if form == "trailers" {
		head := s.path("head")
		s.curl(proto, "-D", head, "-o", "out", s.url+fmt.Sprint("/trailers?n=", size))
		s.sameFile(s.path("out"), body)
		if text, _ := os.ReadFile(head); !strings.Contains(strings.ToLower(string(text)), "x-sum: "+s.sumOf(body)) {
			s.Errorf("no trailer:\n%s", text)
		}
		return
	}
	args := []string{"-o", "out", s.url + "/echo"}
	length := int64(size)
	switch form {
	case "length":
		args = append(args, "-H", "Expect:", "--data-binary", "@"+body)
	case "expect": // one that is not answered would take longer than --max-time
		args = append(args, "-H", "Expect: 100-continue", "--expect100-timeout", "90", "--data-binary", "@"+body)
	case "chunked":
		args, length = append(args, "-H", "Expect:", "-T", "-"), -1
	}
	file, err := os.Open(body)
	if err != nil {
		s.Fatal(err)
	}
	defer file.Close()
	if out, err := s.try(file, "curl", s.curlArgs(proto, args)...); err != nil {
		s.Fatalf("curl: %v\n%s", err, out)
	}
	s.sameFile(s.path("out"), body)
	if a := s.arrived(1, s.sumOf(body)); a.length != length && size > 0 {
		s.Errorf("origin saw Content-Length %d, want %d", a.length, length)
	}
}

// path is a file in the client's home.
func (s *stand) path(name string) string { return filepath.Join(s.home, name) }

// sameText wants a file in the client's home to be clean text of a length.
func (s *stand) sameText(name string, n int) {
	s.Helper()
	if got, want := s.sumOf(s.path(name)), sumHex(cleanText(n)); got != want {
		s.Errorf("%s has %s, want %s", name, got, want)
	}
}

// curlKinds are the kinds of exchange that programs make.
func curlKinds(g *group, proto string) {
	g.row(proto+" get", toPass, func(s *stand) {
		s.curl(proto, "-o", "out", s.url+"/text?n=300000")
		s.sameText("out", 300000)
	})
	g.row(proto+" head", toPass, func(s *stand) {
		if out := s.curl(proto, "-I", s.url+"/text?n=12345"); !strings.Contains(strings.ToLower(out), "content-length: 12345") {
			s.Errorf("head:\n%s", out)
		}
	})
	g.row(proto+" range", toPass, func(s *stand) {
		s.curl(proto, "-r", "1000-2999", "-o", "part", s.url+"/text?n=5000")
		if part, _ := os.ReadFile(s.path("part")); !bytes.Equal(part, cleanText(5000)[1000:3000]) {
			s.Errorf("a range of %d bytes", len(part))
		}
	})
	g.row(proto+" form", toPass, func(s *stand) {
		got := s.curl(proto, "--data-urlencode", "berth=seven & eight", "--data-urlencode", "tide=ebb", s.url+"/echo")
		if form, err := url.ParseQuery(got); err != nil || form.Get("berth") != "seven & eight" || form.Get("tide") != "ebb" {
			s.Errorf("echo %q, %v", got, err)
		}
		s.arrived(1, sumHex([]byte(got)))
	})
	g.row(proto+" multipart", toPass, func(s *stand) {
		body := s.k.body(s.T, 1<<20)
		if got := s.curl(proto, "-F", "note=a list", "-F", "file=@"+body+";type=text/plain", s.url+"/file"); got != s.sumOf(body) {
			s.Errorf("the form's file has %s", got)
		}
	})
	g.row(proto+" put", toPass, func(s *stand) {
		body := s.k.body(s.T, 1<<20)
		s.curl(proto, "-T", body, "-o", "out", s.url+"/stored/text")
		s.sameFile(s.path("out"), body)
	})
	curlMore(g, proto)
}

// curlMore are those that need something of the origin, or of the connection.
func curlMore(g *group, proto string) {
	g.row(proto+" compressed", toPass, func(s *stand) {
		s.curl(proto, "--compressed", "-o", "out", s.url+"/gzip?n=200000")
		s.sameText("out", 200000)
	})
	g.row(proto+" compressed upload", toPass, func(s *stand) {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		z.Write(cleanText(200000))
		z.Close()
		s.curl(proto, "-H", "Content-Encoding: gzip", "-o", "out", "--data-binary", "@"+s.file("packed", packed.String()), s.url+"/echo")
		s.arrived(1, sumHex(packed.Bytes()))
	})
	g.row(proto+" redirect", toPass, func(s *stand) {
		body := s.k.body(s.T, 1<<20)
		s.curl(proto, "-L", "-o", "out", "--data-binary", "@"+body, s.url+"/moved?status=307")
		s.sameFile(s.path("out"), body)
		s.arrived(2, s.sumOf(body))
	})
	g.row(proto+" keep-alive", toPass, func(s *stand) {
		args := []string{"-w", "%{num_connects} %{http_code}\n"}
		for i := range 5 {
			args = append(args, "-o", fmt.Sprint("out", i), fmt.Sprint(s.url, "/text?n=", 1000*(i+1)))
		}
		if out := s.curl(proto, args...); out != "1 200\n"+strings.Repeat("0 200\n", 4) {
			s.Errorf("connections and statuses:\n%s", out)
		}
		for i := range 5 {
			s.sameText(fmt.Sprint("out", i), 1000*(i+1))
		}
	})
	g.row(proto+" large head", toPass, func(s *stand) {
		s.curl(proto, "-H", "X-Long: "+strings.Repeat("ebb ", 5000), s.url+"/echo")
		if a := s.arrived(1, sumHex(nil)); len(a.header.Get("X-Long")) < 19000 {
			s.Errorf("a header of %d bytes", len(a.header.Get("X-Long")))
		}
	})
	g.row(proto+" early answers", toPass, func(s *stand) {
		s.shore.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", "</style.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			plainShore(w, r)
		}))
		if out := s.curl(proto, "-i", "--data", "ebb", s.url+"/echo"); !strings.Contains(out, " 103") || !strings.HasSuffix(out, "\r\n\r\nebb") {
			s.Errorf("answers:\n%s", out)
		}
	})
}

// curlRefused sends the identity in each place of a request, and once to where
// a filing covers it.
func curlRefused(g *group, proto string) {
	id := g.k.person.ResidentID
	places := []struct {
		name string
		args func(s *stand) []string
	}{
		{"body", func(s *stand) []string {
			return []string{"-H", "Content-Type: application/json", "--data-binary", "@" + s.file("p.json", s.patient()), s.url + "/echo"}
		}},
		{"chunked body", func(s *stand) []string { return []string{"-T", s.file("p.json", s.patient()), s.url + "/echo"} }},
		{"form", func(s *stand) []string { return []string{"-d", "note=x", "-d", "id=" + id, s.url + "/echo"} }},
		{"multipart", func(s *stand) []string {
			return []string{"-F", "note=x", "-F", "file=@" + s.file("p.json", s.patient()), s.url + "/file"}
		}},
		{"query", func(s *stand) []string { return []string{s.url + "/text?n=5&q=" + id} }},
		{"path", func(s *stand) []string { return []string{s.url + "/patients/" + id} }},
		{"header", func(s *stand) []string { return []string{"-H", "X-Patient: " + id, s.url + "/text?n=5"} }},
		{"after a clean one", func(s *stand) []string {
			return []string{"-o", "out", s.url + "/text?n=5", "--next", "-sS", "--fail-with-body", "--cacert", s.k.caFile, "--data", "id=" + id, s.url + "/echo"}
		}},
	}
	for _, p := range places {
		g.row(proto+" refused in "+p.name, toRefuse, func(s *stand) { s.refusal(s.fails("curl", s.curlArgs(proto, p.args(s))...)) })
	}
	g.row(proto+" covered", toCover, func(s *stand) {
		body := s.file("p.json", s.patient())
		s.curl(proto, "-H", "Content-Type: application/json", "-o", "out", "--data-binary", "@"+body, s.url+"/echo")
		s.sameFile(s.path("out"), body)
		s.arrived(1, s.sumOf(body))
	})
}
