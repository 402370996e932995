package alert

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

const mailStep = 10 * time.Second

// The ways to speak to a relay. The zero value is STARTTLS, without which no
// mail goes.
const (
	STARTTLS = "starttls"
	TLS      = "tls"
	NoTLS    = "none"
)

// MailOptions are what mail to one address needs.
type MailOptions struct {
	Relay    string // host:port
	TLS      string // STARTTLS, TLS or NoTLS; empty is STARTTLS
	User     string // empty: no login
	Password string
	From, To string
	Roots    *x509.CertPool // nil for the system's
	Limit    time.Duration  // of one step with the relay; 0: ten seconds
}

// Mail sends alerts to one address, so that an address that a relay refuses
// keeps no other from its mail.
type Mail struct {
	o    MailOptions
	host string
	port int
	name string
}

var _ Receiver = (*Mail)(nil)

// NewMail makes a receiver of an address.
func NewMail(o MailOptions) (*Mail, error) {
	host, port, err := net.SplitHostPort(o.Relay)
	if err != nil {
		return nil, fmt.Errorf("mail: the relay is no host:port: %w", err)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, errors.New("mail: the relay's port is no number")
	}
	return &Mail{o: o, host: host, port: int(n), name: nameOf("mail", o.To)}, nil
}

// Name implements Receiver.
func (m *Mail) Name() string { return m.name }

// Send implements Receiver. A refusal for good of the sender, of the address
// or of the mail is final; one of the login or of the connection is not, since
// the operator can mend it.
func (m *Mail) Send(ctx context.Context, a *Alert) error {
	ctx, cancel := context.WithTimeout(ctx, 3*cmp.Or(m.o.Limit, mailStep))
	defer cancel()
	msg, err := m.message(a)
	if err != nil {
		return &RefusedError{"no mail can be made of it: see alerts.mail.from and to"}
	}
	var conn net.Conn // which the client leaves open where it gives up early
	client, err := mail.NewClient(m.host, append(m.options(), mail.WithDialContextFunc(
		func(ctx context.Context, network, address string) (net.Conn, error) {
			var err error
			conn, err = m.dial(ctx, network, address)
			return conn, err
		}))...)
	if err != nil {
		return errors.New("alerts.mail does not describe a relay")
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if conn != nil {
		conn.Close()
	}
	if err == nil || msg.IsDelivered() { // what a relay says after it took the mail changes nothing
		return nil
	}
	return mailFault(err)
}

// dial opens a connection, with TLS from the first byte where that is asked for.
func (m *Mail) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if m.o.TLS != TLS {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	c, err := (&tls.Dialer{Config: m.tls()}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err // and not a nil *tls.Conn
	}
	return c, nil
}

func (m *Mail) tls() *tls.Config {
	return &tls.Config{ServerName: m.host, RootCAs: m.o.Roots, MinVersion: tls.VersionTLS12}
}

func (m *Mail) options() []mail.Option {
	policy := mail.TLSMandatory
	if m.o.TLS == NoTLS {
		policy = mail.NoTLS
	}
	out := []mail.Option{mail.WithTimeout(cmp.Or(m.o.Limit, mailStep)), mail.WithTLSPolicy(policy), mail.WithPort(m.port), mail.WithTLSConfig(m.tls())}
	if m.o.TLS == TLS {
		out = append(out, mail.WithSSL())
	}
	if m.o.User != "" { // the last two only go over TLS
		out = append(out, mail.WithUsername(m.o.User), mail.WithPassword(m.o.Password),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return out
}

// message writes an alert in both languages. The same alert has the same
// Message-ID, by which mail systems tell a copy.
func (m *Mail) message(a *Alert) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(m.o.From), msg.To(m.o.To)); err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(m.o.From, "@")
	msg.SetMessageIDWithValue(a.ID + "@" + domain)
	msg.SetDateWithValue(a.Time)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Customs-Alert", a.ID)
	if a.Severity == Critical {
		msg.SetImportance(mail.ImportanceHigh)
	}
	msg.Subject("[Data Customs] " + a.Title.ZH + " / " + a.Title.EN)
	msg.SetBodyString(mail.TypeTextPlain, a.body())
	return msg, nil
}

// mailFault keeps the code of a relay's answer and where it came, and drops
// its words.
func mailFault(err error) error {
	var send *mail.SendError
	if !errors.As(err, &send) {
		if errors.Is(err, context.DeadlineExceeded) {
			return errors.New("no answer in time")
		}
		return errors.New(connectFault(err))
	}
	where := map[mail.SendErrReason]string{mail.ErrSMTPMailFrom: "the sender", mail.ErrSMTPRcptTo: "the address",
		mail.ErrSMTPData: "the mail", mail.ErrSMTPDataClose: "the mail"}[send.Reason]
	code := send.ErrorCode()
	switch {
	case where == "" || code < 400 || code > 599:
		return errors.New("the connection to the relay broke")
	case send.IsTemp():
		return fmt.Errorf("the relay put off %s with %d", where, code)
	default:
		return &RefusedError{fmt.Sprintf("the relay refused %s with %d", where, code)}
	}
}

// connectFault says why a relay could not be spoken to.
func connectFault(err error) string {
	if why := faultOf(err); why != faultUnknown {
		return why
	}
	for part, why := range map[string]string{"STARTTLS": "the relay offers no STARTTLS: set alerts.mail.tls", "SMTP AUTH": "the relay did not take the login",
		"535": "the relay did not take the login", "first record does not look like a TLS": "it does not speak TLS"} {
		if strings.Contains(err.Error(), part) {
			return why
		}
	}
	return "the relay did not answer as one"
}
