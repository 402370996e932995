package main

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/alert"
	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/proxy/upstream"
)

// openAlerts opens the outbox with its receivers: the record of this
// installation, and whom the configuration names.
func (h *house) openAlerts() error {
	receivers, err := receiversOf(h.cfg, h.roots)
	if err != nil {
		return err
	}
	all := []alert.Receiver{&recordReceiver{h: h, told: map[string]bool{}}}
	for _, r := range receivers {
		all = append(all, r)
	}
	h.outbox, err = alert.Open(alert.Options{Dir: h.cfg.Data, Files: disk.Files{}, Now: time.Now, Receivers: all, Tell: h.tellDelivery})
	if err != nil {
		return err
	}
	h.closers = append(h.closers, h.outbox.Close)
	if n := h.outbox.Damaged(); n > 0 {
		h.log.Error("the outbox of alerts was damaged: what could be read goes on, and an alert may be told twice", zap.Int("lines", n),
			zap.String("kept", h.path("alerts/outbox.bad")))
	}
	return nil
}

// namedReceiver is a receiver as a person knows it.
type namedReceiver struct {
	alert.Receiver
	shown string
}

// receiversOf makes the receivers that a configuration names.
func receiversOf(cfg *config.Config, roots *x509.CertPool) ([]namedReceiver, error) {
	var out []namedReceiver
	for i, w := range cfg.Alerts.Webhooks {
		o := alert.WebhookOptions{URL: w.URL, Roots: roots}
		if w.Secret != "" {
			var err error
			if o.Secret, err = config.ReadSecret(w.Secret); err != nil {
				return nil, fmt.Errorf("alerts.webhooks[%d].secret: %w", i, err)
			}
		}
		out = append(out, namedReceiver{alert.NewWebhook(o), "webhook " + hostOf(w.URL)})
	}
	m := cfg.Alerts.Mail
	for _, to := range m.To {
		o := alert.MailOptions{Relay: m.Relay, TLS: m.TLS, User: m.User, From: m.From, To: to, Roots: roots}
		if m.Password != "" {
			text, err := config.ReadSecret(m.Password)
			if err != nil {
				return nil, fmt.Errorf("alerts.mail.password: %w", err)
			}
			o.Password = string(text)
		}
		r, err := alert.NewMail(o)
		if err != nil {
			return nil, fmt.Errorf("alerts.mail: %w", err)
		}
		out = append(out, namedReceiver{r, "mail " + to})
	}
	return out, nil
}

// hostOf is the part of an address that holds no token.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// rootsOf reads the authorities of a configuration, for commands.
func rootsOf(cfg *config.Config) (*x509.CertPool, error) {
	var pems [][]byte
	for _, path := range cfg.Upstream.Roots {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("upstream.roots: %w", err)
		}
		pems = append(pems, text)
	}
	return upstream.Roots(pems...)
}

// recordName is the receiver that stands for log line, metric and audit entry.
const recordName = "record"

// recordReceiver tells this installation itself. An entry that the audit log
// does not take waits as any alert does; it may come twice, but not not at all.
type recordReceiver struct {
	h    *house
	told map[string]bool // logged and counted, while the entry waits
}

// Name implements alert.Receiver.
func (*recordReceiver) Name() string { return recordName }

// Send implements alert.Receiver.
func (r *recordReceiver) Send(ctx context.Context, a *alert.Alert) error {
	if !r.told[a.ID] {
		r.told[a.ID] = true
		r.h.meter.Alert(string(a.Kind))
		r.h.log.Warn("alert", zap.String("alert", a.ID), zap.String("kind", string(a.Kind)), zap.String("severity", string(a.Severity)),
			zap.String("object", a.Object), zap.String("mark", a.Mark), zap.String("title", a.Title.EN), zap.String("title_zh", a.Title.ZH), zap.String("mend", a.Text.EN))
	}
	text, err := json.Marshal(a)
	if err != nil {
		return &alert.RefusedError{Why: "it cannot be written as JSON"}
	}
	sum := sha256.Sum256(text)
	if err := r.h.record(ctx, policy.Admin{Act: "alert.raised", Object: a.ID, Digest: hex.EncodeToString(sum[:]),
		Note: strings.TrimRight(string(a.Kind)+" "+a.Object+" "+a.Mark, " ") + ": " + a.Title.EN}); err != nil {
		return errors.New("the audit log does not take it now")
	}
	delete(r.told, a.ID)
	return nil
}

// tellDelivery logs what a person has to know of a delivery: the first
// failure, an end without success, and success after failures.
func (h *house) tellDelivery(a *alert.Alert, d alert.Delivery) {
	fields := []zap.Field{zap.String("alert", a.ID), zap.String("receiver", d.To), zap.Int("tries", d.Tries)}
	switch {
	case d.State == alert.Sent && d.Tries > 1:
		h.log.Info("an alert was delivered after failures", fields...)
	case d.State == alert.Refused || d.State == alert.Expired:
		h.log.Error("alert.undelivered", append(fields, zap.String("state", string(d.State)), zap.String("fault", d.Fault),
			zap.String("mend", "mend the receiver, then: customs alert retry "+a.ID))...)
	case d.State == alert.Waiting && d.Tries == 1:
		h.log.Warn("an alert could not be delivered, will try again", append(fields, zap.String("fault", d.Fault))...)
	}
}

// raise puts an alert up, once.
func (h *house) raise(ctx context.Context, a alert.Alert, covers ...string) error {
	if h.outbox.Known(a.Sealed().ID) {
		return nil
	}
	a.Node = nodeName()
	_, err := h.outbox.Raise(ctx, a, covers...)
	return err
}
