package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/sign"
)

// holdRule is an operator's module that sends email addresses to review.
const holdRule = `package customs.operator

hold contains "two-persons" if {
	some f in input.found
	f.class == "pi.contact.email"
}
`

// reviewCity is a city whose gateway holds email addresses, with reviewers.
type reviewCity struct {
	*city
	client *http.Client
	config string
	people []synth.Person
	sent   int // bodies made
}

func newReviewCity(t *testing.T, reviewers ...string) *reviewCity {
	t.Helper()
	dir := t.TempDir()
	o := newOrigin(t)
	o.rootPEM(t, dir, "extra-roots.pem")
	var lines []string
	for _, name := range append(reviewers, "mallory") {
		private, public, err := sign.Generate(name)
		if err != nil {
			t.Fatal(err)
		}
		writeTest(t, filepath.Join(dir, name+".key"), private+"\n")
		if name != "mallory" {
			lines = append(lines, `"`+public+`"`)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "rego"), 0o700); err != nil {
		t.Fatal(err)
	}
	writeTest(t, filepath.Join(dir, "rego", "own.rego"), holdRule)
	config := sampleConfig + "policy: {dir: rego}\nreview: {reviewers: [" + strings.Join(lines, ", ") + "]}\n"
	c := &city{gatewayProcess: startGateway(t, dir, config), origin: o, caFile: filepath.Join(dir, "ca.pem")}
	return &reviewCity{city: c, client: c.client(true), config: filepath.Join(dir, "customs.yaml"),
		people: synth.New(uint64(time.Now().UnixNano()), time.Now()).Adults(50)}
}

func writeTest(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// body is a transfer that is held, with persons of its own.
func (c *reviewCity) body() string {
	p := c.people[c.sent]
	c.sent++
	return `{"email":"` + p.Email + `"}`
}

// do runs a command of the program on this installation and returns what it
// printed and its exit code.
func (c *reviewCity) do(args ...string) (string, int) {
	var out, errs bytes.Buffer
	code := run(append(args, "--config", c.config), &out, &errs)
	return out.String() + errs.String(), code
}

// answer lets a reviewer approve or deny, and wants the exit code.
func (c *reviewCity) answer(want int, verb, ticket, who string, more ...string) string {
	c.t.Helper()
	args := append([]string{"review", verb, ticket, "--key", filepath.Join(c.dir, who+".key"), "--reason", "looked at by " + who}, more...)
	out, code := c.do(args...)
	if code != want {
		c.t.Fatalf("%s %ss %s: exit %d, want %d\n%s", who, verb, ticket, code, want, out)
	}
	return out
}

// held sends a body that must be held, and returns ticket and record.
func (c *reviewCity) held(body string) (ticket, record string) {
	c.t.Helper()
	before := len(c.origin.arrivals())
	status, header, text := c.post(c.client, "/", body)
	var doc struct{ Ticket, Record, Action string }
	if err := json.Unmarshal([]byte(text), &doc); err != nil || status != http.StatusForbidden || doc.Action != "hold" || doc.Ticket == "" || doc.Record == "" {
		c.t.Fatalf("not held: %d %v\n%s", status, err, text)
	}
	if header.Get("Retry-After") == "" || len(c.origin.arrivals()) != before {
		c.t.Errorf("Retry-After %q, %d requests at the origin", header.Get("Retry-After"), len(c.origin.arrivals())-before)
	}
	return doc.Ticket, doc.Record
}

// passes waits until a body passes, which is within the second in which the
// gateway takes a change up, and wants it at the origin byte for byte.
func (c *reviewCity) passes(body string) {
	c.t.Helper()
	before := len(c.origin.arrivals())
	waitFor(c.t, "the transfer to pass", func() bool {
		status, _, _ := c.post(c.client, "/", body)
		return status == http.StatusOK
	})
	got, sum := c.origin.arrivals(), sha256.Sum256([]byte(body))
	if len(got) != before+1 || got[len(got)-1].sum != hex.EncodeToString(sum[:]) {
		c.t.Fatalf("origin saw %d requests more", len(got)-before)
	}
}

// staysHeld wants a body to be held still after the gateway has taken up all
// that was answered, and returns its ticket.
func (c *reviewCity) staysHeld(body string) string {
	c.t.Helper()
	c.settled()
	ticket, _ := c.held(body)
	return ticket
}

// settled waits until the gateway has recorded every change of the register,
// which it does after it has taken them up.
func (c *reviewCity) settled() {
	c.t.Helper()
	want := c.changes()
	waitFor(c.t, "the changes to be in the log", func() bool { return len(c.acts()) >= want })
}

// changes counts the changes that commands made.
func (c *reviewCity) changes() int {
	c.t.Helper()
	r := openRegister(c.t, c.dir)
	defer r.Close()
	all, err := r.Since(context.Background(), 0)
	if err != nil {
		c.t.Fatal(err)
	}
	return len(all)
}

// openRegister opens the register beside the running gateway.
func openRegister(t testing.TB, dir string) *registry.Registry {
	t.Helper()
	r, err := registry.Open(filepath.Join(dir, "customs-data", registryFile), registry.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// acts are the changes of the register in the log, oldest first.
func (c *reviewCity) acts() []policy.Admin {
	c.t.Helper()
	var out []policy.Admin
	source := audit.Source{Files: disk.Files{}, Dir: filepath.Join(c.dir, "customs-data")}
	err := audit.Read(context.Background(), source, func(e policy.Entry) error {
		if e.Admin != nil && e.Admin.Act != "reload" && e.Admin.Act != "start" {
			out = append(out, *e.Admin)
		}
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

func (c *reviewCity) record(id string) policy.Record {
	c.t.Helper()
	source := audit.Source{Files: disk.Files{}, Dir: filepath.Join(c.dir, "customs-data")}
	r, _, err := audit.Find(context.Background(), source, id)
	if err != nil {
		c.t.Fatalf("record %s: %v", id, err)
	}
	return r
}
