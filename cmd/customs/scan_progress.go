package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// scanProgress shows how much of a file was read, on a terminal, and nothing
// anywhere else. The size is -1 where it is not known.
func scanProgress(out io.Writer, size int64) io.WriteCloser {
	if f, ok := out.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return silent{io.Discard}
	}
	return progressbar.NewOptions64(size, progressbar.OptionSetWriter(out), progressbar.OptionShowBytes(true),
		progressbar.OptionSetWidth(30), progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())
}

type silent struct{ io.Writer }

func (silent) Close() error { return nil }
