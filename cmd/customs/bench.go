package main

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/datacustoms/customs/bench"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/spf13/cobra"
)

// maxDetect bounds the file of "bench detect", which is held in memory.
const maxDetect = 1 << 30

// benchLimits keep a measurement from becoming an attack on the machine.
const (
	maxRequests    = 1_000_000
	maxConcurrency = 1024
	maxBody        = 64 << 20
)

func newBenchCmd() *cobra.Command {
	var o bench.Options
	var size string
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure the throughput of a gateway on this machine",
		Long: `Start a gateway as a process of its own, with stores in a temporary directory
and the settings of "serve", send uploads without personal data through it to
an HTTPS origin in this process, and print requests a second, the gateway's CPU
time for each request and the latency. It stops by itself and leaves nothing.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			n, err := config.ParseSize(size)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("--size: %w", err)}
			}
			o.Size = int(min(int64(n), maxBody+1))
			if err := checkBench(o); err != nil {
				return exitError{Code: 2, Err: err}
			}
			r, err := benchGateway(cmd, o)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			return printBench(cmd.OutOrStdout(), r, format)
		},
	}
	cmd.Flags().IntVar(&o.Requests, "requests", 2000, "how many requests")
	cmd.Flags().StringVar(&size, "size", "1KiB", "size of each body")
	cmd.Flags().IntVar(&o.Concurrency, "concurrency", 8, "requests at once")
	cmd.Flags().BoolVar(&o.H2, "h2", false, "HTTP/2 instead of HTTP/1.1")
	cmd.Flags().DurationVar(&o.Limit, "limit", time.Minute, "stop after this time")
	cmd.Flags().String("format", "text", "text or json")
	cmd.AddCommand(newBenchDetectCmd())
	return cmd
}

// checkBench names every flag that is outside its limits.
func checkBench(o bench.Options) error {
	var faults []error
	between := func(flag string, n, most int) {
		if n < 1 || n > most {
			faults = append(faults, fmt.Errorf("bench: %s must be from 1 to %d", flag, most))
		}
	}
	between("--requests", o.Requests, maxRequests)
	between("--concurrency", o.Concurrency, maxConcurrency)
	if o.Size > maxBody {
		faults = append(faults, fmt.Errorf("bench: --size must be at most %s", config.Size(maxBody)))
	}
	if o.Limit <= 0 {
		faults = append(faults, errors.New("bench: --limit must be more than 0s"))
	}
	return errors.Join(faults...)
}

// benchGateway runs the load against a gateway of its own.
func benchGateway(cmd *cobra.Command, o bench.Options) (r bench.Result, err error) {
	dir, err := os.MkdirTemp("", "customs-bench-")
	if err != nil {
		return r, fmt.Errorf("bench: temporary directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if o.Origin, err = bench.OpenOrigin(); err != nil {
		return r, err
	}
	defer o.Origin.Close()
	g, err := startChild(cmd.Context(), dir, o.Origin.Cert)
	if err != nil {
		return r, err
	}
	defer g.stop()
	pem, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		return r, fmt.Errorf("bench: the gateway's CA: %w", err)
	}
	o.Proxy, o.PID, o.Roots = g.proxy, g.cmd.Process.Pid, x509.NewCertPool()
	o.Roots.AppendCertsFromPEM(pem)
	return bench.Run(cmd.Context(), o)
}

func printBench(out io.Writer, r bench.Result, format string) error {
	if format == "json" {
		return json.NewEncoder(out).Encode(r)
	}
	fmt.Fprintf(out, "%s, %d at once, bodies of %s\n", r.Protocol, r.Workers, config.Size(r.Size))
	fmt.Fprintf(out, "requests/s    %.0f\n", r.PerSecond)
	if r.CPU > 0 {
		fmt.Fprintf(out, "CPU/request   %v of the gateway\n", r.CPU.Round(time.Microsecond))
	}
	fmt.Fprintf(out, "p50           %v\np99           %v\n", r.P50.Round(time.Microsecond), r.P99.Round(time.Microsecond))
	fmt.Fprintf(out, "requests      %d in %v, %d failed\n", r.Requests, r.Elapsed.Round(time.Millisecond), r.Failed)
	if r.Failed > 0 {
		fmt.Fprintf(out, "first failure %s\n", r.Fault)
		return exitError{Code: 1}
	}
	return nil
}

func newBenchDetectCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "detect FILE",
		Short: "Measure how fast the scanner reads a file, on one core",
		Long: `Scan a file several times and print {"hits":N,"gbs":X}: findings of at least
medium confidence, and 10^9 bytes a second of the fastest pass, by the CPU time
of the scanning thread where the system tells it.`,
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := detect(args[0])
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			return json.NewEncoder(cmd.OutOrStdout()).Encode(d)
		},
	}
}

func detect(file string) (bench.Detection, error) {
	info, err := os.Stat(file)
	if err != nil {
		return bench.Detection{}, fmt.Errorf("bench detect: %w", err)
	}
	if info.IsDir() {
		return bench.Detection{}, fmt.Errorf("bench detect: %s is a directory; name a file", file)
	}
	if !info.Mode().IsRegular() || info.Size() > maxDetect {
		return bench.Detection{}, fmt.Errorf("bench detect: %s must be a file of at most %s", file, config.Size(maxDetect))
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return bench.Detection{}, fmt.Errorf("bench detect: %w", err)
	}
	eng, err := engine.New(engine.Options{Key: make([]byte, engine.KeySize)}) // no subject leaves the report
	if err != nil {
		return bench.Detection{}, err
	}
	now, done := bench.ThreadClock()
	defer done()
	return bench.Detect(eng, data, now)
}
