package alert

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// The headers of a webhook.
const (
	HeaderKey       = "Idempotency-Key"   // the alert's id
	HeaderSignature = "Customs-Signature" // sha256= and HMAC-SHA256 of the body, hex
)

const webhookLimit = 10 * time.Second

// maxAnswer bounds what is read of an answer, which is thrown away.
const maxAnswer = 64 << 10

// WebhookOptions are what a webhook needs.
type WebhookOptions struct {
	URL    string
	Secret []byte         // signs the body; nil for no signature
	Roots  *x509.CertPool // nil for the system's
	Limit  time.Duration  // of one delivery; 0: ten seconds
}

// Webhook posts alerts as JSON.
type Webhook struct {
	o      WebhookOptions
	name   string
	client *http.Client
}

var _ Receiver = (*Webhook)(nil)

// NewWebhook makes a receiver of an address.
func NewWebhook(o WebhookOptions) *Webhook {
	return &Webhook{o: o, name: nameOf("webhook", o.URL), client: &http.Client{
		Timeout: cmp.Or(o.Limit, webhookLimit),
		Transport: &http.Transport{
			TLSClientConfig:        &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12},
			DisableKeepAlives:      true, // alerts are rare
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: maxAnswer,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Name implements Receiver.
func (w *Webhook) Name() string { return w.name }

// refusals are the answers that another try would not change: they speak of
// the alert, and not of the receiver's state or the operator's settings.
var refusals = []int{http.StatusBadRequest, http.StatusGone, http.StatusRequestEntityTooLarge,
	http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity}

// Send implements Receiver. 2xx is taken; a redirect is not followed.
func (w *Webhook) Send(ctx context.Context, a *Alert) error {
	body, err := json.Marshal(a)
	if err != nil {
		return &RefusedError{"it cannot be written as JSON"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.o.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("its address is none")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "data-customs")
	req.Header.Set(HeaderKey, a.ID)
	if w.o.Secret != nil {
		req.Header.Set(HeaderSignature, Signature(w.o.Secret, body))
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return errors.New(faultOf(err))
	}
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswer) // the status is the answer
	resp.Body.Close()
	switch code := resp.StatusCode; {
	case code/100 == 2:
		return nil
	case slices.Contains(refusals, code):
		return &RefusedError{fmt.Sprintf("it answered %d", code)}
	case code/100 == 3:
		return fmt.Errorf("it answered %d, and a redirect is not followed: name the address itself", code)
	default:
		return fmt.Errorf("it answered %d", code)
	}
}

// Signature is what HeaderSignature holds for a body.
func Signature(secret, body []byte) string {
	m := hmac.New(sha256.New, secret)
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}
