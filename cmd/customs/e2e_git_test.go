package main

import (
	"fmt"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// serveGit makes a repository with many refs, so that a clone's request is
// large enough for git to compress it, and serves it under /git/ of the
// origin by git's own CGI program.
func serveGit(t *testing.T, o *origin, git, repo string) {
	t.Helper()
	if err := os.MkdirAll(repo, 0o755); err != nil {
		t.Fatal(err)
	}
	gitRun(t, git, repo, "init", "-q", "-b", "main")
	for i := range 60 {
		name := fmt.Sprintf("file%d.txt", i)
		if err := os.WriteFile(filepath.Join(repo, name), textBody(4000+i), 0o644); err != nil {
			t.Fatal(err)
		}
		gitRun(t, git, repo, "add", name)
		gitRun(t, git, repo, "commit", "-q", "-m", name)
		gitRun(t, git, repo, "branch", fmt.Sprintf("topic-%d", i))
	}
	gitRun(t, git, repo, "config", "http.uploadpack", "true")
	backend := filepath.Join(strings.TrimSpace(gitRun(t, git, repo, "--exec-path")), "git-http-backend")
	handler := &cgi.Handler{Path: backend, Root: "/git",
		Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(repo), "GIT_HTTP_EXPORT_ALL=1"}}
	o.answer(handler)
}

func gitRun(t *testing.T, git, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(git, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=Test", "GIT_AUTHOR_EMAIL=test@example.invalid",
		"GIT_COMMITTER_NAME=Test", "GIT_COMMITTER_EMAIL=test@example.invalid")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}
