package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
)

// withPanics makes the test binary a gateway whose scans panic, quoting what
// they read.
const withPanics = "CUSTOMS_TEST_WITH_PANICS"

func servePanicking(file string) int {
	cfg, err := config.Load(file)
	if err == nil {
		log, _ := newLogger("debug")
		err = serve(context.Background(), cfg, file, log, extras{inspector: func(i inspect.Inspector) inspect.Inspector {
			return panicking{i}
		}})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	return 0
}

type panicking struct{ inspect.Inspector }

// Open opens a scan of a body that panics at its first bytes.
func (p panicking) Open(m inspect.Meta, spool io.ReaderAt) (inspect.Scan, error) {
	s, err := p.Inspector.Open(m, spool)
	if m.Kind == inspect.Body {
		s = panickingScan{s}
	}
	return s, err
}

type panickingScan struct{ inspect.Scan }

func (panickingScan) Write(b []byte) (int, error) { panic("cannot read " + string(b)) }

// TestPanicIsContained wants a panic of a part to end one exchange with its
// reason, to end nothing else, and to quote nothing anywhere.
func TestPanicIsContained(t *testing.T) {
	t.Setenv("CUSTOMS_BIN", "") // only the test binary can be made to panic
	c := newCity(t, sampleConfig, withPanics+"=1")
	values := marked()
	var seen bytes.Buffer
	for _, h2 := range []bool{false, true} {
		client := c.client(h2)
		for _, v := range values {
			status, header, answer := c.post(client, "/", v)
			if status != http.StatusForbidden || !strings.Contains(answer, "SCAN_FAILED") {
				t.Errorf("h2 %v: %d %s", h2, status, answer)
			}
			fmt.Fprintln(&seen, header, answer)
		}
		if resp, err := client.Get(c.origin.URL + "/clean"); err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("after a panic the next request failed: %v", err)
		} else {
			resp.Body.Close()
		}
	}
	if n := len(c.origin.arrivals()); n != 2 {
		t.Errorf("origin saw %d requests, want the 2 without a body", n)
	}
	c.stop()
	seen.WriteString(c.output())
	searchAll(t, c, seen.Bytes(), values)
}
