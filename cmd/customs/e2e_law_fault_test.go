package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
)

// A module that fails, in each of the ways that a module can, where the
// condition is met.
const (
	// errs gives one input two answers.
	errs = `package customs.operator

twice(x) := x if COND

twice(x) := x + 1 if COND

deny contains "errs" if twice(1) == 7
`
	loops = `package customs.operator

deny contains "loops" if {
	COND
	some a in numbers.range(1, 20000)
	some b in numbers.range(1, 20000)
	a * b == -1
}
`
	nonsense = `package customs.operator

deny contains {"what": "is", "this": 7} if COND
`
)

// always and both are conditions of a module: met by each question, or by one
// that no sample is like.
const (
	always = "input.stage"
	both   = `{"pi.contact.mobile", "pi.contact.email", "pi.finance.bankcard"} & {f.class | some f in input.found} == {"pi.contact.mobile", "pi.contact.email"}`
)

func failing(module, condition string) string { return strings.ReplaceAll(module, "COND", condition) }

// lawFault is something that must be refused, with what the log must say.
type lawFault struct {
	name  string
	put   func(*lawCity)
	names []string
}

// fileFaults are files of the law, and bundles, that are not to be trusted or
// not understood.
func fileFaults(t *testing.T) []lawFault {
	strict := pack(t, "reach: 100000,", "reach: 1,")
	signed := func(name, text string) func(*lawCity) {
		return func(c *lawCity) { c.putPack(name, text) }
	}
	return []lawFault{
		{"a pack that was changed after it was signed", func(c *lawCity) {
			c.putPack("cn-2024.yaml", strict)
			writeTest(t, filepath.Join(c.dir, "packs", "cn-2024.yaml"), pack(t, "reach: 100000,", "reach: 900000,"))
		}, []string{"cn-2024.yaml", "signature"}},
		{"a pack that a stranger signed", func(c *lawCity) {
			c.law, _ = testKey(t, "stranger")
			c.putPack("cn-2024.yaml", strict)
		}, []string{"cn-2024.yaml", "no trusted key"}},
		{"a pack without a signature", func(c *lawCity) {
			writeTest(t, filepath.Join(c.dir, "packs", "cn-2024.yaml"), strict)
		}, []string{"cn-2024.yaml", "has no signature"}},
		{"an expired pack", signed("cn-2024.yaml", expiredPack(t)), []string{"no rule pack in force", "cn-2024"}},
		{"an unknown field", signed("cn-2024.yaml", pack(t, "minor_age: 14", "minor_age: 14\nminor_aeg: 18")), []string{"cn-2024.yaml", "minor_aeg"}},
		{"rows of a list that contradict each other", signed("list.yaml", contradictory), []string{"list.yaml", "entries[0].rules[1].pathway"}},
		{"a bundle of which a byte was changed", func(c *lawCity) {
			body, err := os.ReadFile(filepath.Join(c.dir, "own.tar.gz"))
			if err != nil {
				t.Fatal(err)
			}
			body[len(body)/2] ^= 1
			c.putBundle(body)
		}, []string{"bundle"}},
		{"a bundle of which a module was changed after it was signed", func(c *lawCity) {
			c.putBundle(repacked(t, filepath.Join(c.dir, "own.tar.gz"), quiet, quiet+"# changed\n"))
		}, []string{"bundle", "own.rego"}},
		{"a bundle that a stranger signed", func(c *lawCity) {
			c.policy, _ = testKey(t, "stranger")
			c.putModule("package customs.operator\n\ndeny contains \"all\" if true\n")
		}, []string{"bundle", "policy.keys"}},
		{"no bundle", func(c *lawCity) { c.putBundle([]byte("this is none")) }, []string{"bundle"}},
	}
}

const endless = "a module that loops"

// moduleFaults are modules of an operator's directory.
func moduleFaults(*testing.T) []lawFault {
	module := func(text string) func(*lawCity) {
		return func(c *lawCity) { c.putModule(text) }
	}
	return []lawFault{
		{"a module that is no Rego", module("package customs.operator\n\ndeny contains\n"), []string{"own.rego"}},
		{"a module that does not compile", module("package customs.operator\n\ndeny contains \"x\" if nobody.knows(input)\n"), []string{"own.rego", "nobody.knows"}},
		{"a module that errs", module(failing(errs, always)), []string{"own.rego:5", "mend the modules in"}},
		{endless, module(failing(loops, always)), []string{"ran out of time", "mend the modules in"}},
		{"a module that answers nonsense", module(failing(nonsense, always)), []string{"deny, hold and require", "must be strings", "mend the modules in"}},
	}
}

func expiredPack(t *testing.T) string {
	return pack(t, "effective_from: 2024-03-22", "effective_from: 2024-03-22\neffective_to: 2025-12-31")
}

// contradictory is a list whose second row can never be met.
const contradictory = `schema: dc.list/1
id: CN-XX-TEST
title: test
type: negative
zones: [CN-SH-FTZ]
effective_from: 2025-01-01
applies_to: {registered_in_zone: true, export_from_zone: false}
requires_registration: false
covers: [retail.*]
verified: true
source: test
entries:
  - id: member
    sector: retail
    scenario: retail.*
    data_class: pi
    classes: [pi.contact.mobile]
    source: test
    rules:
      - {min: 0, pathway: NONE}
      - {min: 1000, pathway: SA}
    verified: true
`

// TestFaultyLawIsRefused brings each fault before a gateway under traffic: it
// is refused with its name, and every flow is judged as before.
func TestFaultyLawIsRefused(t *testing.T) {
	t.Parallel()
	for source, faults := range map[string][]lawFault{bundleBySig: fileFaults(t), modulesInDir: moduleFaults(t)} {
		c, err := newLawCity(t, source, nil)
		if err != nil {
			t.Fatalf("serve: %v\n%s", err, c.output())
		}
		f := c.traffic(map[string]int{"nothing to see": http.StatusOK, adult(7): http.StatusOK, childWithDiagnosis(t): http.StatusForbidden})
		for _, tt := range faults {
			t.Run(tt.name, func(t *testing.T) { c.refuses(t, tt) })
		}
		f.end(t)
		reloaded := strings.Count(c.output(), `"msg":"reloaded"`)
		c.signal(syscall.SIGHUP)
		c.waitOutput(`"msg":"reloaded"`, reloaded+1)
		t.Logf("%d flows meanwhile, none judged otherwise", f.sent.Load())
	}
}

// refuses wants a fault to be refused by its name.
func (c *lawCity) refuses(t *testing.T, tt lawFault) {
	law, bundles := c.law, c.policy
	before, said := strings.Count(c.output(), "reload refused"), len(c.output())
	tt.put(c)
	c.signal(syscall.SIGHUP)
	c.waitOutput("reload refused", before+1)
	_, text, _ := strings.Cut(c.output()[said:], `"msg":"reload refused`)
	text, _, _ = strings.Cut(text, "\n")
	t.Log(text)
	for _, name := range tt.names {
		if !strings.Contains(text, name) {
			t.Errorf("no %q in %s", name, text)
		}
	}
	c.law, c.policy = law, bundles
	c.clear(t)
}

// clear takes every file of the law away and puts the quiet bundle back.
func (c *lawCity) clear(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(c.dir, "packs", "*"))
	for _, f := range files {
		if err == nil {
			err = os.Remove(f)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	c.putModule(quiet)
}

// TestNothingValidLetsNothingGo starts gateways of which a part of the law is
// not valid from the first: they name the fault and do not start, so nothing
// goes.
func TestNothingValidLetsNothingGo(t *testing.T) {
	t.Parallel()
	for source, faults := range map[string][]lawFault{bundleBySig: fileFaults(t), modulesInDir: moduleFaults(t)} {
		for _, tt := range faults {
			t.Run(tt.name, func(t *testing.T) {
				if tt.name == endless {
					t.Skip("takes the whole limit; TestFaultyLawIsRefused waits for it")
				}
				c := layLawCity(t, source)
				tt.put(c)
				if err := c.start(); err == nil {
					t.Error("it started")
				}
				for _, name := range tt.names {
					if !strings.Contains(c.output(), name) {
						t.Errorf("no %q in %s", name, c.output())
					}
				}
			})
		}
	}
}

// repacked is a bundle in which a text stands in the place of another.
func repacked(t *testing.T, path, old, text string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	gz, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	packed := gzip.NewWriter(&out)
	in, to, swapped := tar.NewReader(gz), tar.NewWriter(packed), 0
	for {
		h, err := in.Next()
		if err == io.EOF {
			break
		}
		body, rerr := io.ReadAll(in)
		if err := errors.Join(err, rerr); err != nil {
			t.Fatal(err)
		}
		if string(body) == old {
			body, swapped = []byte(text), swapped+1
		}
		h.Size = int64(len(body))
		if err := to.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(body); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(to.Close(), packed.Close()); err != nil || swapped != 1 {
		t.Fatalf("%d modules changed, %v", swapped, err)
	}
	return out.Bytes()
}

// TestAModuleThatFailsForOneFlow is in force for all others; the flow for
// which it fails is blocked, and the origin hears nothing of it.
func TestAModuleThatFailsForOneFlow(t *testing.T) {
	t.Parallel()
	for name, module := range map[string]string{"errs": errs, "loops": loops, "nonsense": nonsense} {
		t.Run(name, func(t *testing.T) {
			c, err := newLawCity(t, bundleBySig, nil)
			if err != nil {
				t.Fatalf("serve: %v\n%s", err, c.output())
			}
			client := c.client(true)
			c.sees(client, adult(9), http.StatusOK, "")
			c.putModule(failing(module, both))
			c.signal(syscall.SIGHUP)
			waitFor(t, "the reload", func() bool { return strings.Contains(c.output(), "reload") })
			if !strings.Contains(c.output(), `"msg":"reloaded"`) {
				t.Fatal(c.output())
			}
			p := synth.New(9, time.Now()).Adult()
			body := `{"mobile":"` + p.Mobile + `","email":"` + p.Email + `"}`
			before := len(c.origin.arrivals())
			began := time.Now()
			status, _, answer := c.post(client, "/", body)
			t.Logf("blocked after %s", time.Since(began).Round(time.Millisecond))
			if status != http.StatusForbidden || !strings.Contains(answer, "DECIDER_FAILED") || len(c.origin.arrivals()) != before {
				t.Errorf("%d\n%s", status, answer)
			}
			if status, _, answer := c.post(client, "/", "nothing to see"); status != http.StatusOK {
				t.Errorf("another flow: %d\n%s", status, answer)
			}
		})
	}
}
