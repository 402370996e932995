package certs_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/certs"
)

const day = 24 * time.Hour

// roles lists the roles of a status, with the ids for comparison.
func roles(a *certs.Authority) (out []certs.Role) {
	for _, i := range a.Status() {
		out = append(out, i.Role)
	}
	return out
}

func TestRotateWalksThroughItsPhases(t *testing.T) {
	dir, c := filepath.Join(t.TempDir(), "ca"), newClock()
	a := openCA(t, dir, c)
	m := newMinter(t, a, c, 0)
	oldBundle := a.Bundle()
	r, err := a.Rotate(certs.RotateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Activates.Equal(start.Add(7*day)) || !r.Retires.Equal(start.Add(14*day)) {
		t.Errorf("plan %+v", r)
	}
	phases := []struct {
		name   string
		after  time.Duration
		signer string
		roles  []certs.Role
	}{
		{"before activation", 0, r.Old, []certs.Role{certs.Active, certs.Next}},
		{"last second before activation", 7*day - time.Second, r.Old, []certs.Role{certs.Active, certs.Next}},
		{"activation", time.Second, r.New, []certs.Role{certs.Active, certs.Previous}},
		{"last second of the overlap", 7*day - time.Second, r.New, []certs.Role{certs.Active, certs.Previous}},
		{"old CA retired", time.Second, r.New, []certs.Role{certs.Active}},
	}
	for _, p := range phases {
		c.Add(p.after)
		for _, who := range []*certs.Authority{a, openCA(t, dir, c)} { // also after a restart
			if got := who.Status()[0].ID; got != p.signer {
				t.Errorf("%s: %s signs, want %s", p.name, got, p.signer)
			}
			if got := roles(who); !slices.Equal(got, p.roles) {
				t.Errorf("%s: roles %v, want %v", p.name, got, p.roles)
			}
		}
		leaf, err := m.Leaf("example.com")
		if err != nil {
			t.Fatal(err)
		}
		verify(t, leaf, a.Bundle(), "example.com", c.Now())
		_, err = leaf.Leaf.Verify(x509.VerifyOptions{Roots: pool(t, oldBundle), CurrentTime: c.Now()})
		if oldOnly := err == nil; oldOnly != (p.signer == r.Old) {
			t.Errorf("%s: a client with the old CA only accepts the leaf: %v", p.name, oldOnly)
		}
	}
	if keys, _ := filepath.Glob(filepath.Join(dir, "*.key")); len(keys) != 1 {
		t.Errorf("after the overlap there are keys %v", keys)
	}
}

func TestRotateAgain(t *testing.T) {
	dir, c := filepath.Join(t.TempDir(), "ca"), newClock()
	a := openCA(t, dir, c)
	plan, err := a.Rotate(certs.RotateOptions{ActivateAfter: 30 * day})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Rotate(certs.RotateOptions{}); !errors.Is(err, certs.ErrPending) {
		t.Errorf("second rotation: %v, want ErrPending", err)
	}
	now, err := a.Rotate(certs.RotateOptions{AtOnce: true, DropOld: true})
	if err != nil {
		t.Fatal(err)
	}
	if now.New != plan.New || !now.Activates.Equal(start) || !now.Retires.Equal(start) {
		t.Errorf("activation at once gave %+v after %+v", now, plan)
	}
	if got := roles(a); !slices.Equal(got, []certs.Role{certs.Active}) {
		t.Errorf("roles %v, want the new CA alone", got)
	}
	if _, err := os.Stat(filepath.Join(dir, plan.Old+".key")); err == nil {
		t.Error("the key of a dropped CA is still there")
	}
}

func TestReloadSeesAnotherProcess(t *testing.T) {
	dir, c := filepath.Join(t.TempDir(), "ca"), newClock()
	gateway, command := openCA(t, dir, c), openCA(t, dir, c)
	m := newMinter(t, gateway, c, 0)
	before, err := m.Leaf("example.com")
	if err != nil {
		t.Fatal(err)
	}
	if err := gateway.Reload(); err != nil {
		t.Fatal(err)
	}
	if same, _ := m.Leaf("example.com"); same != before {
		t.Error("a Reload without a change threw the leaves away")
	}
	r, err := command.Rotate(certs.RotateOptions{AtOnce: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := gateway.Reload(); err != nil {
		t.Fatal(err)
	}
	if got := gateway.Status()[0].ID; got != r.New {
		t.Errorf("%s signs, want %s", got, r.New)
	}
	after, err := m.Leaf("example.com")
	if err != nil {
		t.Fatal(err)
	}
	if after == before {
		t.Error("the leaf of the old CA is still shown")
	}
	if err := os.Remove(filepath.Join(dir, "state.json")); err != nil {
		t.Fatal(err)
	}
	if err := gateway.Reload(); err == nil {
		t.Error("Reload without a state reported nothing")
	}
	if _, err := m.Leaf("example.org"); err != nil {
		t.Errorf("a failed Reload took the CA away: %v", err)
	}
}

// TestRotateAfterCrash stops a rotation before every change of the folder, and
// wants the old plan or the new one, whole.
func TestRotateAfterCrash(t *testing.T) {
	errCrash := errors.New("crash")
	for stop := 1; ; stop++ {
		dir, c := filepath.Join(t.TempDir(), "ca"), newClock()
		a := openCA(t, dir, c)
		old := a.Bundle()
		steps := 0
		a.SetSteps(func(string) error {
			if steps++; steps == stop {
				return errCrash
			}
			return nil
		})
		_, err := a.Rotate(certs.RotateOptions{AtOnce: true, DropOld: true})
		b := openCA(t, dir, c)
		if rerr := b.Ready(); rerr != nil {
			t.Errorf("step %d: %v", stop, rerr)
		}
		if kept := bytes.Equal(b.Bundle(), old); !kept && stop < 6 {
			t.Errorf("step %d: the old CA went before the new one was whole", stop)
		}
		if err == nil {
			if stop < 9 {
				t.Errorf("only %d steps were tried", stop-1)
			}
			return
		}
		if !errors.Is(err, errCrash) {
			t.Fatalf("step %d: %v", stop, err)
		}
		if _, err := b.Rotate(certs.RotateOptions{AtOnce: true}); err != nil {
			t.Errorf("step %d: the rotation cannot be repeated: %v", stop, err)
		}
	}
}

func TestBundleOf(t *testing.T) {
	c := newClock()
	a := openCA(t, filepath.Join(t.TempDir(), "ca"), c)
	if _, err := a.Rotate(certs.RotateOptions{}); err != nil {
		t.Fatal(err)
	}
	active, next := a.BundleOf(certs.Active), a.BundleOf(certs.Next)
	if bytes.Equal(active, next) || !bytes.Equal(a.Bundle(), join(active, next)) {
		t.Error("the bundle is not the active and the next CA")
	}
	if got := a.BundleOf(certs.Previous); len(got) != 0 {
		t.Errorf("a previous CA of %d bytes before the activation", len(got))
	}
}

func TestHints(t *testing.T) {
	want := []string{"debian", "rhel", "macos", "windows", "java", "node", "python", "go"}
	for _, lang := range []string{"en", "zh-CN", ""} {
		got := certs.Hints(lang, "/tmp/my ca.pem")
		if len(got) != len(want) {
			t.Fatalf("%d hints, want %d", len(got), len(want))
		}
		for n, h := range got {
			if h.Platform != want[n] || h.Text == "" || len(h.Commands) == 0 {
				t.Errorf("hint %d is %+v", n, h)
			}
			all := strings.Join(h.Commands, "\n")
			if strings.Contains(all, "{") || !strings.Contains(all, `'/tmp/my ca.pem'`) && !strings.Contains(all, `"/tmp/my ca.pem"`) {
				t.Errorf("%s: the path is not quoted in %q", h.Platform, all)
			}
			if han := strings.ContainsFunc(h.Text, func(r rune) bool { return r >= 0x4e00 }); han != (lang == "zh-CN") {
				t.Errorf("%s in %q: %s", h.Platform, lang, h.Text)
			}
		}
	}
}
