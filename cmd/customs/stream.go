package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy/audit"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/stream"
)

func streamsDir(data string) string { return filepath.Join(data, stream.Sub) }

func newStreamCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "stream",
		Short: "List the streams of the log, try a receiver, send again",
		Long: `A stream ships the records and acts of the audit log to NATS JetStream, Kafka or
syslog, as "streams" in the configuration names them. Each is sent at least
once; a consumer that keeps one of each id has each exactly once. What a
receiver does not take waits in the log, and no verdict waits for it.

Logs belong in the mainland: a receiver abroad is itself an export.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.PersistentFlags().String("lang", "", "en or zh (default: of the environment)")
	cmd.AddCommand(newStreamListCmd(), newStreamTestCmd(), newStreamReplayCmd())
	return cmd
}

func newStreamListCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the streams with how far they are and what failed last",
		Long: `list shows the streams of the configuration as their positions on disk say, also
beside a running gateway, whose positions may be a second further. Exit 1 when
one of them fails, is above its backlog, or has a gap.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			in, err := wantWords(cmd)
			if err != nil {
				return err
			}
			cfg, err := loadPlace(cmd)
			if err != nil {
				return err
			}
			list, err := streamStates(cmd.Context(), cfg)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("stream list: %w", err)}
			}
			if err := printStreams(cmd.OutOrStdout(), list, format, in); err != nil {
				return exitError{Code: 2, Err: err}
			}
			if n := slices.IndexFunc(list, func(s streamState) bool { return s.bad() }); n >= 0 {
				return exitError{Code: 1, Err: errors.New(in.say("a stream needs somebody: "+list[n].Name, "需要处理的日志流："+list[n].Name))}
			}
			return nil
		},
	}
	cmd.Flags().String("format", "text", "text or json (one object a line)")
	return cmd
}

func wantWords(cmd *cobra.Command) (words, error) {
	lang, _ := cmd.Flags().GetString("lang")
	return words(wantChinese(lang)), wantLang(lang)
}

// streamState is a stream as a program reads it.
type streamState struct {
	stream.State
	Kind    string   `json:"kind"`
	Servers []string `json:"servers"`
}

func (s *streamState) bad() bool {
	return s.Fault != "" || !s.Over.IsZero() || s.Gone > 0 || s.Broken > 0
}

// streamStates reads the positions of the streams of a configuration.
func streamStates(ctx context.Context, cfg *config.Config) ([]streamState, error) {
	if len(cfg.Streams) == 0 {
		return nil, nil
	}
	last, err := lastEntry(ctx, cfg.Data)
	if err != nil {
		return nil, err
	}
	var out []streamState
	for _, c := range cfg.Streams {
		p, err := stream.Load(disk.Files{}, cfg.Data, c.Name)
		if errors.Is(err, fs.ErrNotExist) {
			p, err = &stream.Position{Stream: c.Name}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		out = append(out, streamState{stream.StateOf(p, last), c.Kind, c.Servers})
	}
	return out, nil
}

// lastEntry is the number of the newest entry of a log; 0 when there is none.
func lastEntry(ctx context.Context, data string) (uint64, error) {
	list, err := audit.Segments(ctx, audit.Source{Files: disk.Files{}, Dir: data})
	if errors.Is(err, audit.ErrNoLog) || err == nil && len(list) == 0 {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return list[len(list)-1].Last, nil
}

func printStreams(w io.Writer, list []streamState, format string, in words) error {
	if format == "json" {
		for _, s := range list {
			if err := writeJSON(w, s); err != nil {
				return err
			}
		}
		return nil
	}
	if len(list) == 0 {
		_, err := fmt.Fprintln(w, in.say("no streams are configured", "未配置日志流"))
		return err
	}
	tw := newTable(w)
	fmt.Fprintln(tw, in.say("STREAM\tKIND\tTO\tENTRY\tBEHIND\tSENT\tLAST ("+zone+")\tSTATE", "日志流\t种类\t接收方\t已扫描\t积压\t已送达\t最近送达（"+zone+"）\t状态"))
	for _, s := range list {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n", s.Name, s.Kind, strings.Join(s.Servers, " "), s.Scanned, s.Behind,
			s.Records+s.Acts, clock(s.Shipped), s.words(in))
	}
	return tw.Flush()
}

// words say what is the matter with a stream.
func (s *streamState) words(in words) string {
	var out []string
	if s.Fault != "" {
		zh, en := s.Fault.Text()
		out = append(out, in.say("fails since "+clock(s.FaultAt)+": "+en, "失败（"+clock(s.FaultAt)+"）："+zh))
	}
	if !s.Over.IsZero() {
		out = append(out, in.say("above its backlog since "+clock(s.Over), "积压超限（"+clock(s.Over)+" 起）"))
	}
	if s.Gone > 0 || s.Broken > 0 {
		gone, broken := strconv.FormatUint(s.Gone, 10), strconv.FormatUint(s.Broken, 10)
		out = append(out, in.say("never sent: "+gone+" entries that were deleted, "+broken+" records that lost their beginning", "未送达：已删除的日志 "+gone+" 条，缺头的记录 "+broken+" 条"))
	}
	if len(out) == 0 {
		return in.say("ok", "正常")
	}
	return strings.Join(out, "; ")
}

// streamNamed finds a stream of a configuration.
func streamNamed(cfg *config.Config, name string) (config.Stream, error) {
	i := slices.IndexFunc(cfg.Streams, func(s config.Stream) bool { return s.Name == name })
	if i < 0 {
		return config.Stream{}, fmt.Errorf("no stream of that name is configured: see streams in the file that --config names")
	}
	return cfg.Streams[i], nil
}

func newStreamTestCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "test NAME",
		Short: "Send a test message to a receiver now and say whether it took it",
		Long: `test sends one message of kind "test" to the receiver, past the position, beside
a running gateway or without one. Exit 1 when the receiver did not take it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in, err := wantWords(cmd)
			if err != nil {
				return err
			}
			cfg, err := loadPlace(cmd)
			if err != nil {
				return err
			}
			c, err := streamNamed(cfg, args[0])
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("stream test: %w", err)}
			}
			roots, err := rootsOf(cfg)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			sink, err := sinkOf(c, roots)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			defer sink.Close()
			ctx, cancel := context.WithTimeout(cmd.Context(), 30*time.Second)
			defer cancel()
			if err := sink.Send(ctx, []stream.Message{stream.TrialOf(nodeName(), newID(), time.Now(), c.Kind == "syslog")}); err != nil {
				zh, en := stream.ClassOf(err).Text()
				return exitError{Code: 1, Err: fmt.Errorf("stream test: %s: %s", c.Name, in.say(en, zh))}
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), in.say(c.Name+" took the test", c.Name+" 已接收测试消息"))
			return err
		},
	}
}
