package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

// describePasses says what would pass unread, and what of it deserves a second
// look.
func describePasses(out io.Writer, c *config.Config) {
	if len(c.NeverUnread) > 0 {
		fmt.Fprintf(out, "never unread  %s\n", strings.Join(c.NeverUnread, " "))
	}
	if len(c.PassThrough) == 0 {
		return
	}
	fmt.Fprintf(out, "passthrough   %d\n", len(c.PassThrough))
	for i := range c.PassThrough {
		p := &c.PassThrough[i]
		fmt.Fprintf(out, "  %s  %s  %s until %s, %s\n", p.ID, p.Kind, p.Bytes, p.Expires, p.Owner)
		for _, r := range passRemarks(c, p, time.Now()) {
			fmt.Fprintf(out, "    warning: %s\n", r)
		}
	}
}
