// Package bench drives a small load through a running gateway and says what
// it cost.
//
// The origin and the clients live in the calling process, the gateway in
// another one, so that the CPU time of the gateway can be told apart. The
// figures are of one machine that does all three: they compare versions and
// settings, not products.
package bench

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options describe a load. Proxy, Roots and Origin are required.
type Options struct {
	Proxy  string         // address of the gateway
	Roots  *x509.CertPool // with the gateway's CA
	Origin *Origin
	// PID is the gateway's process; 0 is the calling one, whose CPU time then
	// holds clients and origin too.
	PID         int
	Requests    int           // in all; 2,000
	Size        int           // bytes of each body; 1 KiB
	Concurrency int           // requests at once; 8
	H2          bool          // HTTP/2 instead of HTTP/1.1
	Limit       time.Duration // of the whole run; one minute
	Now         func() time.Time
}

// Result is what a run measured.
type Result struct {
	Protocol  string        `json:"protocol"`
	Requests  int           `json:"requests"` // answered by the origin, through the gateway
	Failed    int           `json:"failed"`
	Fault     string        `json:"fault,omitempty"` // of the first one that failed
	Size      int           `json:"size"`
	Workers   int           `json:"concurrency"`
	Elapsed   time.Duration `json:"elapsed_ns"`
	PerSecond float64       `json:"requests_per_second"`
	// CPU is the gateway's time for each request; 0 where it is not known.
	CPU time.Duration `json:"cpu_per_request_ns"`
	P50 time.Duration `json:"p50_ns"`
	P99 time.Duration `json:"p99_ns"`
}

// Run drives the load and returns when it is through, at its limit, or when
// ctx ends; what was measured until then is the result.
func Run(ctx context.Context, o Options) (Result, error) {
	if o.Proxy == "" || o.Roots == nil || o.Origin == nil {
		return Result{}, errors.New("bench: proxy address, CA pool and origin are required")
	}
	o.Requests, o.Size, o.Concurrency = cmp.Or(o.Requests, 2000), cmp.Or(o.Size, 1<<10), cmp.Or(o.Concurrency, 8)
	o.Limit = cmp.Or(o.Limit, time.Minute)
	if o.Requests < 1 || o.Size < 0 || o.Concurrency < 1 {
		return Result{}, errors.New("bench: requests, size and concurrency must be positive")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	ctx, cancel := context.WithTimeout(ctx, o.Limit)
	defer cancel()
	l := newLoad(o)
	defer l.client.CloseIdleConnections()
	if err := l.one(ctx); err != nil { // warm up: connection, leaf, policy
		return Result{}, fmt.Errorf("bench: first request: %w", err)
	}
	before, known := cpuTime(o.PID)
	began := o.Now()
	l.run(ctx)
	elapsed := o.Now().Sub(began)
	after, known2 := cpuTime(o.PID)
	r := l.result(elapsed)
	if r.Requests == 0 {
		return r, fmt.Errorf("bench: no request got through: %s", r.Fault)
	}
	if known && known2 {
		r.CPU = (after - before) / time.Duration(r.Requests+r.Failed)
	}
	return r, nil
}

// load is a run while it goes on.
type load struct {
	o      Options
	body   []byte
	client *http.Client
	next   atomic.Int64 // requests begun

	mu    sync.Mutex
	took  []time.Duration
	bad   int
	fault error
	proto string
}

func newLoad(o Options) *load {
	t := &http.Transport{
		Proxy:               http.ProxyURL(&url.URL{Scheme: "http", Host: o.Proxy}),
		TLSClientConfig:     &tls.Config{RootCAs: o.Roots},
		MaxIdleConnsPerHost: o.Concurrency, DisableCompression: true,
		Protocols: new(http.Protocols),
	}
	t.Protocols.SetHTTP1(!o.H2)
	t.Protocols.SetHTTP2(o.H2)
	return &load{o: o, body: Body(o.Size), client: &http.Client{Transport: t}}
}

// Body returns n bytes of rows that hold no personal data.
func Body(n int) []byte {
	row := []byte(`{"part":"bracket","colour":"grey","shelf":"north","state":"in stock"}` + "\n")
	return bytes.Repeat(row, n/len(row)+1)[:n]
}

// run sends requests until all are sent or ctx ends.
func (l *load) run(ctx context.Context) {
	var workers sync.WaitGroup
	for range l.o.Concurrency {
		workers.Go(func() {
			for ctx.Err() == nil && l.next.Add(1) <= int64(l.o.Requests) {
				began := l.o.Now()
				err := l.one(ctx)
				l.note(l.o.Now().Sub(began), err)
			}
		})
	}
	workers.Wait()
}

func (l *load) note(took time.Duration, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.took = append(l.took, took)
		return
	}
	l.bad++
	if l.fault == nil {
		l.fault = err
	}
}

// one sends one request and wants the origin's answer.
func (l *load) one(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.o.Origin.URL, bytes.NewReader(l.body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	res, err := l.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)); err != nil {
		return err
	}
	if res.StatusCode != http.StatusNoContent {
		return fmt.Errorf("answer %d %s", res.StatusCode, res.Header.Get("X-Customs-Reason"))
	}
	l.mu.Lock()
	l.proto = res.Proto
	l.mu.Unlock()
	return nil
}

func (l *load) result(elapsed time.Duration) Result {
	r := Result{Protocol: l.proto, Requests: len(l.took), Failed: l.bad, Size: l.o.Size, Workers: l.o.Concurrency, Elapsed: elapsed}
	if l.fault != nil {
		r.Fault = l.fault.Error()
	}
	if n := len(l.took); n > 0 {
		slices.Sort(l.took)
		r.P50, r.P99 = l.took[n/2], l.took[n*99/100]
		r.PerSecond = float64(n) / elapsed.Seconds()
	}
	return r
}
