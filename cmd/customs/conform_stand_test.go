package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
)

// group is the rows of one client.
type group struct {
	*testing.T
	k       *conformity
	name    string
	version string
	stands  []*stand
}

// stand is where one row runs: a home of its own for the client, and an origin
// of its own, so that the records with its port are those of this row.
type stand struct {
	*testing.T
	k     *conformity
	name  string
	want  ending
	home  string
	host  string // name and port of the origin
	url   string
	shore *shore
	env   []string // for the client, besides the usual
	shown string   // what refusals it showed
}

// row runs one row. Its records are looked at when all rows of the client ran.
func (g *group) row(name string, want ending, run func(s *stand)) {
	g.Helper()
	g.Run(name, func(t *testing.T) {
		s := g.newStand(t, name, want)
		run(s)
		g.end(s)
	})
}

func (g *group) newStand(t *testing.T, name string, want ending) *stand {
	t.Helper()
	s := &stand{T: t, k: g.k, name: name, want: want, home: t.TempDir(), shore: newShore(t, g.k)}
	site := "site.example.sg"
	if want == toCover {
		site = "crm.example.sg"
	}
	s.host = site + ":" + s.shore.port
	s.url = "https://" + s.host
	return s
}

// end adds a row that ran to the table.
func (g *group) end(s *stand) {
	s.Helper()
	g.stands = append(g.stands, s)
	s.shore.settled(s)
	if s.want != toCover && s.shore.leaked() {
		s.Errorf("%s: the identity is at the origin", s.name)
	}
}

// hasModule reports whether the system's Python has a module.
func (g *group) hasModule(name string) (string, error) {
	out, err := exec.Command(debianPython, "-s", "-c", "import "+name).CombinedOutput()
	return string(out), err
}

// checkRecords wants the records of all rows.
func (g *group) checkRecords() {
	g.Helper()
	limit := time.Now().Add(deadline)
	for {
		all := g.records()
		faults := map[string]string{}
		for _, s := range g.stands {
			if fault := s.fault(all[s.shore.port]); fault != "" && !s.Failed() {
				faults[s.name] = fault
			}
		}
		if len(faults) == 0 {
			return
		}
		if time.Now().After(limit) {
			for name, fault := range faults {
				g.Errorf("%s: the records: %s", name, fault)
			}
			return
		}
	}
}

// fault says what is wrong with the records of a row.
func (s *stand) fault(all []policy.Record) string {
	if slices.ContainsFunc(all, func(r policy.Record) bool { return !r.Complete }) {
		return "not complete"
	}
	if s.shown != "" && !slices.ContainsFunc(all, func(r policy.Record) bool { return strings.Contains(s.shown, r.ID) }) {
		return "none has the id that the client shows"
	}
	return wantedOf(s, all)
}

// records reads the log, by the port of the origin.
func (g *group) records() map[string][]policy.Record {
	g.Helper()
	out, code := g.k.customs("audit", "list", "--format", "json")
	if code != 0 {
		g.Fatalf("audit list: %s", out)
	}
	all := map[string][]policy.Record{}
	for d := json.NewDecoder(strings.NewReader(out)); ; {
		var r policy.Record
		if err := d.Decode(&r); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			g.Fatal(err)
		}
		port := portText(r.Intent.Port)
		all[port] = append(all[port], r)
	}
}

// command is a client that has only this world: its proxy, its certificate and
// an empty home.
func (s *stand) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	s.Helper()
	cmd := exec.CommandContext(ctx, needTool(s, name), args...)
	cmd.Dir, cmd.WaitDelay = s.home, 5*time.Second
	proxy := "http://" + s.k.proxy
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.home, "TMPDIR=" + s.home, "LC_ALL=C.UTF-8",
		"http_proxy=" + proxy, "https_proxy=" + proxy, "HTTPS_PROXY=" + proxy, "no_proxy=", "NO_PROXY=",
		"SSL_CERT_FILE=" + s.k.caFile, "REQUESTS_CA_BUNDLE=" + s.k.caFile, "NODE_EXTRA_CA_CERTS=" + s.k.caFile}, s.env...)
	return cmd
}

// try runs a client with an input and returns everything that it printed.
func (s *stand) try(stdin io.Reader, name string, args ...string) (string, error) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), 2*deadline)
	defer cancel()
	cmd := s.command(ctx, name, args...)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &out
	err := cmd.Run()
	return out.String(), err
}

// does runs a client that must succeed.
func (s *stand) does(name string, args ...string) string {
	s.Helper()
	out, err := s.try(nil, name, args...)
	if err != nil {
		s.Fatalf("%s %v: %v\n%.3000s", name, args, err, out)
	}
	return out
}

// fails runs a client that must end with an error.
func (s *stand) fails(name string, args ...string) string {
	s.Helper()
	out, err := s.try(nil, name, args...)
	if err == nil {
		s.Fatalf("%s %v: no error\n%.3000s", name, args, out)
	}
	return out
}

// refusal wants code and record of the refusal in what a client showed.
func (s *stand) refusal(shown string) {
	s.Helper()
	if !strings.Contains(shown, string(conformCode)) || refusedWith.FindString(shown) == "" {
		s.Fatalf("no reason or no record in what the client shows:\n%.3000s", shown)
	}
	s.shown += shown
}

// file writes a file in the client's home.
func (s *stand) file(name, text string) string {
	s.Helper()
	path := filepath.Join(s.home, name)
	put(s.T, path, text)
	return path
}

// patient is a document with the identity.
func (s *stand) patient() string {
	p := s.k.person
	return `{"patient":{"身份证号":"` + p.ResidentID + `","手机号":"` + p.Mobile + `"}}` + "\n"
}

// sameFile wants a file to hold what another one does.
func (s *stand) sameFile(got, want string) {
	s.Helper()
	if g, w := s.sumOf(got), s.sumOf(want); g != w {
		s.Errorf("%s has %s, want %s", filepath.Base(got), g, w)
	}
}

// sumOf is the SHA-256 of a file, hex.
func (s *stand) sumOf(path string) string {
	s.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		s.Fatal(err)
	}
	return sumHex(data)
}

func sumHex(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// arrived wants exactly one more request at the origin, with that body, and
// returns it.
func (s *stand) arrived(n int, sum string) arrival {
	s.Helper()
	s.shore.settled(s)
	all := s.shore.arrivals()
	if len(all) != n {
		s.Fatalf("origin saw %d requests, want %d: %+v", len(all), n, all)
	}
	last := all[n-1]
	if last.sum != sum {
		s.Errorf("origin got %d bytes with %s, want %s", last.bytes, last.sum, sum)
	}
	return last
}
