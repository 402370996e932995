package main

import (
	"context"
	"errors"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
)

// ordersEvery is how often orders are looked for.
const ordersEvery = 250 * time.Millisecond

// newOrderDesk makes the desk of whoever holds ledger and log.
func newOrderDesk(data string, keys *keyRing, l *ledger.Ledger, log *audit.Log, in inspect.Inspector, told func(orderAnswer, string)) *orderDesk {
	d := &orderDesk{files: disk.Files{}, dir: ordersDir(data), key: keys.key("order"), ledger: l, now: time.Now, told: told}
	d.forget = func(year int) error { return forgetJoins(data, keys, year, d.now) }
	d.plain = func(path string) bool {
		info, err := os.Lstat(path)
		return err != nil || info.Mode().IsRegular()
	}
	d.note = func(text string) error { return noteFault(in, text, d.now()) }
	d.record = func(ctx context.Context, a policy.Admin) (policy.Receipt, error) {
		return log.Append(ctx, policy.Entry{Schema: policy.EntrySchema, Kind: policy.KindAdmin, Node: nodeName(), Time: d.now(), Admin: &a})
	}
	d.recorded = func(ctx context.Context, digest string) (map[string]uint64, error) {
		return orderActs(ctx, audit.Source{Files: d.files, Dir: data}, digest)
	}
	d.entered = func(ctx context.Context, since time.Time, act policy.Admin) (map[string]uint64, error) {
		return logActs(ctx, audit.Source{Files: d.files, Dir: data}, since, act)
	}
	return d
}

// orderActs returns the entries of the acts with a digest, by object.
func orderActs(ctx context.Context, s audit.Source, digest string) (map[string]uint64, error) {
	out := map[string]uint64{}
	err := audit.Read(ctx, s, func(e policy.Entry) error {
		if e.Kind == policy.KindAdmin && e.Admin != nil && e.Admin.Digest == digest {
			out[e.Admin.Object] = e.Seq
		}
		return nil
	})
	if errors.Is(err, audit.ErrNoLog) {
		return out, nil
	}
	return out, err
}

// watchOrders does what is ordered of the ledger while the gateway runs.
func (h *house) watchOrders(ctx context.Context) {
	d := newOrderDesk(h.cfg.Data, h.keys, h.ledger, h.audit, h.engine, h.tellOrder)
	k := h.keeper()
	d.forget, d.deeds = h.joins.Destroy, actDeeds(k)
	tick := time.NewTicker(ordersEvery)
	defer tick.Stop()
	said, unfolded := "", ""
	var retained time.Time
	for {
		unfolded = h.tellFolding(unfolded)
		err := d.look(ctx)
		if err != nil && ctx.Err() == nil && err.Error() != said {
			said = err.Error()
			h.log.Error("an order of the ledger could not be done, will try again", zap.Error(err))
		}
		if err == nil {
			said = ""
			retained = h.retainDaily(ctx, k, retained)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tellFolding logs once why the journal cannot be folded, and returns what it
// said last.
func (h *house) tellFolding(said string) string {
	err := h.ledger.Folding()
	if err == nil {
		return ""
	}
	if text := err.Error(); text != said {
		h.log.Warn("older segments of the ledger's journal could not be folded; nothing is lost, each start takes longer until it succeeds", zap.Error(err))
		return text
	}
	return said
}

// tellOrder logs what became of an order.
func (h *house) tellOrder(a orderAnswer, act string) {
	if a.Code == saidDone {
		h.log.Info("order of the ledger done", zap.String("order", a.Order), zap.String("act", act), zap.Uint64s("entries", a.Entries))
		return
	}
	h.log.Warn("order of the ledger refused", zap.String("order", a.Order), zap.String("act", act), zap.String("code", a.Code), zap.String("mend", a.refusal(false)))
}
