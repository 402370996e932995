package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datacustoms/customs/certs"
	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/inspect/rules"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/evidence"
	"github.com/datacustoms/customs/policy/ledger"
	"github.com/datacustoms/customs/policy/passthrough"
	"github.com/datacustoms/customs/policy/registry"
	"github.com/datacustoms/customs/policy/rego"
	"github.com/datacustoms/customs/policy/split"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/explicit"
	"github.com/datacustoms/customs/proxy/gate"
	"github.com/datacustoms/customs/proxy/identity"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/meter"
	"github.com/datacustoms/customs/proxy/quic"
	"github.com/datacustoms/customs/proxy/upstream"
	"go.uber.org/zap"
)

// house is an assembled gateway. It is built top to bottom by openHouse, and
// closed in the other direction.
type house struct {
	cfg    *config.Config
	log    *zap.Logger
	pinned bool // the data directory was named by a flag, which wins over the file

	keys        *keyRing
	authority   *certs.Authority
	minter      *certs.Minter
	engine      *engine.Engine
	catalogue   *rules.Catalogue
	minorAge    int // that the engine knows
	law         liveLaw
	atlas       liveAtlas
	reviewers   liveKeys
	exporters   *identity.Book
	roots       *x509.CertPool
	decider     *rego.Decider
	registry    *registry.Registry
	ledger      *ledger.Ledger
	audit       *audit.Log
	watch       *logWatch       // of audit
	evidence    *evidence.Store // nil without auditors
	joins       *split.Detector
	passes      *passthrough.Store
	outbox      *alert.Outbox
	streams     *liveStreams
	splits      *splitAlerts
	cuts        *cutAlerts
	clock       *clockWatch
	store       *gate.Store
	guard       *upstream.Guard
	verifier    *upstream.Verifier
	pool        *upstream.Pool
	meter       *meter.Meter
	gateway     *proxy.Gateway
	interceptor *intercept.Interceptor
	door        *explicit.Door
	quic        *quic.Door // nil where listen.quic is absent

	closers []func() error // run last to first

	// changing is held while what can change at run time is exchanged; it
	// guards what stands below it.
	changing    sync.Mutex
	bundles     *bundleSource // of inForce; nil without one
	badBundle   string        // how the last look for a bundle failed; empty when it did not
	conflicting bool          // the register's exporters are not in force
	badGroups   string        // what exporters say differently of their groups
	inForce     atomic.Pointer[config.Config]
	polled      chan struct{} // the bundle or its interval is another
}

// extras are what a demo or a test adds to a configuration.
type extras struct {
	pinned    bool // see house
	observers []proxy.Observer
	inspector func(inspect.Inspector) inspect.Inspector                    // wraps the engine
	lookup    func(ctx context.Context, name string) ([]netip.Addr, error) // instead of the system's resolver
	roots     []byte                                                       // PEM, added to the configured ones
	clock     *clockWatch                                                  // instead of the system's
	ledger    func(policy.Ledger) policy.Ledger                            // wraps the ledger
	now       func() time.Time                                             // dates flows instead of the system's clock
}

// openHouse assembles the gateway and brings ledger and log together. Nothing
// listens yet.
func openHouse(ctx context.Context, cfg *config.Config, log *zap.Logger, x extras) (h *house, err error) {
	h = &house{cfg: cfg, log: log, pinned: x.pinned, polled: make(chan struct{}, 1), splits: newSplitAlerts(), cuts: &cutAlerts{}, clock: &clockWatch{}}
	if x.clock != nil {
		h.clock = x.clock
	}
	h.inForce.Store(cfg)
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	steps := []func() error{h.openKeys, func() error { return h.openRoots(x) }, func() error { return h.openRules(ctx) }, func() error { return h.openStores(ctx) }, func() error { return h.openEvidence(ctx) }, h.openAlerts, h.openStreams,
		func() error { return h.openGuard(x) }, func() error { return h.openGateway(x) },
		func() error { return h.recoverFlows(ctx) }, h.openDoor}
	for _, step := range steps {
		if err := step(); err != nil {
			return h, err
		}
	}
	return h, nil
}

func (h *house) openKeys() (err error) {
	for _, dir := range []string{h.cfg.Data, h.path("spill")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("data directory: %w", err)
		}
	}
	if err := checkManifest(h.cfg.Data); err != nil {
		return err
	}
	if h.keys, err = openKeys(h.cfg); err != nil {
		return err
	}
	h.closers = append(h.closers, h.keys.close)
	if h.authority, err = openCA(h.cfg, h.keys.vault); err != nil {
		return err
	}
	if err = h.authority.Ready(); err != nil {
		return fmt.Errorf("CA: %w", err)
	}
	h.minter, err = certs.NewMinter(h.authority, certs.MinterOptions{})
	return err
}

// openCA opens the CA that the configuration names, or the one under data.
func openCA(cfg *config.Config, v *vault.Vault) (*certs.Authority, error) {
	if cfg.CA.Cert != "" {
		return certs.OpenFiles(cfg.CA.Cert, cfg.CA.Key, caOptions(cfg, v))
	}
	return certs.Open(caDir(cfg), caOptions(cfg, v))
}

func (h *house) openRules(ctx context.Context) error {
	r, err := readRules(h.cfg)
	if err != nil {
		return err
	}
	h.law.Store(r.book)
	h.atlas.Store(r.places)
	h.reviewers.Store(&r.reviewers)
	h.minorAge = minorAge(r.book)
	if h.catalogue, err = rules.LoadFiles(h.cfg.Inspect.Rules...); err != nil {
		return err
	}
	if h.engine, err = engine.New(engine.Options{Key: h.keys.key("subject"), Catalogue: h.catalogue, MinorAge: h.minorAge}); err != nil {
		return err
	}
	return h.openPolicy(ctx, r)
}

func (h *house) openStores(ctx context.Context) (err error) {
	if h.registry, err = registry.Open(h.path("registry.db"), registry.Options{Law: &h.law, Reviewers: h.reviewers.list, Exporters: h.ownExporters}); err != nil {
		return err
	}
	h.closers = append(h.closers, h.registry.Close)
	if err = h.openParties(ctx); err != nil {
		return err
	}
	if err = h.openAudit(); err != nil {
		return err
	}
	if h.ledger, err = ledger.Open(ledger.Options{Dir: h.cfg.Data, Key: h.keys.key("ledger"), Files: disk.Files{}, Now: time.Now}); err != nil {
		return err
	}
	h.closers = append(h.closers, h.ledger.Close)
	l := h.cfg.Limits
	h.store, err = gate.New(h.path("spill"), gate.Limits{FlowMemory: int64(l.FlowMemory), FlowSpill: int64(l.FlowSpill),
		Memory: int64(l.Memory), Spill: int64(l.Spill), ClientPercent: int64(l.ClientPercent)})
	return err
}

func (h *house) openGateway(x extras) (err error) {
	counting, now := policy.Ledger(h.ledger), time.Now
	if x.now != nil {
		now = x.now
	}
	if err = h.openPasses(now); err != nil {
		return err
	}
	mode := proxy.Enforce
	if h.cfg.Mode == "observe" {
		mode = proxy.Observe
	}
	h.meter, err = meter.New(meter.Options{Version: buildVersion(), Mode: mode, Held: h.store.Held,
		Leaves: h.minter.Stats, Ready: h.ready, Waiting: h.outbox.Waiting, Streams: h.streams.figures, PassThroughs: h.passFigures})
	if err != nil {
		return err
	}
	h.meter.Exporters(!h.conflicting)
	observers := append([]proxy.Observer{newFlowLog(h.log, h.cfg, h.keys), h.meter, h.splits, h.cuts, looksPinned{h.passes}}, x.observers...)
	inspector := inspect.Inspector(h.engine)
	if x.inspector != nil {
		inspector = x.inspector(inspector)
	}
	if x.ledger != nil {
		counting = x.ledger(counting)
	}
	if err = h.openJoins(now); err != nil {
		return err
	}
	h.gateway, err = proxy.New(proxy.Options{Mode: mode, Node: nodeName(), Build: buildVersion(), Store: h.store,
		Inspector: inspector, Law: &h.law, Register: h.registry, Atlas: &h.atlas, Ledger: counting,
		Decider: h.decider, Recorder: newStamped(h.audit, h.clock, &h.atlas), PassThroughs: h.passes, Splits: h.joins, Evidence: h.sealer(), Resolver: h.guard, Observers: append(observers, departures{h.joins}),
		Pseudonym: h.keys.pseudonym(h.cfg.Audit.Clients == "clear"), Now: now, NewID: newID})
	return err
}

// ready is Gateway.Ready with a limit of its own, for scrapes.
func (h *house) ready() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return h.gateway.Ready(ctx)
}

// recoverFlows settles what a stop that was not clean left open.
func (h *house) recoverFlows(ctx context.Context) error {
	r, err := policy.Recover(ctx, h.ledger, h.audit, nodeName(), time.Now, h.audit.Settled)
	if err != nil {
		return err
	}
	if r != (policy.Recovery{}) {
		h.log.Warn("settled flows of an unclean stop", zap.Int("released", r.Released), zap.Int("in_doubt", r.InDoubt))
	}
	return nil
}

func (h *house) path(name string) string { return filepath.Join(h.cfg.Data, name) }

// close closes the stores, last opened first.
func (h *house) close() error {
	var errs []error
	for i := len(h.closers) - 1; i >= 0; i-- {
		errs = append(errs, h.closers[i]())
	}
	h.closers = nil
	return errors.Join(errs...)
}
