package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/ledger"
)

// orderWait is how long a command waits for the gateway's answer.
const orderWait = 10 * time.Second

// giver gives one order of a command to the gateway, or does it itself where
// none runs.
type giver struct {
	cfg     *config.Config
	keys    *keyRing
	note    inspect.Inspector
	chinese bool
	wait    time.Duration
}

// say chooses between two texts.
func (g *giver) say(en, zh string) string {
	if g.chinese {
		return zh
	}
	return en
}

// giveOrder gives an order and returns the answer to it when it was done;
// everything else is an error with what to do.
func giveOrder(cmd *cobra.Command, o order) (orderAnswer, error) {
	cfg, err := loadPlace(cmd)
	if err != nil {
		return orderAnswer{}, err
	}
	lang, _ := cmd.Flags().GetString("lang")
	g := &giver{cfg: cfg, chinese: wantChinese(lang), wait: orderWait}
	o.Schema, o.ID, o.At = orderSchema, newID(), time.Now().UTC()
	if err := o.check(); err != nil {
		return orderAnswer{}, exitError{Code: 2, Err: fmt.Errorf("%s: %w", commandName(cmd), err)}
	}
	if err := g.open(cmd, o); err != nil {
		return orderAnswer{}, exitError{Code: 2, Err: fmt.Errorf("%s: %w", commandName(cmd), err)}
	}
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program
	a, err := g.give(ctx, o)
	stop()
	if err != nil {
		return a, exitError{Code: 2, Err: fmt.Errorf("%s: %w", commandName(cmd), err)}
	}
	if a.Code != saidDone {
		text := a.refusal(g.chinese)
		for _, c := range []string{"customs ledger show --in-doubt", "customs ledger export", "customs audit hold list"} {
			text = strings.ReplaceAll(text, c, again(cmd, c))
		}
		return a, exitError{Code: 1, Err: fmt.Errorf("%s: %s", commandName(cmd), text)}
	}
	return a, nil
}

// commandName is a command without the program's name.
func commandName(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

// open finds the installation and looks at the reason before anything is
// written.
func (g *giver) open(cmd *cobra.Command, o order) (err error) {
	if _, err := os.Stat(filepath.Join(g.cfg.Data, "keys", "root.key")); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no installation in %s: name it with --data or --config, or start it once with %s", g.cfg.Data, again(cmd, "customs serve"))
	}
	if err := checkManifest(g.cfg.Data); err != nil {
		return err
	}
	if g.note, err = noteScanner(g.cfg); err != nil {
		return err
	}
	for _, text := range o.texts() {
		if err := noteFault(g.note, text, o.At); err != nil {
			return errors.New(orderAnswer{Code: saidNote, Text: err.Error()}.refusal(g.chinese))
		}
	}
	g.keys, err = openKeys(g.cfg)
	return err
}

// give writes the order and waits for its answer.
func (g *giver) give(ctx context.Context, o order) (a orderAnswer, err error) {
	dir, files := ordersDir(g.cfg.Data), disk.Files{}
	b, err := o.encode(g.keys.key("order"))
	if err == nil {
		err = files.MakeDir(dir)
	}
	if err == nil {
		err = errors.Join(files.SyncDir(filepath.Dir(dir)), files.SyncDir(g.cfg.Data))
	}
	if err == nil {
		err = writeAside(files, filepath.Join(dir, o.ID+endGiven), b)
	}
	if err != nil {
		return a, fmt.Errorf("give the order: %w", err)
	}
	limit := time.After(g.wait)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if a, err = readAnswer(files, dir, o.ID); !errors.Is(err, fs.ErrNotExist) {
			return a, err
		}
		if err = g.doIt(context.WithoutCancel(ctx)); err == nil { // what is begun is done to its end
			if a, err = readAnswer(files, dir, o.ID); !errors.Is(err, fs.ErrNotExist) {
				return a, err
			}
		} else if !errors.Is(err, policy.ErrLocked) {
			return a, g.takeBack(dir, o.ID, err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return a, g.takeBack(dir, o.ID, errors.New(g.say("interrupted", "已中断")))
		case <-limit:
			return a, g.takeBack(dir, o.ID, errors.New(g.say("the gateway did not answer within "+g.wait.String(), "网关未在 "+g.wait.String()+" 内答复")))
		}
	}
}

// takeBack takes an order back that was not taken up, and says how it stands.
func (g *giver) takeBack(dir, id string, why error) error {
	given, aside := filepath.Join(dir, id+endGiven), filepath.Join(dir, id+endWritten)
	if err := os.Rename(given, aside); err != nil {
		return fmt.Errorf(g.say("%w; order %s was taken up and will be done to its end, also after a restart: do not give it again, see customs audit list --acts",
			"%w；指令 %s 已被受理，将执行到底（包括重启之后）：请勿重复下达，可查看 customs audit list --acts"), why, id)
	}
	return errors.Join(fmt.Errorf(g.say("%w; nothing was changed: order %s was taken back; see that the gateway runs and can write, then give it again",
		"%w；未作任何更改：指令 %s 已撤回；请确认网关正在运行且可写盘，然后重新下达"), why, id), os.Remove(aside), disk.Files{}.SyncDir(dir))
}

// readAnswer reads an answer and takes it away.
func readAnswer(files policy.Files, dir, id string) (a orderAnswer, err error) {
	name := filepath.Join(dir, id+endAnswer)
	b, err := readSmall(files, name, maxOrder)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(b, &a); err != nil || a.Schema != answerSchema || a.Order != id {
		return a, fmt.Errorf("the answer to order %s cannot be read; see customs audit list --acts", id)
	}
	return a, files.Remove(name)
}

// doIt does what is ordered while no gateway runs; policy.ErrLocked says that
// one does. Flows that an unclean stop left open are settled first, as a
// gateway would.
func (g *giver) doIt(ctx context.Context) (err error) {
	lock, err := disk.Files{}.Lock(filepath.Join(g.cfg.Data, ledger.Sub, "lock"))
	if err != nil {
		return err
	}
	if err := lock.Close(); err != nil {
		return err
	}
	log, err := openLog(g.cfg, g.keys)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	l, err := ledger.Open(ledger.Options{Dir: g.cfg.Data, Key: g.keys.key("ledger"), Files: disk.Files{}, Now: time.Now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if _, err := policy.Recover(ctx, l, log, nodeName(), time.Now, log.Settled); err != nil {
		return err
	}
	d := newOrderDesk(g.cfg.Data, g.keys, l, log, g.note, func(orderAnswer, string) {})
	d.deeds = g.deeds(log)
	return d.look(ctx)
}
