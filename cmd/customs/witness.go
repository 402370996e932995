package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/disk"
	cosign "github.com/datacustoms/customs/policy/witness"
)

// witnessKeyFile is the private key in a witness's directory.
const witnessKeyFile = "witness.key"

func newWitnessCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "witness",
		Short: "Cosign the checkpoints of other gateways' audit logs",
		Long: `A witness remembers the newest checkpoint of each log that it watches and
cosigns the next one only with a proof that the log grew from there. So a log
that was rolled back or shows two histories is found out by anybody who asks for
the witness's signature. Any third party can run one: an auditor, a partner, a
parent company. It needs no gateway, reads no entry, and learns only how long a
log is.

It speaks C2SP tlog-witness (POST /add-checkpoint) and cosignature/v1; the newest
cosigned checkpoint of a log is at GET /checkpoint?origin=ORIGIN.`,
		Args: cobra.NoArgs,
	}
	cmd.PersistentFlags().String("data", "./customs-witness", "directory of the witness: its key, and what it cosigned")
	cmd.PersistentFlags().String("lang", "", "language, en or zh (default: that of the environment)")
	cmd.AddCommand(newWitnessInitCmd(), newWitnessServeCmd(), newWitnessShowCmd())
	return cmd
}

func newWitnessInitCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Make the key of a witness and print its public line",
		Long: `Make the key of a witness. Give the printed line to whoever runs a gateway, for
audit.witnesses in its configuration, and to auditors, for customs audit verify
--witness. Back the directory up: a witness that lost it must get another name.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			lang, _ := cmd.Flags().GetString("lang")
			if err := wantLang(lang); err != nil {
				return err
			}
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			name, _ := cmd.Flags().GetString("name")
			dir, _ := cmd.Flags().GetString("data")
			public, err := makeWitness(dir, name)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("witness init: %w", err)}
			}
			if format == "json" {
				return writeJSON(cmd.OutOrStdout(), map[string]string{"name": name, "public": public, "data": dir})
			}
			fmt.Fprintln(cmd.OutOrStdout(), public)
			fmt.Fprintf(cmd.ErrOrStderr(), witnessHint[wantChinese(lang)], dir)
			return nil
		},
	}
	cmd.Flags().String("name", "", "name that cosignatures show, as witness.example.org/w1")
	cmd.Flags().String("format", "text", "text or json")
	if err := cmd.MarkFlagRequired("name"); err != nil {
		panic(err)
	}
	return cmd
}

// witnessHint is said once a witness is made, in Chinese where true.
var witnessHint = map[bool]string{
	false: `The private key is in %s: back the directory up.
Put the line above into audit.witnesses of the gateway's configuration, then run
customs witness serve --log with the line of the gateway's keys/log.pub.
`,
	true: `私钥保存在 %s：请备份该目录。
将上面一行写入网关配置的 audit.witnesses，然后以网关 keys/log.pub 中的一行作为 --log
运行 customs witness serve。
`}

// makeWitness writes a new key into a directory that has none.
func makeWitness(dir, name string) (public string, err error) {
	private, public, err := cosign.GenerateKey(name)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, witnessKeyFile)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("%s is there already and stays; name another directory with --data", path)
	}
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(private + "\n")
	if err = errors.Join(err, f.Sync(), f.Close(), syncDir(dir)); err != nil {
		return "", errors.Join(err, os.Remove(path))
	}
	return public, nil
}

// openWitnessKey reads the key of a witness's directory.
func openWitnessKey(dir string) (note.Signer, note.Verifier, string, error) {
	path := filepath.Join(dir, witnessKeyFile)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, "", fmt.Errorf("no witness in %s: name its directory with --data, or make one with customs witness init", dir)
	}
	if err != nil {
		return nil, nil, "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, nil, "", fmt.Errorf("%s can be read by others: run chmod 600 on it", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, cosign.MaxPrivateKey+1))
	if err != nil {
		return nil, nil, "", err
	}
	s, v, public, err := cosign.ParseKey(string(text), time.Now)
	if err != nil {
		err = fmt.Errorf("%s is %w", path, err)
	}
	return s, v, public, err
}

func newWitnessShowCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show [ORIGIN]",
		Short: "Show what was cosigned, or the newest cosigned checkpoint of one log",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			lang, _ := cmd.Flags().GetString("lang")
			if err := wantLang(lang); err != nil {
				return err
			}
			format, err := wantFormat(cmd)
			if err != nil {
				return err
			}
			dir, _ := cmd.Flags().GetString("data")
			_, key, public, err := openWitnessKey(dir)
			if err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("witness show: %w", err)}
			}
			seen, err := cosign.Show(disk.Files{}, dir, key)
			if len(args) == 1 {
				err = errors.Join(err, showOne(cmd.OutOrStdout(), seen, args[0]))
			} else if format == "json" {
				for _, s := range seen {
					err = errors.Join(err, writeJSON(cmd.OutOrStdout(), s))
				}
			} else {
				printWitness(cmd.OutOrStdout(), public, seen, wantChinese(lang))
			}
			var exit exitError
			if err != nil && !errors.As(err, &exit) {
				err = exitError{Code: 2, Err: fmt.Errorf("witness show: %w", err)}
			}
			return err
		},
	}
	cmd.Flags().String("format", "text", "text or json (one object a line)")
	return cmd
}

func showOne(w io.Writer, seen []cosign.Seen, origin string) error {
	for _, s := range seen {
		if s.Origin == origin {
			_, err := io.WriteString(w, s.Text)
			return err
		}
	}
	return exitError{Code: 1, Err: fmt.Errorf("witness show: no checkpoint of %q was cosigned here", origin)}
}

func printWitness(w io.Writer, public string, seen []cosign.Seen, chinese bool) {
	fmt.Fprintln(w, public)
	if len(seen) == 0 {
		fmt.Fprintln(w, map[bool]string{false: "nothing cosigned yet", true: "尚未联署任何检查点"}[chinese])
		return
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, strings.ReplaceAll(map[bool]string{false: "ORIGIN\tENTRIES\tCOSIGNED (ZONE)\tROOT", true: "日志\t条数\t联署时间 (ZONE)\t根哈希"}[chinese], "ZONE", zone))
	for _, s := range seen {
		fmt.Fprintf(tw, "%s\t%d\t%s\t%s\n", s.Origin, s.Size, clock(s.At), s.Root)
	}
	tw.Flush()
}
