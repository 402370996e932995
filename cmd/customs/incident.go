package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/incident"
	"github.com/datacustoms/customs/policy/index"
)

func newIncidentCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "incident",
		Short: "Mark a leak, bypass or loss, keep its reporting clocks, draft its report",
		Long: `An incident is a leak, a bypass of the gateway or a loss of data that somebody
noticed. "open" starts the clocks by which it is to be reported, as the rule pack
has them; which of them run follows from the exporters: one whose status as an
operator of critical information infrastructure is not stated counts as one. A
running gateway tells the receivers of alerts when half of the time is left, when
15 minutes are, and when it has run out. "report" says that an authority was told
and stops the clock; "draft" writes the report from the audit log for a person to
finish. Nothing is sent to anybody. Each step stands in the audit log.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.PersistentFlags().String("lang", "", "language, en or zh (default: that of the environment)")
	cmd.AddCommand(newIncidentOpenCmd(), newIncidentListCmd(), newIncidentShowCmd(), newIncidentNoteCmd(), newIncidentReportCmd(),
		newIncidentCloseCmd(), newIncidentRecordCmd(), newIncidentDraftCmd(), newIncidentCandidatesCmd())
	return cmd
}

// incidentRun is what every command about incidents needs.
type incidentRun struct {
	cmd *cobra.Command
	cfg *config.Config
	in  words
}

// openIncidentRun finds the installation, which must be one.
func openIncidentRun(cmd *cobra.Command) (r incidentRun, err error) {
	lang, _ := cmd.Flags().GetString("lang")
	if err := wantLang(lang); err != nil {
		return r, err
	}
	r = incidentRun{cmd: cmd, in: words(wantChinese(lang))}
	if r.cfg, err = loadPlace(cmd); err != nil {
		return r, err
	}
	if _, err := os.Stat(filepath.Join(r.cfg.Data, "keys")); err != nil {
		return r, r.cannot(fmt.Errorf(r.in.say("no installation in %s: name it with --data or --config", "%s 中没有安装：请用 --data 或 --config 指明"), r.cfg.Data))
	}
	return r, nil
}

// openIncidentList does the same for a command that has a --format.
func openIncidentList(cmd *cobra.Command) (incidentRun, string, error) {
	r, err := openIncidentRun(cmd)
	if err != nil {
		return r, "", err
	}
	format, err := wantFormat(cmd)
	return r, format, err
}

// cannot is an error that says that nothing could be done.
func (r incidentRun) cannot(err error) error {
	var exit exitError
	if err == nil || errors.As(err, &exit) {
		return err
	}
	return exitError{Code: 2, Err: fmt.Errorf("%s: %w", commandName(r.cmd), err)}
}

// load reads one incident; one that is not there is the answer no.
func (r incidentRun) load(id string) (*incident.Incident, error) {
	i, err := incident.Load(disk.Files{}, r.cfg.Data, id)
	if errors.Is(err, incident.ErrNone) {
		return nil, exitError{Code: 1, Err: fmt.Errorf("%s: %s", commandName(r.cmd), r.in.say("there is no such incident; see ", "没有该事件；请查看 ")+again(r.cmd, "customs incident list"))}
	}
	return i, r.cannot(err)
}

// words of a person that will stand in the log are scanned as traffic is.
func (r incidentRun) clean(now time.Time, texts ...string) error {
	scan, err := noteScanner(r.cfg)
	if err != nil {
		return r.cannot(err)
	}
	for _, text := range texts {
		if longDigits(text) {
			return r.cannot(errors.New(r.in.say("a text holds more than 10 digits in a row: leave out numbers of persons", "文字中含有超过 10 位的连续数字：请勿写入个人号码")))
		}
		if err := noteFault(scan, text, now); err != nil {
			return r.cannot(errors.New(r.in.say(err.Error(), "文字中似有个人信息或密钥：请不写姓名和号码")))
		}
	}
	return nil
}

// when reads a time that a person wrote; empty is now.
func (r incidentRun) when(flag string, now time.Time) (time.Time, error) {
	text, _ := r.cmd.Flags().GetString(flag)
	if text == "" {
		return now, nil
	}
	t, err := index.ParseTime(text, false)
	if err == nil && t.After(now.Add(time.Minute)) {
		err = errors.New(r.in.say("it lies in the future", "时间在将来"))
	}
	if err != nil {
		return t, r.cannot(fmt.Errorf("--%s: %w", flag, err))
	}
	return t, nil
}

// parse reads a time of a span; empty leaves what stands there.
func (r incidentRun) parse(flag string, into *time.Time, end bool) error {
	text, _ := r.cmd.Flags().GetString(flag)
	if text == "" {
		return nil
	}
	t, err := index.ParseTime(text, end)
	if err != nil {
		return r.cannot(fmt.Errorf("--%s: %w", flag, err))
	}
	*into = t.UTC()
	return nil
}

// newIncidentID is easy to say, and no number of a person.
func newIncidentID(now time.Time) string {
	var b [5]byte
	rand.Read(b[:])
	return "inc-" + now.In(policy.Shanghai).Format("20060102") + "-" + idAlphabet.EncodeToString(b[:])[:6]
}

// change loads an incident under the lock of all, lets do change it, and puts
// what was done into the audit log. do may be nil: then only what the log does
// not have yet is put there.
func (r incidentRun) change(id string, do func(*incident.Incident) error) (*incident.Incident, error) {
	store, err := r.store()
	if err != nil {
		return nil, err
	}
	defer store.Close()
	i, err := r.load(id)
	if err != nil {
		return nil, err
	}
	fresh := len(i.Steps)
	if do != nil {
		if err := do(i); err != nil {
			return i, r.refuse(err)
		}
		if err := store.Save(i); err != nil {
			return i, r.cannot(err)
		}
	}
	return i, r.record(store, i, fresh)
}

// store locks the incidents for a change.
func (r incidentRun) store() (*incident.Store, error) {
	s, err := incident.Open(disk.Files{}, r.cfg.Data)
	if errors.Is(err, policy.ErrLocked) {
		err = errors.New(r.in.say("another command changes incidents right now: try again", "另一条命令正在更改事件：请稍后重试"))
	}
	return s, r.cannot(err)
}

// refuse makes what an incident does not allow the answer no.
func (r incidentRun) refuse(err error) error {
	if errors.Is(err, incident.ErrClosed) {
		return exitError{Code: 1, Err: fmt.Errorf("%s: %s", commandName(r.cmd), r.in.say("the incident is closed: open another one", "该事件已结案：请另行登记"))}
	}
	return r.cannot(err)
}

// record puts the steps that are not in the audit log there, in order. What
// cannot be is kept, and tried again by the next command. Steps before fresh
// may have got there by a run that was interrupted.
func (r incidentRun) record(store *incident.Store, i *incident.Incident, fresh int) error {
	for n := i.Pending(); n >= 0; n = i.Pending() {
		var seq uint64
		var err error
		if n < fresh {
			seq, err = r.entryOf(i.Act(n))
		}
		if seq == 0 && err == nil {
			seq, err = recordAct(r.cmd, i.Act(n))
		}
		if err == nil {
			i.Steps[n].Entry = seq
			err = store.Save(i)
		}
		if err != nil {
			return exitError{Code: 2, Err: fmt.Errorf(r.in.say("incident %s is kept and its clocks run, but step %d is not in the audit log yet: %w; then run %s",
				"事件 %s 已保存并开始计时，但第 %d 步尚未记入审计日志：%w；之后请运行 %s"), i.ID, n+1, err, again(r.cmd, "customs incident record "+i.ID))}
		}
	}
	return nil
}

// entryOf returns the entry that holds an act exactly, or 0.
func (r incidentRun) entryOf(act policy.Admin) (seq uint64, err error) {
	err = r.acts(act.Act, act.Actor, func(a index.Act) {
		if a.Admin == act {
			seq = a.Seq
		}
	})
	return seq, err
}

// acts calls fn for the acts of a kind in the audit log.
func (r incidentRun) acts(kind, actor string, fn func(index.Act)) (err error) {
	source, err := auditSource(r.cmd)
	if err != nil {
		return err
	}
	reader := lookIndex(source)
	defer func() { err = errors.Join(err, reader.Close()) }()
	err = reader.Acts(r.cmd.Context(), kind, actor, func(a index.Act) error { fn(a); return nil })
	if errors.Is(err, audit.ErrNoLog) {
		return nil
	}
	return readFault(source, err)
}

// records calls fn for the records of a scope, or of all the log where all is
// set.
func (r incidentRun) records(ctx context.Context, s *incident.Scope, fn func(*policy.Record) error) error {
	source, err := auditSource(r.cmd)
	if err != nil {
		return err
	}
	reader := lookIndex(source)
	defer reader.Close()
	if len(s.Records) == 0 {
		if s.From.IsZero() {
			return nil
		}
		f := index.Filter{From: s.From, To: s.To, Exporter: s.Exporter, Recipient: s.Recipient, Oldest: true}
		return readFault(source, reader.Records(ctx, f, func(rec policy.Record) error { return fn(&rec) }))
	}
	for _, id := range s.Records {
		rec, _, err := reader.Entries(ctx, id)
		if missingRecord(err) {
			continue
		}
		if err != nil {
			return readFault(source, err)
		}
		if err := fn(&rec); err != nil {
			return err
		}
	}
	return nil
}
