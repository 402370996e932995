package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/datacustoms/customs/proxy/explicit"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/upstream"
)

// openRoots reads the authorities that servers are verified with.
func (h *house) openRoots(x extras) (err error) {
	var pems [][]byte
	for _, path := range h.cfg.Upstream.Roots {
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("upstream.roots: %w", err)
		}
		pems = append(pems, text)
	}
	if x.roots != nil {
		pems = append(pems, x.roots)
	}
	h.roots, err = upstream.Roots(pems...)
	return err
}

// openGuard builds what leaves: the dial guard and the pools to origins.
func (h *house) openGuard(x extras) error {
	t := h.cfg.Timeouts
	h.guard = upstream.NewGuard(upstream.GuardOptions{Allow: h.cfg.Upstream.Allow, Lookup: x.lookup, Timeout: t.Resolve})
	h.verifier = upstream.NewVerifier(upstream.VerifierOptions{Roots: h.roots, Require: h.cfg.Upstream.Revocation == "require"})
	h.pool = upstream.NewPool(upstream.PoolOptions{Verifier: h.verifier, DialTimeout: t.Dial, HandshakeTimeout: t.Handshake,
		HeaderTimeout: t.Response, IdleTimeout: t.Idle, Failed: h.guard.Failed})
	h.closers = append(h.closers, func() error { h.pool.Close(); return nil })
	trust, err := readTrust(h.cfg.Upstream)
	if err == nil {
		h.takeTrust(trust)
	}
	return err
}

// openDoor builds what clients meet: interception and the front door.
func (h *house) openDoor() (err error) {
	t, l := h.cfg.Timeouts, h.cfg.Limits
	h.interceptor, err = intercept.Open(intercept.Options{Gateway: h.gateway, Minter: h.minter, Pool: h.pool, Resolver: h.guard, PassThroughs: h.passes,
		MaxBody:     int64(l.FlowMemory) + int64(l.FlowSpill),
		ServerFirst: t.ServerFirst, DialTimeout: t.Dial, HelloTimeout: t.Handshake, HandshakeTimeout: t.Handshake, HeaderTimeout: t.Head, BodyIdle: t.Body, KeepAlive: t.Idle})
	if err != nil {
		return err
	}
	h.door, err = explicit.New(explicit.Options{Gateway: h.gateway, Interceptor: h.interceptor, Book: h.exporters,
		Conns: l.Connections, HeaderTimeout: t.Head, KeepAlive: t.Idle})
	if err != nil {
		return err
	}
	return h.openQUIC()
}

// shutdown ends the doors: no new sessions, open exchanges finish, and when
// ctx ends what is left is cut. Both drain at once, or a long tunnel of the
// one would use up the time of the other.
func (h *house) shutdown(ctx context.Context) error {
	var inside error
	var drained sync.WaitGroup
	drained.Go(func() { inside = h.interceptor.Shutdown(ctx) })
	err := errors.Join(h.shutQUIC(ctx), h.door.Shutdown(ctx))
	drained.Wait()
	return errors.Join(err, inside)
}
