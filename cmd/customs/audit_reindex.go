package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/index"
)

// openIndex opens the index of an installation for writing. policy.ErrLocked
// says that a gateway writes it.
func openIndex(data string) (*index.Index, io.Closer, error) {
	files, path := disk.Files{}, index.Path(data)
	if err := files.MakeDir(filepath.Dir(path)); err != nil {
		return nil, nil, err
	}
	lock, err := files.Lock(filepath.Join(filepath.Dir(path), "lock"))
	if err != nil {
		return nil, nil, err
	}
	x, err := index.Open(path)
	if err != nil {
		return nil, nil, errors.Join(err, lock.Close())
	}
	return x, lock, nil
}

func newAuditReindexCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "reindex",
		Short: "Make the index of the log again, from the log",
		Long: `The index makes audit list and audit show fast. It is derived from the log, holds
nothing that the log does not, and a running gateway keeps it. reindex throws it
away and makes it again while no gateway runs; a gateway does the same by itself
when the index is damaged or does not fit the log.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lang, _ := cmd.Flags().GetString("lang")
			if err := wantLang(lang); err != nil {
				return err
			}
			in := words(wantChinese(lang))
			p, took, err := reindex(cmd)
			if errors.Is(err, policy.ErrLocked) {
				err = errors.New(in.say("a running gateway keeps the index; stop it, or remove the index directory under the data directory and restart it",
					"索引由正在运行的网关维护；请停止网关，或删除数据目录下的 index 目录后重启网关"))
			}
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("audit reindex: %w", err)}
			}
			fmt.Fprintf(cmd.OutOrStdout(), in.say("indexed %d entries in %s\n", "已索引 %d 个条目，用时 %s\n"), p.Entries, took.Round(time.Millisecond))
			return nil
		},
	}
	cmd.Flags().String("lang", "", "language of the answer: en or zh (default: the environment's)")
	return cmd
}

func reindex(cmd *cobra.Command) (p index.Progress, took time.Duration, err error) {
	s, err := auditSource(cmd)
	if err != nil {
		return p, 0, err
	}
	if _, err := s.Files.List(filepath.Join(s.Dir, "audit")); err != nil {
		return p, 0, fmt.Errorf("no log in %s: name the installation with --data or --config", s.Dir)
	}
	x, lock, err := openIndex(s.Dir)
	if err != nil {
		return p, 0, err
	}
	defer func() { err = errors.Join(err, x.Close(), lock.Close()) }()
	began := time.Now()
	if err = x.Rebuild(cmd.Context()); err == nil {
		p, err = x.Update(contextOr(cmd.Context()), s)
	}
	return p, time.Since(began), err
}

func contextOr(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}
