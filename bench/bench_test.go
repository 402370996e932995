package bench_test

import (
	"bufio"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/bench"
	"github.com/datacustoms/customs/inspect"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tunnel is a proxy that only joins connections, or refuses each CONNECT.
func tunnel(t testing.TB, refuse bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { join(c, refuse) })
		}
	})
	t.Cleanup(func() { l.Close(); open.Wait() })
	return l.Addr().String()
}

func join(c net.Conn, refuse bool) {
	defer c.Close()
	r := bufio.NewReader(c)
	req, err := http.ReadRequest(r)
	if err != nil {
		return
	}
	if refuse {
		io.WriteString(c, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
		return
	}
	up, err := net.Dial("tcp", req.Host)
	if err != nil {
		return
	}
	defer up.Close()
	io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
	done := make(chan struct{})
	go func() { io.Copy(up, r); up.Close(); close(done) }()
	io.Copy(c, up)
	c.Close()
	<-done
}

func origin(t testing.TB) (*bench.Origin, *x509.CertPool) {
	t.Helper()
	o, err := bench.OpenOrigin()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(o.Cert) {
		t.Fatal("the origin's certificate is no PEM")
	}
	return o, pool
}

func TestRun(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("h2=%v", h2), func(t *testing.T) {
			o, pool := origin(t)
			r, err := bench.Run(t.Context(), bench.Options{Proxy: tunnel(t, false), Roots: pool, Origin: o,
				Requests: 60, Size: 3000, Concurrency: 3, H2: h2})
			if err != nil {
				t.Fatal(err)
			}
			want := map[bool]string{false: "HTTP/1.1", true: "HTTP/2.0"}[h2]
			if r.Requests != 60 || r.Failed != 0 || r.Protocol != want || r.PerSecond <= 0 || r.P50 <= 0 || r.P99 < r.P50 {
				t.Errorf("%+v", r)
			}
			if got := o.Received(); got != 61*3000 { // with the one that warms up
				t.Errorf("the origin has %d bytes, want %d", got, 61*3000)
			}
		})
	}
}

func TestRunSaysWhy(t *testing.T) {
	o, pool := origin(t)
	if _, err := bench.Run(t.Context(), bench.Options{Proxy: tunnel(t, true), Roots: pool, Origin: o, Requests: 5}); err == nil || !strings.Contains(err.Error(), "first request") {
		t.Errorf("refused: %v", err)
	}
	if _, err := bench.Run(t.Context(), bench.Options{}); err == nil {
		t.Error("no options: no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := bench.Run(ctx, bench.Options{Proxy: tunnel(t, false), Roots: pool, Origin: o}); err == nil {
		t.Error("cancelled: no error")
	}
}

func TestLimitEndsARun(t *testing.T) {
	o, pool := origin(t)
	r, err := bench.Run(t.Context(), bench.Options{Proxy: tunnel(t, false), Roots: pool, Origin: o,
		Requests: 1 << 30, Limit: 300 * time.Millisecond, Concurrency: 2})
	if err != nil || r.Requests == 0 || r.Elapsed > 5*time.Second {
		t.Errorf("%+v %v", r, err)
	}
}

// everyA finds each letter a.
type everyA struct{ fail bool }

func (e everyA) Open(inspect.Meta, io.ReaderAt) (inspect.Scan, error) { return &aScan{e: e}, nil }
func (everyA) Digest() string                                         { return "" }

type aScan struct {
	e everyA
	n int64
}

func (s *aScan) Write(p []byte) (int, error) {
	if s.e.fail {
		return 0, os.ErrInvalid
	}
	s.n += int64(strings.Count(string(p), "a"))
	return len(p), nil
}
func (s *aScan) Take() []inspect.Finding { return nil }
func (s *aScan) Settled() int64          { return 0 }
func (s *aScan) Close() (inspect.Report, error) {
	return inspect.Report{Tallies: []inspect.Tally{{Class: inspect.Name, Low: 9, Medium: s.n}}}, nil
}

func TestDetect(t *testing.T) {
	clock := time.Unix(0, 0)
	now := func() time.Time { clock = clock.Add(100 * time.Millisecond); return clock }
	d, err := bench.Detect(everyA{}, []byte(strings.Repeat("ab", 50000)), now)
	if err != nil || d.Hits != 50000 || d.GBs < 0.00099 || d.GBs > 0.00101 {
		t.Errorf("%+v %v", d, err)
	}
	if _, err := bench.Detect(everyA{fail: true}, []byte("a"), now); err == nil {
		t.Error("a broken scan: no error")
	}
}

func ExampleBody() {
	fmt.Println(string(bench.Body(18)))
	// Output: {"part":"bracket",
}
