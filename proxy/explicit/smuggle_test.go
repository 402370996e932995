package explicit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/sniff"
)

// row is one trick. want is "pass" where origin and inspection must read the
// same, or else what refuses it: a reason code, "closed" where the client did
// not even finish its head, or the error of HTTP/2.
type row struct {
	name    string
	in      string            // for HTTP/1, with the names of the desk to fill in
	h2      func(c *h2Client) // for HTTP/2
	door    bool              // without a tunnel
	connect string            // the authority of the tunnel; {A}
	sni     string            // name; "-" sends none
	alone   bool              // on a desk of its own: its records may come late
	want    string
}

// result is what came of a row.
type result struct {
	answer  string
	records []policy.Record
	views   []view   // inspected
	streams [][]byte // at the origins
}

// TestTricks compares, row by row, what the client sent, what was inspected
// and what the origin received, each read strictly and leniently. Where they
// differ nothing may have left.
func TestTricks(t *testing.T) {
	t.Parallel()
	rows := allRows()
	if len(rows) < 150 {
		t.Errorf("the table has %d rows, want 150", len(rows))
	}
	shared := newDesk(t, false)
	for n, r := range rows {
		d := shared
		if r.alone {
			d = newDesk(t, false)
		}
		res := d.play(r)
		class, err := d.judge(r, res)
		if err != nil || !slices.Contains(strings.Split(r.want, "|"), class) {
			t.Errorf("%s: got %s, %v, want %s\nanswer %.300q", r.name, class, err, r.want, res.answer)
		}
		t.Logf("%3d  %-62s %s", n+1, r.name, class)
	}
}

// Without the checks the same comparison must find tricks that get through.
func TestTricksWithoutTheChecks(t *testing.T) {
	t.Parallel()
	d := newDesk(t, true)
	var differ, unrecorded int
	for _, r := range smuggleRows() {
		switch class, err := d.judge(r, d.play(r)); {
		case err != nil:
			differ++
			t.Logf("%s: %v", r.name, err)
		case strings.HasPrefix(class, "unrecorded"):
			unrecorded++
		}
	}
	if differ == 0 || unrecorded == 0 {
		t.Errorf("%d rows differ and %d are refused without a record, want some of each", differ, unrecorded)
	}
	t.Logf("%d rows differ, %d are refused without a record", differ, unrecorded)
}

// play sends a row and waits until it is over.
func (d *desk) play(r row) (res result) {
	ctx, cancel := context.WithTimeout(d.t.Context(), 5*time.Second)
	defer cancel()
	d.house.Forget()
	c, err := d.open(ctx, r)
	if err != nil {
		res.answer = err.Error()
	} else {
		c.SetDeadline(time.Now().Add(5 * time.Second))
		if r.h2 != nil {
			res.answer = driveH2(d, c, r.h2)
			if !strings.HasPrefix(res.answer, "h2:") {
				d.house.Records(ctx, 1) // an answer may come before its record
			}
		} else {
			io.WriteString(c, d.fill(r.in))
			if w, ok := c.(interface{ CloseWrite() error }); ok && r.want == "closed" {
				w.CloseWrite()
			}
			b, err := io.ReadAll(c)
			res.answer = string(b)
			if len(b) == 0 && err != nil && errors.Is(err, context.DeadlineExceeded) {
				res.answer = "hangs"
			}
		}
		c.Close()
	}
	res.records, _ = d.house.Records(ctx, 0)
	res.views, res.streams = d.seen(), append(d.tls.take(), d.plain.take()...)
	return res
}

func (d *desk) open(ctx context.Context, r row) (net.Conn, error) {
	if r.door {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "tcp", d.addr)
	}
	connect, sni := r.connect, r.sni
	if connect == "" {
		connect = "{A}"
	}
	switch sni {
	case "":
		sni = name
	case "-":
		sni = ""
	}
	var protos []string
	if r.h2 != nil {
		protos = []string{"h2"}
	}
	return tunnelTo(ctx, d, d.fill(connect), sni, protos)
}

// judge says what became of a row. The error tells of two readings.
func (d *desk) judge(r row, res result) (string, error) {
	sent, _ := read([]byte(d.fill(r.in)), true)
	loose, _ := read([]byte(d.fill(r.in)), false)
	next, arrived := 0, 0
	for _, s := range res.streams {
		strict, whole := read(s, true)
		lenient, _ := read(s, false)
		if !whole || len(strict) != len(lenient) {
			return "", fmt.Errorf("two readings at the origin of %.200q", s)
		}
		for k, v := range strict {
			arrived++
			if err := v.same(lenient[k]); err != nil || v.host != lenient[k].host {
				return "", fmt.Errorf("two readings at the origin: %w", err)
			}
			for next < len(res.views) && v.same(res.views[next]) != nil {
				next++
			}
			if next == len(res.views) {
				return "", fmt.Errorf("origin read %.100q, inspected were %.200q", v, res.views)
			}
			if err := d.host(v.host, res.records); err != nil {
				return "", err
			}
			if r.h2 == nil {
				if err := asSent(res.views[next], sent, loose, next); err != nil {
					return "", err
				}
			}
			next++
		}
	}
	var released int
	for _, rec := range res.records {
		if rec.Outcome != nil && rec.Outcome.Sent != policy.SentNone {
			released++
		}
	}
	// Of a stream that was reset while it was sent a record may say too much.
	if released < arrived || released > arrived && !strings.HasPrefix(res.answer, "h2:") {
		return "", fmt.Errorf("%d requests arrived, %d records say so", arrived, released)
	}
	return class(res), nil
}

// asSent compares what was inspected with both readings of what was sent.
func asSent(v view, strict, lenient []view, k int) error {
	for how, readings := range map[string][]view{"strictly": strict, "leniently": lenient} {
		if k >= len(readings) {
			return fmt.Errorf("what the client sent is %s no such request", how)
		}
		s := readings[k]
		if v.method != s.method || v.target != meant(s.target) || v.body != s.body {
			return fmt.Errorf("the client sent, read %s, %.100q, inspected was %.100q", how, s, v)
		}
	}
	return nil
}

// host wants the origin's Host to be the one that a record names, in the
// canonical form.
func (d *desk) host(h string, records []policy.Record) error {
	for _, rec := range records {
		usual := uint16(443)
		if rec.Intent.Scheme == "http" {
			usual = 80
		}
		got, port, err := sniff.HostPort(h, usual)
		if err == nil && got == rec.Intent.Host && port == rec.Intent.Port && strings.HasPrefix(strings.Trim(h, "["), got) {
			return nil
		}
	}
	return fmt.Errorf("the origin was told Host %q, which no record names", h)
}

// class says how a row ended.
func class(res result) string {
	var last *policy.Record
	for k := range res.records {
		if res.records[k].Intent.Enforced == policy.Block {
			last = &res.records[k]
		}
	}
	switch {
	case last != nil:
		code := string(last.Intent.Decided.Reasons[0].Code)
		if (code == string(policy.ClientGone) || code == malformed) && strings.HasPrefix(res.answer, "h2:") {
			return res.answer // it was reset while its body was read
		}
		if !strings.Contains(res.answer, code) || !strings.Contains(res.answer, last.ID) {
			return "unsaid " + code
		}
		return code
	case res.answer == "":
		return "closed"
	case strings.HasPrefix(res.answer, "h2:"):
		return res.answer
	case len(res.records) > 0:
		return "pass"
	}
	return "unrecorded " + strings.SplitN(res.answer, "\r\n", 2)[0]
}

// A reader of views that agreed with everything would prove nothing.
func TestViewsDiffer(t *testing.T) {
	for _, in := range []string{
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"GET / HTTP/1.1\nHost: a\n\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\n",
	} {
		strict, whole := read([]byte(in), true)
		lenient, _ := read([]byte(in), false)
		if whole && len(strict) == len(lenient) {
			t.Errorf("%q reads the same strictly and leniently", in)
		}
	}
	plain := []byte("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: u\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n")
	strict, whole := read(plain, true)
	lenient, _ := read(plain, false)
	if !whole || len(strict) != 2 || len(lenient) != 2 || strict[0] != lenient[0] || strict[1] != lenient[1] || strict[0].body != "abc" || strict[0].trailer != "x-t: u" {
		t.Errorf("got %q and %q", strict, lenient)
	}
}
