package main

import (
	"bufio"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/inspect/engine"
	"github.com/datacustoms/customs/proxy/tap"
	"github.com/spf13/cobra"
)

func newTapCmd() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "tap --read FILE",
		Short: "Show the flows of a captured network trace",
		Long: `Read a pcap or pcapng capture ("-" is standard input) and print one JSON object
a flow: addresses, protocol, what a ClientHello says in clear, bytes each way.
TLS is not decrypted and no content is printed; a name that may hold personal
data is withheld. A summary goes to standard error. Exit 2 when the capture
breaks off; what was read before is printed.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			in := io.Reader(os.Stdin)
			if file != "-" {
				f, err := os.Open(file)
				if err != nil {
					return exitError{Code: 2, Err: fmt.Errorf("open capture: %w", err)}
				}
				defer f.Close()
				if info, err := f.Stat(); err == nil && info.IsDir() {
					return exitError{Code: 2, Err: fmt.Errorf("--read: %s is a directory; name a capture file", file)}
				}
				in = f
			}
			if err := readCapture(cmd, in); err != nil {
				return exitError{Code: 2, Err: err}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "read", "", "capture file, or - for standard input")
	cmd.MarkFlagRequired("read")
	return cmd
}

// readCapture prints the flows of a capture.
func readCapture(cmd *cobra.Command, in io.Reader) error {
	key := make([]byte, engine.KeySize)
	rand.Read(key) // no subject outlives the command
	eng, err := engine.New(engine.Options{Key: key})
	if err != nil {
		return err
	}
	out := bufio.NewWriter(cmd.OutOrStdout())
	enc := json.NewEncoder(out)
	o := tap.Options{Private: func(name string) bool { return holdsData(eng, name) }}
	stats, err := tap.ReadFile(cmd.Context(), in, o, func(f tap.Flow) error { return enc.Encode(f) })
	if ferr := out.Flush(); ferr != nil {
		return fmt.Errorf("write flows: %w", ferr)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s, %s; not decoded %d, fragments %d, other IP %d, flows cut %d\n",
		count(int(stats.Flows), "flow"), count(int(stats.Packets), "packet"), stats.Undecoded, stats.Fragments, stats.Other, stats.Forced)
	if stats.QUIC > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s of QUIC, %d bytes out: no gateway reads them; stop UDP port 443 or lead it to listen.quic\n",
			count(int(stats.QUIC), "flow"), stats.QUICOut)
	}
	return err
}

// holdsData reports whether a name has a finding, or could not be scanned.
func holdsData(i inspect.Inspector, name string) bool {
	scan, err := i.Open(inspect.Meta{Kind: inspect.Head, Size: int64(len(name)), Time: time.Now()}, nil)
	if err != nil {
		return true
	}
	_, err = io.WriteString(scan, name)
	report, cerr := scan.Close()
	return err != nil || cerr != nil || !report.Clean()
}
