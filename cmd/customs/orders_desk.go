package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/ledger"
)

// The endings of an order's file as it goes: written aside, given, taken up and
// not done with, done. The answer stands beside it. What was done stays for a
// while, so that a copy of its file does nothing.
const (
	endWritten = ".tmp"
	endGiven   = ".order"
	endTaken   = ".taken"
	endDone    = ".done"
	endAnswer  = ".answer"
	endRefused = ".refused"
)

const (
	maxLook    = 100                // orders of one look
	keepAnswer = 7 * 24 * time.Hour // an answer that nobody reads
)

func ordersDir(data string) string { return filepath.Join(data, ledger.Sub, "orders") }

// orderDesk takes up the orders of an installation. Only the holder of ledger
// and log has one, so orders are done one after another. Each step is durable
// before the next, and a step that is repeated changes nothing: a crash between
// doing and recording is made good at the next look.
type orderDesk struct {
	files  policy.Files
	dir    string // of the orders
	key    []byte
	ledger *ledger.Ledger
	record func(context.Context, policy.Admin) (policy.Receipt, error)
	// recorded returns the entries that an order has in the log, by object.
	recorded func(ctx context.Context, digest string) (map[string]uint64, error)
	// entered returns the entries since a time that are that act, by object.
	entered func(ctx context.Context, since time.Time, act policy.Admin) (map[string]uint64, error)
	deeds   map[string]deed // of acts that are more than their entry
	note    func(text string) error
	now     func() time.Time
	told    func(a orderAnswer, act string)
	// forget removes the key of a year from the detector of splitting.
	forget func(year int) error
	// plain reports whether a path is a file: reading a pipe would never end.
	plain func(path string) bool
	odd   bool // files that are no orders were told of
}

// look does everything that waits. An error means that some of it could not be
// done now; it is tried again at the next look.
func (d *orderDesk) look(ctx context.Context) error {
	names, err := d.files.List(d.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("orders: %w", err)
	}
	var taken, given []string
	odd := false
	for _, n := range names {
		id, end := strings.TrimSuffix(n, filepath.Ext(n)), filepath.Ext(n)
		switch {
		case !orderForm.MatchString(id) || !d.plain(filepath.Join(d.dir, n)):
			odd = true
		case end == endTaken:
			taken = append(taken, id)
		case end == endGiven:
			given = append(given, id)
		case end == endWritten || end == endAnswer || end == endRefused || end == endDone:
			err = errors.Join(err, d.sweep(id, end))
		default:
			odd = true
		}
	}
	if odd && !d.odd {
		d.told(orderAnswer{Code: saidOdd}, "")
	}
	d.odd = odd
	for _, id := range taken {
		if rerr := d.resume(ctx, id); rerr != nil {
			return errors.Join(err, rerr) // what was ordered later waits
		}
	}
	for _, id := range given[:min(len(given), maxLook)] {
		if terr := d.take(ctx, id); terr != nil {
			return errors.Join(err, terr)
		}
	}
	return err
}

// sweep removes what is left over for long.
func (d *orderDesk) sweep(id, end string) error {
	if d.now().Sub(madeAt(id)) < keepAnswer {
		return nil
	}
	if err := d.files.Remove(d.path(id, end)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("orders: %w", err)
	}
	return nil
}

func (d *orderDesk) path(id, end string) string { return filepath.Join(d.dir, id+end) }

// take reads a new order, refuses it, or takes it up and does it.
func (d *orderDesk) take(ctx context.Context, id string) error {
	o, err := d.read(id, endGiven)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // taken back
	}
	a := orderAnswer{Order: id, Code: saidMalformed}
	switch {
	case errors.Is(err, errForeign):
		a.Code = saidForeign
	case err != nil:
		a.Text = err.Error()
	case o.stale(d.now()):
		a.Code = saidStale
	case d.was(id):
		a.Code = saidTwice
	default:
		a.Code = ""
		for _, text := range o.texts() {
			if err := d.note(text); err != nil {
				a.Code, a.Text = saidNote, err.Error()
			}
		}
		if a.Code == "" {
			a = d.admit(o)
		}
	}
	if a.Code != "" {
		return d.refuse(a, o.Act)
	}
	err = d.files.Rename(d.path(id, endGiven), d.path(id, endTaken))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // taken back
	}
	if err == nil {
		err = d.files.SyncDir(d.dir)
	}
	if err != nil {
		return fmt.Errorf("orders: take up order %s: %w", id, err)
	}
	return d.do(ctx, o, nil, true)
}

// resume goes on with an order that was taken up and not done with.
func (d *orderDesk) resume(ctx context.Context, id string) error {
	o, err := d.read(id, endTaken)
	if err != nil {
		return d.refuse(orderAnswer{Order: id, Code: saidMalformed, Text: err.Error()}, "")
	}
	var entries map[string]uint64
	if o.Subject != nil {
		entries, err = d.entered(ctx, o.At, o.subjectAct())
	} else {
		entries, err = d.recorded(ctx, o.digest)
	}
	if err != nil {
		return fmt.Errorf("orders: look for order %s in the log: %w", id, err)
	}
	return d.do(ctx, o, entries, false)
}

// do applies an order, records it and answers.
func (d *orderDesk) do(ctx context.Context, o order, recorded map[string]uint64, fresh bool) error {
	ctx = context.WithoutCancel(ctx) // to the end, also while the gateway drains
	a, acts, err := d.apply(ctx, o, fresh)
	if errors.Is(err, policy.ErrLedgerUnavailable) {
		return fmt.Errorf("orders: do order %s: %w", o.ID, err)
	}
	if err != nil {
		a = orderAnswer{Order: o.ID, Code: saidRefused, Text: err.Error()}
	}
	if a.Code != saidDone {
		return d.refuse(a, o.Act)
	}
	for _, act := range acts {
		seq, known := recorded[act.Object]
		if !known {
			r, err := d.record(ctx, act)
			if err != nil {
				return fmt.Errorf("orders: record order %s: %w", o.ID, err)
			}
			seq = r.Seq
		}
		a.Entries = append(a.Entries, seq)
		if after := d.deeds[o.Act].after; after != nil {
			if err := after(ctx, act); err != nil {
				return fmt.Errorf("orders: finish order %s: %w", o.ID, err)
			}
		}
	}
	if err := d.answer(a); err != nil {
		return err
	}
	d.told(a, o.Act)
	return d.gone(d.files.Rename(d.path(o.ID, endTaken), d.path(o.ID, endDone)), o.ID)
}

// was reports whether an order was done before. Doubt says yes.
func (d *orderDesk) was(id string) bool {
	f, err := d.files.Open(d.path(id, endDone))
	if err == nil {
		_ = f.Close()
	}
	return !errors.Is(err, fs.ErrNotExist)
}

// refuse answers no, and puts the file aside.
func (d *orderDesk) refuse(a orderAnswer, act string) error {
	if err := d.answer(a); err != nil {
		return err
	}
	d.told(a, act)
	from := d.path(a.Order, endGiven)
	err := d.files.Rename(from, d.path(a.Order, endRefused))
	if errors.Is(err, fs.ErrNotExist) {
		err = d.files.Rename(d.path(a.Order, endTaken), d.path(a.Order, endRefused))
	}
	return d.gone(err, a.Order)
}

// gone makes it durable that an order waits no more.
func (d *orderDesk) gone(err error, id string) error {
	if err == nil {
		err = d.files.SyncDir(d.dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("orders: end order %s: %w", id, err)
	}
	return nil
}

// read reads the order of that id.
func (d *orderDesk) read(id, end string) (order, error) {
	b, err := readSmall(d.files, d.path(id, end), maxOrder)
	if err != nil {
		return order{}, err
	}
	o, err := parseOrder(b, d.key)
	if err == nil && o.ID != id {
		err = errors.New("its name is not its id")
	}
	return o, err
}

func readSmall(files policy.Files, name string, most int64) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("it is longer than %d bytes", most)
	}
	return b, err
}
