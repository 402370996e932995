package witness

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// sizeType is the content type of an answer that is a tree size.
const sizeType = "text/x.tlog.size"

// maxConnections bounds the clients of one witness at once.
const maxConnections = 256

// Handler answers POST /add-checkpoint, as tlog-witness has it, and, for
// auditors, GET /checkpoint?origin=ORIGIN with the newest checkpoint that the
// witness cosigned for a log. heard, which may be nil, is told of each request.
func (w *Witness) Handler(heard func(Heard)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(out http.ResponseWriter, in *http.Request) {
		h := w.serve(out, in)
		if heard != nil {
			heard(h)
		}
	})
	mux.HandleFunc("GET /checkpoint", func(out http.ResponseWriter, in *http.Request) {
		text := w.Latest(in.URL.Query().Get("origin"))
		if text == nil {
			http.Error(out, "no checkpoint of that origin was cosigned here", http.StatusNotFound)
			return
		}
		out.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = out.Write(text)
	})
	return mux
}

// Heard is how one request was answered.
type Heard struct {
	Origin string // empty when the witness does not know it
	Size   int64  // of the checkpoint; 0 when it could not be read
	Status int
	Err    error // nil for 200; of the witness's own disk for 500
	// Fork says that the log's own key signed what does not continue what was
	// cosigned here.
	Fork bool
}

func (w *Witness) serve(out http.ResponseWriter, in *http.Request) (h Heard) {
	body, err := io.ReadAll(http.MaxBytesReader(out, in.Body, maxRequest))
	var r request
	if err != nil {
		err = errForm
	} else if r, err = parseRequest(body); err == nil {
		if c, cerr := claimed(r.signed); cerr == nil && w.logs[c.Origin] != nil {
			h.Origin, h.Size = c.Origin, c.Size
		}
		body, err = w.add(r)
	}
	h.Status, h.Err, h.Fork = statusOf(err), err, errors.Is(err, errFork) || errors.Is(err, errProof)
	var stale staleError
	switch {
	case errors.As(err, &stale):
		out.Header().Set("Content-Type", sizeType)
		out.WriteHeader(h.Status)
		fmt.Fprintf(out, "%d\n", stale.size)
	case h.Status == http.StatusInternalServerError:
		http.Error(out, "the checkpoint could not be kept", h.Status)
	case err != nil:
		http.Error(out, err.Error(), h.Status)
	default:
		out.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = out.Write(body)
	}
	return h
}

func statusOf(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, errForm), errors.Is(err, errSize):
		return http.StatusBadRequest
	case errors.Is(err, errUnknown):
		return http.StatusNotFound
	case errors.Is(err, errUnsigned):
		return http.StatusForbidden
	case errors.Is(err, errProof):
		return http.StatusUnprocessableEntity
	case errors.Is(err, errFork), errors.As(err, new(staleError)):
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}

// Server returns a server with bounds on everything a client can do.
func Server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 15 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 8 << 10}
}

// Limit bounds the connections of a listener.
func Limit(l net.Listener) net.Listener { return netutil.LimitListener(l, maxConnections) }
