package proxytest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/proxytest"
)

func TestFaultConnCutsWhereItShould(t *testing.T) {
	a, b := net.Pipe()
	defer b.Close()
	c := proxytest.NewFaultConn(a, proxytest.Fault{CutAfter: 5, Slow: 2})
	got := make(chan string, 1)
	go func() { p, _ := io.ReadAll(b); got <- string(p) }()
	n, err := c.Write([]byte("0123456789"))
	if n != 5 || !errors.Is(err, proxytest.ErrCut) || c.Written() != 5 {
		t.Errorf("Write = %d, %v, written %d", n, err, c.Written())
	}
	if p := <-got; p != "01234" {
		t.Errorf("other end got %q", p)
	}
}

func TestOriginRecordsWhatItGot(t *testing.T) {
	o, err := proxytest.NewOrigin(proxytest.OriginOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Post("http://"+o.Addr.String()+"/x", "text/plain", strings.NewReader("abc"))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	r := o.Received()
	if len(r) != 1 || r[0].SHA256 != string(b) || r[0].Bytes != 3 || r[0].ContentLength != 3 || o.Conns() != 1 {
		t.Errorf("received %+v, answered %s", r, b)
	}
}

// The fakes must be able to refuse, and to notice a read after Close.
func TestHouseCanFail(t *testing.T) {
	h, g, err := proxytest.NewHouse(proxytest.HouseOptions{Limit: 4})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	judge := func(body string) policy.Verdict {
		f := policy.Flow{Session: &policy.Session{}, Destination: policy.Destination{Host: "127.0.0.1", Port: 1}}
		x := g.Begin(ctx, f, nil, inspect.Meta{})
		defer x.Done(ctx, policy.Outcome{Sent: policy.SentNone})
		if err := x.Fill(ctx, strings.NewReader(body)); err != nil {
			t.Fatal(err)
		}
		return x.Judge(ctx)
	}
	if v := judge("ok"); v.Action != policy.Pass {
		t.Errorf("short body: %+v", v)
	}
	if v := judge("too long"); !v.Has(policy.Oversize) {
		t.Errorf("long body: %+v", v)
	}
	if r, err := h.Records(ctx, 2); err != nil || len(r) != 2 {
		t.Errorf("%d records, %v", len(r), err)
	}
	gate := proxy.Store(h).Gate(netip.Addr{})
	gate.Write([]byte("x"))
	reader := gate.NewReader()
	gate.Close()
	if _, err := reader.Read(make([]byte, 1)); err == nil {
		t.Error("a closed gate was read")
	}
}
