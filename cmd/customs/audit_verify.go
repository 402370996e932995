package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/tree"
)

func newAuditVerifyCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check every byte of the log against the log's public key, and name the first fault",
		Long: `verify recomputes the hash chain and the Merkle tree over every entry, compares
each file of the tree and each checkpoint, and checks the signatures. It needs no
lock and no secret, and works on a copy of the log's directory (--dir) with
nothing but the log's public key (--key). Exit 1 when something was edited,
deleted, reordered, inserted, truncated, dated in the future, or is not signed,
or when there is neither an entry nor a checkpoint; exit 2 when it could not be read, or no key was named.

A log by itself cannot show that it was cut back to an earlier state, or that
another version of it was shown to somebody else. Keep checkpoints elsewhere
("customs audit checkpoint") and name them with --known, or name a witness that
cosigned the log with --witness. Without either, rollback is not excluded.`,
		Args: cobra.NoArgs,
		RunE: runAuditVerify,
	}
	f := cmd.Flags()
	f.String("dir", "", "a copy of the log instead of the installation's own")
	addLogKeyFlag(cmd)
	f.StringArray("known", nil, "a file with a signed checkpoint that was kept elsewhere (repeatable)")
	f.StringArray("witness", nil, "public key of a witness that must have cosigned the log (repeatable)")
	f.Bool("live", false, "the copy was made while a gateway wrote: an end that nothing signed covers may be incomplete")
	f.String("format", "text", "text or json")
	f.String("lang", "", "en or zh (default: of the environment)")
	return cmd
}

func addLogKeyFlag(cmd *cobra.Command) {
	cmd.Flags().StringArray("key", nil, "the log's public key: a file or a line NAME+HASH+KEY (repeatable; default: the installation's keys/log.pub)")
}

// logPlace is a log that a command reads, and the keys to check it by.
type logPlace struct {
	s     audit.Source
	keys  []note.Verifier
	own   bool // the keys are those that stand beside the log
	in    words
	asked string // format
}

// openLogPlace reads the flags that name a log and its keys.
func openLogPlace(cmd *cobra.Command) (p logPlace, err error) {
	p.s = audit.Source{Files: disk.Files{}}
	if f := cmd.Flags().Lookup("dir"); f != nil {
		p.s.Dir = f.Value.String()
	}
	if p.s.Dir == "" {
		if p.s, err = auditSource(cmd); err != nil {
			return p, err
		}
	}
	lang, _ := cmd.Flags().GetString("lang")
	if err := wantLang(lang); err != nil {
		return p, err
	}
	p.in = words(wantChinese(lang))
	named, _ := cmd.Flags().GetStringArray("key")
	if p.keys, err = readLogKeys(named); err != nil {
		return p, exitError{Code: 2, Err: err}
	}
	if len(named) == 0 {
		p.own = true
		text, err := os.ReadFile(filepath.Join(p.s.Dir, "keys", "log.pub"))
		if err == nil {
			p.keys, err = tree.ParseKeys(string(text))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return p, exitError{Code: 2, Err: fmt.Errorf("the installation's keys/log.pub: %w", err)}
		}
	}
	if f := cmd.Flags().Lookup("format"); f != nil {
		p.asked, err = wantFormat(cmd)
	}
	return p, err
}

// readLogKeys reads keys that are named by file or in full.
func readLogKeys(named []string) (out []note.Verifier, err error) {
	for _, name := range named {
		text := []byte(name)
		if _, nerr := note.NewVerifier(strings.TrimSpace(name)); nerr != nil {
			if text, err = os.ReadFile(name); err != nil {
				return nil, fmt.Errorf("--key is neither a public key NAME+HASH+KEY nor a file that can be read: %w", err)
			}
		}
		keys, err := tree.ParseKeys(string(text))
		if err != nil {
			return nil, fmt.Errorf("--key: %w", err)
		}
		if len(keys) == 0 {
			return nil, fmt.Errorf("--key %s holds no public key NAME+HASH+KEY", name)
		}
		out = append(out, keys...)
	}
	return out, nil
}

// readKnown reads checkpoints that were kept.
func readKnown(names []string) (out [][]byte, err error) {
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("--known: %w", err)
		}
		if !strings.Contains(string(text), "\n\n\u2014 ") {
			return nil, fmt.Errorf("%s is no signed checkpoint: name a file that customs audit checkpoint wrote", name)
		}
		out = append(out, text)
	}
	return out, nil
}

func runAuditVerify(cmd *cobra.Command, _ []string) error {
	p, err := openLogPlace(cmd)
	if err != nil {
		return err
	}
	o := audit.VerifyOptions{Keys: p.keys, Now: time.Now()}
	o.Live, _ = cmd.Flags().GetBool("live")
	known, _ := cmd.Flags().GetStringArray("known")
	if o.Known, err = readKnown(known); err != nil {
		return exitError{Code: 2, Err: err}
	}
	witnesses, _ := cmd.Flags().GetStringArray("witness")
	for _, line := range witnesses {
		w, err := tree.ParseCosigner(strings.TrimSpace(line))
		if err != nil {
			return exitError{Code: 2, Err: fmt.Errorf("--witness: %w", err)}
		}
		o.Witnesses = append(o.Witnesses, w)
	}
	sum, err := audit.Verify(cmd.Context(), p.s, o)
	return p.verdict(cmd, sum, known, err)
}

// verdict prints what a verification found.
func (p logPlace) verdict(cmd *cobra.Command, sum audit.Summary, known []string, err error) error {
	var fault *audit.Fault
	switch {
	case errors.Is(err, audit.ErrNoKey):
		return exitError{Code: 2, Err: fmt.Errorf("audit verify: %s", p.in.say("name the log's public key with --key (customs keeps it in keys/log.pub): without it nobody vouches for the log",
			"请用 --key 指明日志公钥（网关存于 keys/log.pub）：没有公钥就无人为日志作证"))}
	case err != nil && !errors.As(err, &fault):
		return exitError{Code: 2, Err: fmt.Errorf("audit verify: %w", readFault(p.s, err))}
	}
	if fault != nil {
		for i, name := range known {
			known := fmt.Sprintf("known checkpoint %d", i+1)
			fault.Segment, fault.Problem = strings.Replace(fault.Segment, known, name, 1), strings.Replace(fault.Problem, known, name, 1)
		}
	}
	empty := fault == nil && sum.Entries == 0 && sum.Origin == "" // not even a checkpoint
	if p.asked == "json" {
		out := struct {
			OK    bool          `json:"ok"`
			Own   bool          `json:"key_not_independent,omitempty"`
			Fault *audit.Fault  `json:"fault,omitempty"`
			Log   audit.Summary `json:"log"`
		}{fault == nil && !empty, p.own, fault, sum}
		if err := writeJSON(cmd.OutOrStdout(), out); err != nil {
			return err
		}
	}
	if fault != nil {
		return exitError{Code: 1, Err: errors.New(p.faultText(fault))}
	}
	if empty {
		return exitError{Code: 1, Err: fmt.Errorf(p.in.say("audit verify: the log in %s is empty: nothing was verified", "audit verify: %s 中的日志为空，未验证任何内容"), p.s.Dir)}
	}
	if p.asked == "text" {
		p.summaryText(cmd.OutOrStdout(), sum)
	}
	return nil
}
