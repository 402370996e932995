package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/proxy/meter"
	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func newServeCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the gateway",
		Long: `Run the gateway until SIGTERM or SIGINT, which drain it. SIGHUP reads the
configuration, the rule packs, the Rego modules or their bundle, the exporters
and the reviewers again; with a fault in any of them everything stays as it was. Without a configuration file the proxy is
on 127.0.0.1:8080, the console on 127.0.0.1:8081, data in ./customs-data, and
every finding of personal data blocks, since no exporter is known.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadPlace(cmd)
			if err != nil {
				return err
			}
			log, err := newLogger(cfg.Log.Level)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			defer log.Sync()
			file, _ := cmd.Flags().GetString("config")
			if err := serve(cmd.Context(), cfg, file, log, extras{pinned: cmd.Flags().Changed("data")}); err != nil {
				return exitError{Code: 2, Err: err}
			}
			return nil
		},
	}
	addPlaceFlags(cmd)
	return cmd
}

// newLogger writes JSON lines to standard error. Stack traces are off: their
// lines quote values.
func newLogger(level string) (*zap.Logger, error) {
	var l zapcore.Level
	if err := l.Set(level); err != nil {
		return nil, fmt.Errorf("log level: %w", err)
	}
	c := zap.NewProductionConfig()
	c.Level = zap.NewAtomicLevelAt(l)
	c.DisableStacktrace, c.DisableCaller, c.Sampling = true, true, nil
	c.EncoderConfig.EncodeTime = zapcore.ISO8601TimeEncoder
	return c.Build()
}

// serve runs a gateway until a signal or ctx ends it.
func serve(ctx context.Context, cfg *config.Config, file string, log *zap.Logger, x extras) (err error) {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	h, err := openHouse(ctx, cfg, log, x)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP) // before anybody can know that we run
	defer signal.Stop(hup)
	run, err := h.start(ctx)
	if err != nil {
		return err
	}
	for {
		select {
		case <-hup:
			h.reload(ctx, file)
		case err := <-run.failed:
			return errors.Join(err, run.stop(cfg.Drain))
		case <-ctx.Done():
			log.Info("draining", zap.Duration("limit", cfg.Drain))
			return run.stop(cfg.Drain)
		}
	}
}

// running is a gateway that listens.
type running struct {
	h       *house
	console *http.Server
	failed  chan error
	ended   chan struct{}
	unwatch context.CancelFunc

	Proxy, Console string // addresses in use
}

// start opens the listeners and says what is and what is not inspected.
func (h *house) start(ctx context.Context) (*running, error) {
	front, err := net.Listen("tcp", h.cfg.Listen.Proxy)
	if err != nil {
		return nil, fmt.Errorf("listen.proxy: %w", err)
	}
	back, err := net.Listen("tcp", h.cfg.Listen.Console)
	if err != nil {
		front.Close()
		return nil, fmt.Errorf("listen.console: %w", err)
	}
	datagrams, err := h.listenQUIC()
	if err != nil {
		front.Close()
		back.Close()
		return nil, err
	}
	r := &running{h: h, failed: make(chan error, 3), ended: make(chan struct{}, 12),
		Proxy: front.Addr().String(), Console: back.Addr().String()}
	r.console = newConsole(buildVersion(), h.cfg.Mode, h.uninspected, h.meter.Handler(), newNotice(h.inForce.Load), h.gateway.Ready)
	go r.run(func() error { return h.door.Serve(context.WithoutCancel(ctx), front) })
	go r.run(func() error { return r.console.Serve(back) })
	go r.run(func() error { return h.serveQUIC(context.WithoutCancel(ctx), datagrams) })
	watching, unwatch := context.WithCancel(context.WithoutCancel(ctx))
	r.unwatch = unwatch
	go r.run(func() error { h.watchStores(watching); return nil })
	go r.run(func() error { h.watchBundle(watching); return nil })
	go r.run(func() error { h.watchAlerts(watching); return nil })
	go r.run(func() error { h.watchOrders(watching); return nil })
	go r.run(func() error { h.watchIndex(watching); return nil })
	go r.run(func() error { h.watchLog(watching); return nil })
	go r.run(func() error { h.watchIncidents(watching); return nil })
	go r.run(func() error { h.watchEvidence(watching); return nil })
	go r.run(func() error { h.streams.run(watching); return nil })
	h.log.Info("listening", zap.String("proxy", r.Proxy), zap.String("console", r.Console), zap.String("quic", addressOf(datagrams)),
		zap.String("mode", h.cfg.Mode), zap.String("data", h.cfg.Data), zap.String("profile", h.law.Load().Profile()),
		zap.String("pack", packInForce(&h.law)), zap.String("policy", h.decider.Digest()), zap.String("version", buildVersion()))
	if log, journal := h.audit.Cut(), h.ledger.Cut(); log+journal > 0 {
		h.log.Warn("unfinished last lines of a stop were left out", zap.Int64("log_bytes", log), zap.Int64("ledger_bytes", journal))
	}
	for _, c := range h.catalogue.Changes() {
		say := h.log.Info
		if c.Weaker {
			say = h.log.Error // to stand in every log
		}
		say("rule changed by the operator", zap.String("file", c.File), zap.String("rule", c.Rule), zap.String("change", c.What), zap.Bool("less_is_found", c.Weaker))
	}
	h.log.Warn("NOT inspected", zap.Strings("what", meter.Uninspected()))
	h.warnKeys()
	h.warnLaw()
	h.warnCIIO(h.cfg)
	h.warnUnread(h.cfg)
	h.warnPasses(h.cfg)
	return r, nil
}

func (r *running) run(serve func() error) {
	err := serve()
	if err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		r.failed <- err
	}
	r.ended <- struct{}{}
}

// stop drains the proxy first, so that the console shows it happen.
func (r *running) stop(limit time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	err := r.h.shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		r.h.log.Warn("drain limit reached, flows were cut")
		err = nil
	}
	err = errors.Join(err, r.console.Close())
	r.unwatch()
	for range cap(r.ended) {
		<-r.ended
	}
	return err
}

// warnCIIO names exporters whose status is not stated; they are judged as
// operators of critical information infrastructure.
func (h *house) warnCIIO(cfg *config.Config) {
	for _, e := range cfg.Exporters {
		if e.CIIO == "" {
			h.log.Warn("exporter without ciio is judged as a CIIO", zap.String("exporter", e.USCC),
				zap.String("mend", "state ciio: true or ciio: false in the configuration"))
		}
	}
}

// warnUnread names the destinations to which content may go that was not read.
func (h *house) warnUnread(cfg *config.Config) {
	for _, d := range cfg.Destinations {
		if len(d.Unread.Allow) == 0 {
			continue
		}
		exporters := d.Unread.Exporters
		if len(exporters) == 0 {
			exporters = []string{"all"}
		}
		h.log.Warn("content may go UNREAD to a destination", zap.Strings("match", d.Match), zap.String("country", d.Country),
			zap.Strings("unread", d.Unread.Allow), zap.Strings("exporters", exporters))
	}
}
