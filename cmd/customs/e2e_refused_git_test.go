package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
)

func minorID(t testing.TB) string {
	t.Helper()
	return synth.New(7, time.Now()).Minor().ResidentID
}

// TestRefusedGit wants git to print the refusal, of the question which refs
// there are and of a pack.
func TestRefusedGit(t *testing.T) {
	t.Parallel()
	git := needTool(t, "git")
	c := newCity(t, sampleConfig)
	repo := filepath.Join(c.dir, "repo")
	serveGit(t, c.origin, git, repo)
	gitRun(t, git, repo, "config", "http.receivepack", "true")
	t.Run("clone of a name with a person in it", func(t *testing.T) {
		shown := c.show(t, true, "git", "clone", c.origin.URL+"/git/"+minorID(t), filepath.Join(t.TempDir(), "x"))
		if !strings.Contains(shown, "remote: ") {
			t.Errorf("no remote lines:\n%s", shown)
		}
		c.wantRefusal(t, shown, "FILING_NOT_FOUND")
	})
	t.Run("push with a person in the name of a branch", func(t *testing.T) {
		work := filepath.Join(t.TempDir(), "work")
		c.show(t, false, "git", "clone", "-q", c.origin.URL+"/git/repo", work)
		gitRun(t, git, work, "commit", "-q", "--allow-empty", "-m", "one more")
		shown := c.show(t, true, "git", "-C", work, "push", "origin", "HEAD:refs/heads/patient-"+minorID(t))
		if !strings.Contains(shown, "remote: Data Customs") {
			t.Errorf("no remote lines:\n%s", shown)
		}
		c.wantRefusal(t, shown, "FILING_NOT_FOUND")
		if refs := gitRun(t, git, repo, "for-each-ref", "refs/heads/patient-*"); refs != "" {
			t.Errorf("it arrived: %s", refs)
		}
	})
	t.Run("push of a pack", func(t *testing.T) {
		work := filepath.Join(t.TempDir(), "work")
		c.show(t, false, "git", "clone", "-q", c.origin.URL+"/git/repo", work)
		commit := func(text string) {
			if err := os.WriteFile(filepath.Join(work, "news.txt"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			gitRun(t, git, work, "add", ".")
			gitRun(t, git, work, "commit", "-q", "-m", "one more")
		}
		commit("the harbour is open\n")
		c.show(t, false, "git", "-C", work, "push", "-q", "origin", "HEAD:refs/heads/sent")
		sent := gitRun(t, git, work, "rev-parse", "HEAD")
		commit(childWithDiagnosis(t))
		shown := c.show(t, true, "git", "-C", work, "push", "origin", "HEAD:refs/heads/sent")
		if !strings.Contains(shown, "remote: Data Customs") {
			t.Errorf("no remote lines:\n%s", shown)
		}
		c.wantRefusal(t, shown, "FILING_NOT_FOUND")
		if got := gitRun(t, git, repo, "rev-parse", "refs/heads/sent"); got != sent {
			t.Errorf("%s arrived, %s was let through", got, sent)
		}
	})
}
