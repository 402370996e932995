package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unicode/utf8"

	"filippo.io/age"
	"github.com/spf13/cobra"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/evidence"
)

func newEvidenceOpenCmd() *cobra.Command {
	var o evidenceWho
	var out string
	cmd := &cobra.Command{
		Use:   "open RECORD",
		Short: "Open the evidence of a record that another auditor approved",
		Long: `open joins your half of the record's key with the one that another auditor
approved for you, and prints the findings with the text around them, in clear.
The act stands in the audit log before anything is printed, and uses up the
approval. With --out they go to a new file that only you can read.`,
		Args: oneArg("RECORD"),
		RunE: func(cmd *cobra.Command, args []string) error { return evidenceOpen(cmd, args[0], out, o) },
	}
	o.add(cmd)
	cmd.Flags().StringVar(&out, "out", "", "write to this new file instead of printing")
	return cmd
}

func evidenceOpen(cmd *cobra.Command, record, out string, o evidenceWho) error {
	p, id, err := o.enter(cmd, record)
	if err != nil {
		return err
	}
	f, h, digest, err := p.read(cmd, record)
	if err != nil {
		return err
	}
	pair, a, err := p.join(f, h, digest, id)
	if err != nil {
		return p.fault(cmd, 1, err)
	}
	defer pair.Close()
	if err := p.owns(o.by, pair.By); err != nil {
		return err
	}
	to, err := evidenceOut(cmd, out)
	if err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("evidence open: %w", err)}
	}
	seq, err := recordAct(cmd, policy.Admin{Act: actEvidenceOpen, Actor: o.by, Object: evidenceObject(record, pair.By, pair.With), Digest: digest, Note: o.reason})
	if err == nil {
		err = evidence.Spend(disk.Files{}, p.dir, h, a)
	}
	if err != nil {
		return errors.Join(err, to.drop())
	}
	samples, err := pair.Open()
	if err != nil {
		return errors.Join(p.fault(cmd, 1, err), to.drop())
	}
	defer evidence.Wipe(samples)
	p.printHead(to, f, digest)
	fmt.Fprintf(to, p.in.say("opened by %s with the approval of %s (entry %d of the log)\n", "由 %s 经 %s 批准打开（日志第 %d 条）\n"), pair.By, pair.With, seq)
	for i := range samples {
		s := &samples[i]
		printFinding(to, i, &s.Masked, clearText(s.Before), clearText(s.Match), clearText(s.After))
	}
	if err := to.done(); err != nil {
		return exitError{Code: 2, Err: fmt.Errorf("evidence open: %w", err)}
	}
	return nil
}

// join finds an approval that fits and makes the key.
func (p *evidencePlace) join(f *evidence.File, h evidence.Held, digest string, id age.Identity) (*evidence.Pair, *evidence.Approval, error) {
	me, err := f.Auditor(id)
	if err != nil {
		return nil, nil, err
	}
	list, err := evidence.Approvals(disk.Files{}, p.dir, h, me.Name)
	if err != nil {
		return nil, nil, err
	}
	for _, a := range list {
		var pair *evidence.Pair
		if pair, err = f.Join(id, a, digest, time.Now()); err == nil {
			return pair, a, nil
		}
	}
	if err != nil {
		return nil, nil, err
	}
	return nil, nil, fmt.Errorf(p.in.say("one key alone opens nothing: another auditor must approve first, with customs evidence approve %s --for %s",
		"单凭一把密钥无法打开：须先由另一位审计员批准：customs evidence approve %s --for %s"), f.Record, me.Name)
}

// clearText is text in UTF-8, also where it was in GB 18030. Its ends may cut a
// character.
func clearText(b []byte) string {
	text := b
	for range utf8.UTFMax - 1 {
		if len(text) > 0 && !utf8.RuneStart(text[0]) {
			text = text[1:]
		}
	}
	for n := range min(utf8.UTFMax, len(text)) {
		if utf8.Valid(text[:len(text)-n]) {
			return string(b)
		}
	}
	if text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b); err == nil {
		return string(text)
	}
	return string(b)
}

// evidenceFile is where opened evidence goes.
type evidenceFile struct {
	io.Writer
	f *os.File // nil for standard output
}

// evidenceOut makes the file before anything is on record, so that an opening
// is not used up for nothing.
func evidenceOut(cmd *cobra.Command, path string) (*evidenceFile, error) {
	if path == "" {
		return &evidenceFile{Writer: cmd.OutOrStdout()}, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s is there already and stays; name another file", path)
	}
	if err != nil {
		return nil, err
	}
	return &evidenceFile{f, f}, nil
}

func (e *evidenceFile) done() error {
	if e.f == nil {
		return nil
	}
	return errors.Join(e.f.Sync(), e.f.Close(), syncDir(filepath.Dir(e.f.Name())))
}

func (e *evidenceFile) drop() error {
	if e.f == nil {
		return nil
	}
	return errors.Join(e.f.Close(), os.Remove(e.f.Name()))
}
