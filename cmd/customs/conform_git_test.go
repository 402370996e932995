package main

import (
	"net/http/cgi"
	"os"
	"path/filepath"
	"strings"
)

// gitIdentity is who commits; git runs without the configuration of the machine.
var gitIdentity = []string{"GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Test", "GIT_AUTHOR_EMAIL=test@example.invalid",
	"GIT_COMMITTER_NAME=Test", "GIT_COMMITTER_EMAIL=test@example.invalid"}

// serveRepo makes a repository with a file and many refs and serves it at /repo.
func (s *stand) serveRepo() (bare string) {
	s.Helper()
	s.env = append(gitIdentity, "GIT_SSL_CAINFO="+s.k.caFile)
	bare, seed := s.path("served/repo"), s.path("seed")
	s.does("git", "init", "-q", "-b", "main", seed)
	put(s.T, filepath.Join(seed, "text.txt"), string(cleanText(100000)))
	s.does("git", "-C", seed, "add", ".")
	s.does("git", "-C", seed, "commit", "-q", "-m", "one")
	var refs strings.Builder
	head := strings.TrimSpace(s.does("git", "-C", seed, "rev-parse", "HEAD"))
	for i := range 200 {
		refs.WriteString("create refs/tags/" + strings.Repeat("ebb-", i%7+1) + portText(uint16(i)) + " " + head + "\n")
	}
	if out, err := s.try(strings.NewReader(refs.String()), "git", "-C", seed, "update-ref", "--stdin"); err != nil {
		s.Fatalf("update-ref: %v\n%s", err, out)
	}
	s.does("git", "clone", "-q", "--bare", seed, bare)
	s.does("git", "-C", bare, "config", "http.receivepack", "true")
	program := filepath.Join(strings.TrimSpace(s.does("git", "--exec-path")), "git-http-backend")
	s.shore.answer(&cgi.Handler{Path: program, Root: "/", Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(bare), "GIT_HTTP_EXPORT_ALL=1"}})
	return bare
}

// head is what a name stands for in a repository.
func (s *stand) head(dir, name string) string {
	s.Helper()
	return strings.TrimSpace(s.does("git", "-C", dir, "rev-parse", name))
}

func gitRows(g *group) {
	g.row("clone", toPass, func(s *stand) {
		bare := s.serveRepo()
		s.does("git", "clone", "-q", s.url+"/repo", "work")
		if got, want := s.head(s.path("work"), "HEAD"), s.head(bare, "main"); got != want {
			s.Errorf("cloned %s, want %s", got, want)
		}
		s.sameText("work/text.txt", 100000)
	})
	g.row("shallow clone with HTTP 1 and fetch", toPass, func(s *stand) {
		bare := s.serveRepo()
		s.does("git", "-c", "http.version=HTTP/1.1", "clone", "-q", "--depth", "1", s.url+"/repo", "work")
		s.does("git", "-C", s.path("seed"), "commit", "-q", "--allow-empty", "-m", "two")
		s.does("git", "-C", s.path("seed"), "push", "-q", bare, "main")
		s.does("git", "-C", "work", "fetch", "-q", "--unshallow")
		if got, want := s.head(s.path("work"), "origin/main"), s.head(bare, "main"); got != want {
			s.Errorf("fetched %s, want %s", got, want)
		}
	})
	for name, options := range map[string][]string{"push": nil, "push in chunks": {"-c", "http.postBuffer=4096", "-c", "http.version=HTTP/1.1"}} {
		g.row(name, toPass, func(s *stand) {
			bare := s.serveRepo()
			s.commit(string(cleanText(300000)))
			s.does("git", append(options, "-C", s.path("work"), "push", "-q", "origin", "HEAD:main")...)
			if got, want := s.head(bare, "main"), s.head(s.path("work"), "HEAD"); got != want {
				s.Errorf("pushed %s, want %s", got, want)
			}
		})
		g.row(name+" with a person in a file", toRefuse, func(s *stand) {
			bare := s.serveRepo()
			before := s.head(bare, "main")
			s.commit(s.patient())
			s.refusal(s.fails("git", append(options, "-C", s.path("work"), "push", "origin", "HEAD:main")...))
			if s.head(bare, "main") != before {
				s.Error("it arrived")
			}
		})
	}
	g.row("clone of a name with a person in it", toRefuse, func(s *stand) {
		s.serveRepo()
		s.refusal(s.fails("git", "clone", s.url+"/"+s.k.person.ResidentID, "work"))
	})
	g.row("push that a filing covers", toCover, func(s *stand) {
		bare := s.serveRepo()
		s.commit(s.patient())
		s.does("git", "-C", s.path("work"), "push", "-q", "origin", "HEAD:main")
		if got, want := s.head(bare, "main"), s.head(s.path("work"), "HEAD"); got != want {
			s.Errorf("pushed %s, want %s", got, want)
		}
	})
}

// commit clones the repository and commits a text.
func (s *stand) commit(text string) {
	s.Helper()
	s.does("git", "clone", "-q", s.url+"/repo", "work")
	if err := os.WriteFile(s.path("work/more.txt"), []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
	s.does("git", "-C", "work", "add", ".")
	s.does("git", "-C", "work", "commit", "-q", "-m", "more")
}
