package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/synth"
	"github.com/datacustoms/customs/policy"
)

// ending is how a row of the table must end.
type ending string

const (
	toPass   ending = "clean"   // nothing is found and it passes
	toCover  ending = "covered" // persons are found, and a filing covers them
	toRefuse ending = "refused" // persons are found and nothing covers them
)

// conformFiling covers what the rows that end covered send.
const conformFiling = "SC-CONFORM"

// conformCode is why the others are refused: the exporter has that filing, and
// it is for another recipient.
const conformCode = policy.RecipientMismatch

// conformClient is one real client and what it does.
type conformClient struct {
	name    string
	tool    string   // program that it needs, "" for one inside the test
	version []string // arguments that make the program tell its version
	quick   bool     // runs everywhere, the others where all rows do
	rows    func(g *group)
}

// conformClients are the clients of the table, the slowest first.
func conformClients() []conformClient {
	return []conformClient{
		{"chromium", "chromium", []string{"--version"}, false, chromiumRows},
		{"java", "java", []string{"-version"}, false, javaRows},
		{"npm", "npm", []string{"--version"}, false, npmRows},
		{"curl", "curl", []string{"--version"}, true, curlRows},
		{"go", "go", []string{"version"}, false, goRows},
		{"apt", "apt-get", []string{"--version"}, false, aptRows},
		{"git", "git", []string{"--version"}, true, gitRows},
		{"s3cmd", "s3cmd", []string{"--version"}, false, s3Rows},
		{"python", debianPython, []string{"--version"}, false, pythonRows},
		{"node", "node", []string{"--version"}, false, nodeRows},
		{"wget", "wget", []string{"--version"}, false, wgetRows},
		{"openssl", "openssl", []string{"version"}, false, opensslRows},
		{"curl, streams", "curl", []string{"--version"}, true, streamRows},
		{"grpc-go", "", nil, false, grpcRows},
		{"websocket in Go", "", nil, false, socketRows},
	}
}

// withNames makes the test binary a gateway that finds *.example.sg on
// loopback: some clients use no proxy for an address there.
const withNames = "CUSTOMS_TEST_WITH_NAMES"

// conformity is the gateway of the table.
type conformity struct {
	*city
	cert   shoreCertificate
	person synth.Person

	mu     sync.Mutex
	bodies map[int]string // files of clean text, by length
	table  []string
}

// TestConformance sends by real clients through the interception: what holds
// nothing and what a filing covers arrive to the byte, the rest is refused in a
// form that the client shows, and each has its record.
func TestConformance(t *testing.T) {
	t.Parallel()
	k := newConformity(t)
	t.Cleanup(func() { t.Log("the table:\n" + k.printed()) })
	for _, c := range conformClients() {
		if !c.quick && !allRows() {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := &group{T: t, k: k, name: c.name, version: "this test's"}
			if c.tool != "" {
				g.version = toolVersion(needTool(t, c.tool), c.version)
			}
			start := time.Now()
			c.rows(g)
			g.checkRecords()
			k.tell(g, time.Since(start))
		})
	}
}

// allRows says to run the whole table: in CI, in the stage that is without the
// race detector.
func allRows() bool { return inCI() && !raceDetector }

func newConformity(t *testing.T) *conformity {
	t.Helper()
	dir := t.TempDir()
	k := &conformity{cert: newShoreCertificate(t), person: synth.New(11, time.Now()).Minor(), bodies: map[int]string{}}
	k.city = &city{gatewayProcess: &gatewayProcess{t: t, dir: dir}, origin: newOrigin(t), caFile: filepath.Join(dir, "ca.pem")}
	roots := k.origin.rootPEM(t, dir, "extra-roots.pem")
	text, err := os.ReadFile(roots)
	if err != nil {
		t.Fatal(err)
	}
	put(t, roots, string(text)+string(k.cert.root))
	now := time.Now()
	filing, err := json.Marshal(demoFiling(conformFiling, demoMotors, "crm.example.sg",
		[]inspect.Class{inspect.ResidentID, inspect.Mobile, inspect.Email}, 1000, now.AddDate(0, -1, 0), now.AddDate(1, 0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "customs.yaml")
	put(t, config, sampleConfig)
	put(t, filepath.Join(dir, "filing.json"), string(filing))
	if out, code := k.customs("filing", "add", filepath.Join(dir, "filing.json")); code != 0 {
		t.Fatalf("filing add: %s", out)
	}
	self, err := os.Executable() // only the test binary knows the names
	if err != nil {
		t.Fatal(err)
	}
	if k.gatewayProcess, err = runGateway(t, exec.Command(self, "serve", "--config", config), dir, withNames+"=1"); err != nil {
		t.Fatalf("customs serve: %v\n%s", err, k.output())
	}
	return k
}

// body is a file of n bytes in which nothing is to be found, no two lines of
// it alike.
func (k *conformity) body(t *testing.T, n int) string {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.bodies[n] == "" {
		k.bodies[n] = filepath.Join(k.dir, fmt.Sprint("body", n))
		put(t, k.bodies[n], string(cleanText(n)))
	}
	return k.bodies[n]
}

// cleanText is n bytes of lines that count in words.
func cleanText(n int) []byte {
	words := strings.Fields("anchor bollard capstan dock ebb ferry gangway harbour island jetty")
	out := make([]byte, 0, n+64)
	for line := 0; len(out) < n; line++ {
		for rest := line; ; rest /= 10 {
			out = append(append(out, words[rest%10]...), ' ')
			if rest < 10 {
				break
			}
		}
		out = append(out, '\n')
	}
	return out[:n]
}

func (k *conformity) tell(g *group, took time.Duration) {
	ok := "ok"
	if g.Failed() {
		ok = "FAILED"
	}
	count := map[ending]int{}
	for _, s := range g.stands {
		count[s.want]++
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.table = append(k.table, fmt.Sprintf("%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s", g.name, g.version, len(g.stands),
		count[toPass], count[toCover], count[toRefuse], took.Round(10*time.Millisecond), ok))
}

func (k *conformity) printed() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	slices.Sort(k.table)
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "client\tversion\trows\tclean\tcovered\trefused\ttime\t")
	fmt.Fprintln(w, strings.Join(k.table, "\n"))
	w.Flush()
	return out.String()
}

var aVersion = regexp.MustCompile(`\d+(\.\d+)+[0-9A-Za-z.+~-]*`)

// toolVersion is the first version that a program tells of itself.
func toolVersion(path string, args []string) string {
	out, _ := exec.Command(path, args...).CombinedOutput()
	return aVersion.FindString(string(out))
}

// wantedOf says why records do not fit how a row must end; "" if they do. Each
// request that arrived has a record of its own, and each that was refused too.
func wantedOf(s *stand, all []policy.Record) string {
	passed, blocked, filed := 0, 0, 0
	for _, r := range all {
		v := r.Verdict()
		if r.Outcome != nil && r.Outcome.Sent != policy.SentNone {
			passed++
		}
		switch {
		case r.Intent.Enforced != policy.Pass || r.CutOff(): // the latter in the midst of messages
			blocked++
			if !v.Has(conformCode) {
				return fmt.Sprintf("%s was refused for %v", r.ID, v.Reasons)
			}
		case r.Outcome.Sent != policy.SentAll || r.Outcome.Fault != "" && r.Outcome.Fault != policy.ClientGone:
			// A client that has its whole answer may be gone before the gateway
			// knows that it has; what it got is compared where it is.
			return fmt.Sprintf("%s: sent %s, fault %q", r.ID, r.Outcome.Sent, r.Outcome.Fault)
		case v.Filing == conformFiling || r.Groups != nil && r.Groups.Verdict.Filing == conformFiling:
			filed++
		case r.Intent.Persons.Total > 0:
			return fmt.Sprintf("%s passed with %d persons", r.ID, r.Intent.Persons.Total)
		}
	}
	if n := len(s.shore.arrivals()); passed != n {
		return fmt.Sprintf("%d records that passed, %d requests at the origin", passed, n)
	}
	if s.want == toPass && (blocked > 0 || filed > 0 || passed == 0) || s.want == toCover && (blocked > 0 || filed == 0) ||
		s.want == toRefuse && (blocked == 0 || filed > 0) {
		return fmt.Sprintf("%d passed (%d under the filing), %d were refused", passed, filed, blocked)
	}
	return ""
}
