package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/proxy"
	"github.com/spf13/cobra"
	"go.uber.org/zap"
)

// demoOptions are the flags of customs demo.
type demoOptions struct {
	data                   string
	once                   bool
	proxy, console, origin string
}

func newDemoCmd() *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run a gateway with sample exporters, filings and an overseas origin, and send real transfers",
		Long: `Start the gateway with embedded stores, a sample overseas origin, exporters and
filings, send real transfers through real TLS interception, and print what
became of each. The last column is what the origin really received. All
identities are invented. With --once it uses free ports and ends after the
table; otherwise it stays up for you to try with curl.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
			defer stop()
			return runDemo(ctx, cmd.OutOrStdout(), o)
		},
	}
	cmd.Flags().BoolVar(&o.once, "once", false, "end after the table; exit 1 if a transfer came out otherwise than it should")
	cmd.Flags().StringVar(&o.data, "data", "", "keep what the demo makes in this directory (default: a temporary one)")
	cmd.Flags().StringVar(&o.proxy, "proxy", "127.0.0.1:8080", "address of the proxy")
	cmd.Flags().StringVar(&o.console, "console", "127.0.0.1:8081", "address of the console")
	cmd.Flags().StringVar(&o.origin, "origin", "127.0.0.1:8443", "address of the sample origin")
	return cmd
}

// runDemo builds the demo's world, sends its transfers and prints the table.
func runDemo(ctx context.Context, out io.Writer, o demoOptions) (err error) {
	if o.data == "" {
		if o.data, err = os.MkdirTemp("", "customs-demo-"); err != nil {
			return exitError{Code: 2, Err: err}
		}
		defer os.RemoveAll(o.data)
	}
	if o.once {
		o.proxy, o.console, o.origin = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	}
	d, err := newDemo(ctx, o)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("demo: %w", err)}
	}
	defer func() { err = errors.Join(err, d.close()) }()
	unexpected, err := d.sendAll(ctx, out)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("demo: %w", err)}
	}
	if unexpected > 0 {
		err = exitError{Code: 1, Err: fmt.Errorf("demo: %d transfers came out otherwise than they should", unexpected)}
	}
	if o.once || err != nil {
		return err
	}
	d.invite(out)
	select {
	case <-ctx.Done():
		return nil
	case err := <-d.run.failed:
		return err
	}
}

// demo is a gateway with everything around it in one process.
type demo struct {
	house   *house
	run     *running
	origin  *demoOrigin
	records recordFeed
	data    string
}

// newDemo starts the origin, fills the stores and starts the gateway.
func newDemo(ctx context.Context, o demoOptions) (d *demo, err error) {
	d = &demo{data: o.data, records: make(recordFeed, 64)}
	if d.origin, err = newDemoOrigin(o.origin); err != nil {
		return nil, err
	}
	cfg := demoConfig(o.data)
	cfg.Listen = config.Listen{Proxy: o.proxy, Console: o.console}
	d.house, err = openHouse(ctx, cfg, zap.NewNop(), extras{observers: []proxy.Observer{d.records},
		lookup: demoLookup, roots: d.origin.root})
	if err == nil {
		err = d.fill(ctx, time.Now())
	}
	if err == nil {
		d.run, err = d.house.start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *demo) close() error {
	var errs []error
	if d.run != nil {
		errs = append(errs, d.run.stop(5*time.Second))
	}
	if d.house != nil {
		errs = append(errs, d.house.close())
	}
	d.origin.close()
	return errors.Join(errs...)
}

// invite says how to go on by hand.
func (d *demo) invite(out io.Writer) {
	fmt.Fprintf(out, `
console   http://%[2]s/
proxy     http://%[1]s/      your requests count as Example Motors (127.0.0.1)

Try it yourself, in another terminal:
  customs ca export --data %[3]s > ca.pem
  curl --proxy http://%[1]s --cacert ca.pem https://crm.example.sg:%[4]s/ -d 'nothing personal'
  curl --proxy http://%[1]s --cacert ca.pem https://other.example.de:%[4]s/ -d '%[5]s'
  customs audit list --data %[3]s

Ctrl-C ends the demo.
`, d.run.Proxy, d.run.Console, d.data, d.origin.port, demoChild())
}
