package witness

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/datacustoms/customs/policy/tree"
)

// DefaultLimit is how long a witness may take to answer.
const DefaultLimit = 10 * time.Second

// maxAnswer bounds what is read of a witness's answer.
const maxAnswer = 64 << 10

// ClientOptions says which witness to ask.
type ClientOptions struct {
	URL   string         // the submission prefix
	Key   note.Verifier  // tree.ParseCosigner
	Roots *x509.CertPool // nil for the system's
	Limit time.Duration  // of one request; 0: DefaultLimit
}

// Client asks one witness. It is used by one goroutine at a time.
type Client struct {
	o    ClientOptions
	http *http.Client
	size int64 // that the witness cosigned last, as far as is known
}

// NewClient returns a client without connections.
func NewClient(o ClientOptions) *Client {
	return &Client{o: o, http: &http.Client{
		Timeout: cmp.Or(o.Limit, DefaultLimit),
		Transport: &http.Transport{
			TLSClientConfig:        &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:      true,
			MaxIdleConnsPerHost:    1,
			IdleConnTimeout:        2 * time.Minute,
			MaxResponseHeaderBytes: maxAnswer,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Name is the name of the witness's key.
func (c *Client) Name() string { return c.o.Key.Name() }

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Refusal says why a witness did not cosign although it answered.
type Refusal string

// The refusals.
const (
	Fork     Refusal = "fork"     // the witness cosigned another history of this log
	Rollback Refusal = "rollback" // the witness cosigned more entries than this log has
	Unknown  Refusal = "unknown"  // the witness does not watch this log
	Unsigned Refusal = "unsigned" // the witness has another key of this log
)

// RefusedError is the answer of a witness that will not cosign.
type RefusedError struct {
	Refusal Refusal
	Size    int64 // that it cosigned before; 0 when it did not say
}

func (e *RefusedError) Error() string {
	switch e.Refusal {
	case Fork:
		return "the witness cosigned another history of this log"
	case Rollback:
		return fmt.Sprintf("the witness cosigned %d entries, more than this log has now", e.Size)
	case Unknown:
		return "the witness does not know this log: give its operator the line of keys/log.pub for --log"
	}
	return "the witness has another key for this log: give its operator the new line of keys/log.pub for --log"
}

// Cosign gets a cosignature line of a signed checkpoint. hashes prove that the
// log grew from where the witness saw it last.
func (c *Client) Cosign(ctx context.Context, signed []byte, at tree.Checkpoint, hashes tlog.HashReader) ([]byte, error) {
	for range 3 { // the second try has the size that the first learned
		if c.size > at.Size {
			size := c.size
			c.size = 0 // to be asked again
			return nil, &RefusedError{Rollback, size}
		}
		r := request{old: c.size, signed: signed}
		if c.size > 0 && c.size < at.Size {
			var err error
			if r.proof, err = tlog.ProveTree(at.Size, c.size, hashes); err != nil {
				return nil, fmt.Errorf("the proof for the witness cannot be made from the tiles: %w", err)
			}
		}
		line, moved, err := c.ask(ctx, r)
		if err != nil {
			return nil, err
		}
		if !moved {
			c.size = at.Size
			return line, nil
		}
	}
	return nil, errors.New("the witness names another size each time")
}

// ask makes one request. moved says that the witness stands at another size,
// which is noted.
func (c *Client) ask(ctx context.Context, r request) (line []byte, moved bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(c.o.URL, "/")+"/add-checkpoint", bytes.NewReader(r.encode()))
	if err != nil {
		return nil, false, errors.New("the witness's address is none")
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	req.Header.Set("User-Agent", "data-customs")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, false, errors.New(unreached(err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil || len(body) > maxAnswer {
		return nil, false, errors.New("the witness's answer could not be read in full")
	}
	switch resp.StatusCode {
	case http.StatusOK:
		line, err = own(r.signed, body, c.o.Key)
		return line, false, err
	case http.StatusConflict:
		if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind == sizeType {
			return nil, true, c.note(body, r.old)
		}
		return nil, false, &RefusedError{Fork, r.old}
	case http.StatusUnprocessableEntity:
		return nil, false, &RefusedError{Fork, r.old}
	case http.StatusNotFound:
		return nil, false, &RefusedError{Unknown, 0}
	case http.StatusForbidden:
		return nil, false, &RefusedError{Unsigned, 0}
	}
	return nil, false, fmt.Errorf("the witness answered %d", resp.StatusCode)
}

// note takes the size of a witness that stands elsewhere.
func (c *Client) note(body []byte, asked int64) error {
	text, ok := strings.CutSuffix(string(body), "\n")
	size, err := strconv.ParseInt(text, 10, 64)
	if !ok || err != nil || size < 0 || size == asked {
		return errors.New("the witness's answer names no other size")
	}
	c.size = size
	return nil
}

// own returns the cosignature of a key among the lines of an answer.
func own(signed, lines []byte, key note.Verifier) ([]byte, error) {
	text, _, _ := strings.Cut(string(signed), "\n\n")
	n, err := note.Open([]byte(text+"\n\n"+string(lines)), note.VerifierList(key))
	if err != nil {
		return nil, errors.New("the witness's answer has no cosignature of its key")
	}
	return fmt.Appendf(nil, "\u2014 %s %s\n", n.Sigs[0].Name, n.Sigs[0].Base64), nil
}

// unreached says why nobody answered, without what the other side wrote.
func unreached(err error) string {
	var cert *tls.CertificateVerificationError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.As(err, &cert):
		return "the witness's certificate is not trusted: add its authority to upstream.roots"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "the witness did not answer in time"
	case errors.Is(err, context.Canceled):
		return "the question to the witness was given up"
	}
	return "the witness cannot be reached"
}
