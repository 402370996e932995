package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/disk"
)

func newAlertCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "alert",
		Short: "List the alerts, try their receivers, send one again",
		Long: `An alert tells somebody of a volume at 80, 90 or 100 %, a date that comes near,
a list that goes out in pieces, a clock or a store that cannot be trusted, and
of transfers in doubt. Each is raised once and goes to every receiver of
"alerts" in the configuration; what cannot be delivered is tried for a week.`,
		Args: cobra.NoArgs,
	}
	addPlaceFlags(cmd)
	cmd.AddCommand(newAlertListCmd(), newAlertTestCmd(), newAlertRetryCmd())
	return cmd
}

func newAlertListCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the alerts with what became of them, the oldest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			lang, _ := cmd.Flags().GetString("lang")
			if err := wantLang(lang); err != nil {
				return err
			}
			list, err := loadAlerts(cmd)
			if err != nil {
				return err
			}
			open, _ := cmd.Flags().GetBool("undelivered")
			if open {
				list = slices.DeleteFunc(list, delivered)
			}
			if format == "json" {
				for _, s := range list {
					if err := writeJSON(cmd.OutOrStdout(), s); err != nil {
						return err
					}
				}
				return nil
			}
			return printAlerts(cmd.OutOrStdout(), list, open, words(wantChinese(lang)))
		},
	}
	cmd.Flags().String("format", "text", "text or json (one object a line)")
	cmd.Flags().String("lang", "", "en or zh (default: of the environment)")
	cmd.Flags().Bool("undelivered", false, "only those that a receiver has not got")
	return cmd
}

// loadAlerts reads the outbox of an installation, which must be one.
func loadAlerts(cmd *cobra.Command) ([]alert.State, error) {
	cfg, err := loadPlace(cmd)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(cfg.Data, "keys", "root.key")); err != nil {
		return nil, exitError{Code: 2, Err: fmt.Errorf("no installation in %s: name it with --data or --config", cfg.Data)}
	}
	list, err := alert.Load(disk.Files{}, cfg.Data)
	if err != nil {
		return nil, exitError{Code: 2, Err: err}
	}
	return list, nil
}

// delivered reports whether every receiver has an alert.
func delivered(s alert.State) bool {
	return !slices.ContainsFunc(s.Deliveries, func(d alert.Delivery) bool { return d.State != alert.Sent })
}

func printAlerts(w io.Writer, list []alert.State, open bool, in words) error {
	if len(list) == 0 {
		none := in.say("no alerts", "没有告警")
		if open {
			none = in.say("every receiver has every alert", "所有告警均已送达")
		}
		_, err := fmt.Fprintln(w, none)
		return err
	}
	tw := newTable(w)
	fmt.Fprintln(tw, in.say("ALERT\tTIME ("+zone+")\tKIND\tWHAT\tRECEIVERS", "告警\t时间（"+zone+"）\t种类\t内容\t接收方"))
	for _, s := range list {
		var to []string
		for _, d := range s.Deliveries {
			to = append(to, deliveryText(d, in))
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", s.Alert.ID, s.Alert.Time.In(policy.Shanghai).Format(time.DateTime), s.Alert.Kind,
			in.say(s.Alert.Title.EN, s.Alert.Title.ZH), strings.Join(to, "; "))
	}
	return tw.Flush()
}

// deliveryText says what became of an alert at one receiver. The record is this
// installation's own: its log, metrics and audit log.
func deliveryText(d alert.Delivery, in words) string {
	text := d.To + " " + string(d.State)
	if d.To == recordName && d.State == alert.Sent {
		text = in.say("in the audit log", "已记入审计日志")
	}
	if d.Fault != "" {
		text += fmt.Sprintf(" (%s; tried %d×)", d.Fault, d.Tries)
	}
	return text
}

func newAlertTestCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "test",
		Short: "Send a test to every receiver now and say what each answered",
		Long: `test sends one alert of kind "test" to every receiver of the configuration, at
once and past the outbox, beside a running gateway or without one. Exit 1 when
one of them did not take it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadPlace(cmd)
			if err != nil {
				return err
			}
			roots, err := rootsOf(cfg)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			receivers, err := receiversOf(cfg, roots)
			if err != nil {
				return exitError{Code: 2, Err: err}
			}
			if len(receivers) == 0 {
				return exitError{Code: 2, Err: errors.New("no receivers are configured: add alerts.webhooks or alerts.mail to the file that --config names")}
			}
			return testReceivers(cmd.Context(), cmd.OutOrStdout(), receivers)
		},
	}
}

func testReceivers(ctx context.Context, w io.Writer, receivers []namedReceiver) error {
	if ctx == nil {
		ctx = context.Background()
	}
	a := alert.TestOf(nodeName(), time.Now()).Sealed()
	failed := 0
	for _, r := range receivers {
		answer := "took it"
		if err := r.Send(ctx, &a); err != nil {
			failed++
			answer = "FAILED: " + err.Error()
		}
		if _, err := fmt.Fprintf(w, "%s  %s  %s\n", r.Name(), r.shown, answer); err != nil {
			return err
		}
	}
	if failed > 0 {
		return exitError{Code: 1, Err: fmt.Errorf("%d of %d receivers did not take the test", failed, len(receivers))}
	}
	return nil
}

func newAlertRetryCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "retry [ALERT]",
		Short: "Send an alert again to the receivers that have not got it",
		Long: `retry puts up again what a receiver refused or did not take within a week, also
for a receiver that was added to the configuration later. Who has the alert does
not get it again. A running gateway takes it up within a second, any other at
its next start.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			all, _ := cmd.Flags().GetBool("all")
			if all == (len(args) == 1) {
				return exitError{Code: 2, Err: errors.New("name one alert, or write --all: customs alert list --undelivered")}
			}
			list, err := loadAlerts(cmd)
			if err != nil {
				return err
			}
			var ids []string
			for _, s := range list {
				if all && !delivered(s) || !all && s.Alert.ID == args[0] {
					ids = append(ids, s.Alert.ID)
				}
			}
			if len(ids) == 0 && !all {
				return exitError{Code: 1, Err: errors.New("there is no such alert; see customs alert list")}
			}
			dir, err := dataDir(cmd)
			if err != nil {
				return err
			}
			if err := orderRetries(alertOrders(dir), ids); err != nil {
				return exitError{Code: 2, Err: err}
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%d alerts will be sent again to the receivers that have not got them\n", len(ids))
			return err
		},
	}
	cmd.Flags().Bool("all", false, "all that a receiver has not got")
	return cmd
}

// orderRetries leaves the ids for the gateway, durably.
func orderRetries(dir string, ids []string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("ask for another try: %w", err)
	}
	for _, id := range ids {
		f, err := os.OpenFile(filepath.Join(dir, id), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue // asked for before
		}
		if err == nil {
			err = errors.Join(f.Sync(), f.Close())
		}
		if err != nil {
			return fmt.Errorf("ask for another try: %w", err)
		}
	}
	return syncDir(dir)
}
