package explicit

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/intercept"
	"github.com/datacustoms/customs/proxy/refuse"
	"github.com/datacustoms/customs/proxy/sniff"
)

const established = "HTTP/1.1 200 Connection Established\r\n\r\n"

// connect opens a tunnel. What becomes of it is decided by its first bytes;
// where the names alone say that it may pass unread and the origin does not
// answer, the client is told now.
func (d *Door) connect(w http.ResponseWriter, r *http.Request, s policy.Session) {
	if !d.enter() {
		refuse.Write(w, r, refuse.Refusal{Verdict: policy.Refuse(policy.Draining)})
		return
	}
	defer d.tunnels.Done()
	var err error
	// The target as it was sent: a parsed URL would have lost its oddities.
	if s.Host, s.Port, err = sniff.HostPort(r.RequestURI, 0); err != nil {
		s.Host, s.Port = "", 0
		d.o.Interceptor.Refuse(w, r, &s, policy.BadRequest)
		return
	}
	o := d.o.Interceptor.Look(context.WithoutCancel(r.Context()), s)
	if failed := o.Failed(); failed != nil {
		refuse.Write(w, r, *failed)
		return
	}
	c, early, err := hijack(w)
	if err != nil {
		o.Close()
		return
	}
	if _, err := io.WriteString(c, established); err != nil {
		o.Close()
		c.Close()
		return
	}
	o.Serve(intercept.Life{Open: d.open, Live: d.live, Drain: d.drain}, c, early)
}

// hijack takes the connection from the server, with what it read too much.
func hijack(w http.ResponseWriter) (net.Conn, []byte, error) {
	var rw *bufio.ReadWriter
	c, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, err := rw.Reader.Peek(rw.Reader.Buffered())
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	bare, rest := intercept.Bare(c)
	return bare, append(append([]byte(nil), early...), rest...), nil
}
