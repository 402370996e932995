package stream

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// HeaderKind and HeaderID are headers of messages at NATS and Kafka. NATS has
// the ID in Nats-Msg-Id too, by which the server drops repetitions of the last
// minutes.
const (
	HeaderKind = "Customs-Kind"
	HeaderID   = "Customs-Id"
)

const (
	natsTimeout = 5 * time.Second // of one connection
	natsPing    = 10 * time.Second
)

// NATSOptions name a stream of a NATS JetStream.
type NATSOptions struct {
	Servers []string    // host:port
	TLS     *tls.Config // nil: without TLS
	Stream  string
	Subject string
	Create  bool // make the stream when there is none
	// One of these, or none.
	Credentials    string // file of a JWT and its seed
	Nkey           string // file of a seed
	User, Password string
}

// NATS publishes to a JetStream and waits for the acknowledgement of each
// message. The library reconnects and buffers nothing.
type NATS struct {
	o      NATSOptions
	conn   *nats.Conn
	js     jetstream.JetStream
	closed chan struct{}
	denied chan struct{} // holds one when the server refuses a right
}

var _ Sink = (*NATS)(nil)

// NewNATS makes a sink. It connects with the first Send.
func NewNATS(o NATSOptions) *NATS { return &NATS{o: o} }

// Close implements Sink.
func (n *NATS) Close() error {
	if n.conn != nil {
		n.conn.Close()
		<-n.closed
	}
	n.conn, n.js = nil, nil
	return nil
}

// Send implements Sink.
func (n *NATS) Send(ctx context.Context, batch []Message) error {
	err := n.connect(ctx)
	if err == nil {
		err = n.publish(ctx, batch)
	}
	if err == nil {
		return nil
	}
	select {
	case <-n.denied:
		err = fault(ClassLogin, err)
	default:
	}
	n.Close()
	return natsFault(err)
}

func (n *NATS) publish(ctx context.Context, batch []Message) error {
	acks := make([]jetstream.PubAckFuture, 0, len(batch))
	for i := range batch {
		m := nats.NewMsg(n.o.Subject)
		m.Data = batch[i].Body
		m.Header[HeaderKind], m.Header[HeaderID] = []string{string(batch[i].Kind)}, []string{batch[i].ID}
		f, err := n.js.PublishMsgAsync(m, jetstream.WithMsgID(batch[i].ID), jetstream.WithExpectStream(n.o.Stream), jetstream.WithRetryAttempts(0))
		if err != nil {
			return err
		}
		acks = append(acks, f)
	}
	for _, f := range acks {
		select {
		case ack := <-f.Ok():
			if ack.Stream != n.o.Stream {
				return &Fault{Class: ClassTarget}
			}
		case err := <-f.Err():
			return err
		case <-n.denied:
			return fault(ClassLogin, nats.ErrPermissionViolation)
		case <-n.closed:
			return nats.ErrConnectionClosed
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// connect opens a connection and finds the stream.
func (n *NATS) connect(ctx context.Context) error {
	if n.conn != nil && n.conn.IsConnected() {
		return nil
	}
	n.Close()
	closed, denied, dialer := make(chan struct{}), make(chan struct{}, 1), &natsDialer{ctx: ctx}
	opts := []nats.Option{nats.Name("customs"), nats.NoReconnect(), nats.ReconnectBufSize(-1), nats.Timeout(natsTimeout), nats.FlusherTimeout(natsTimeout),
		nats.PingInterval(natsPing), nats.MaxPingsOutstanding(2), nats.SetCustomDialer(dialer),
		nats.ClosedHandler(func(*nats.Conn) { close(closed) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { // the library's own would print
			if errors.Is(err, nats.ErrPermissionViolation) {
				select {
				case denied <- struct{}{}:
				default:
				}
			}
		})}
	login, err := n.login()
	if err != nil {
		return fault(ClassLogin, err)
	}
	opts = append(opts, login...)
	if n.o.TLS != nil {
		opts = append(opts, nats.Secure(n.o.TLS.Clone()))
	}
	conn, err := nats.Connect("nats://"+strings.Join(n.o.Servers, ",nats://"), opts...)
	if errors.Is(err, nats.ErrNoServers) && dialer.failed != nil {
		return dialer.failed // the library says only that there is none
	}
	if err != nil {
		return err
	}
	js, err := jetstream.New(conn, jetstream.WithPublishAsyncMaxPending(2*batchMessages))
	if err != nil {
		conn.Close()
		<-closed
		return err
	}
	n.conn, n.js, n.closed, n.denied = conn, js, closed, denied
	return n.find(ctx)
}

func (n *NATS) login() ([]nats.Option, error) {
	switch {
	case n.o.Credentials != "":
		return []nats.Option{nats.UserCredentials(n.o.Credentials)}, nil
	case n.o.Nkey != "":
		opt, err := nats.NkeyOptionFromSeed(n.o.Nkey)
		return []nats.Option{opt}, err
	case n.o.User != "":
		return []nats.Option{nats.UserInfo(n.o.User, n.o.Password)}, nil
	}
	return nil, nil
}

// find wants the stream to be there.
func (n *NATS) find(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, natsTimeout)
	defer cancel()
	_, err := n.js.Stream(limited, n.o.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) && n.o.Create {
		_, err = n.js.CreateStream(limited, jetstream.StreamConfig{Name: n.o.Stream, Subjects: []string{n.o.Subject}, Storage: jetstream.FileStorage})
	}
	return err
}

// natsDialer lets a context end a connection that is being made.
type natsDialer struct {
	ctx    context.Context
	failed error
}

// Dial implements nats.CustomDialer.
func (d *natsDialer) Dial(network, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: natsTimeout}
	conn, err := dialer.DialContext(d.ctx, network, address)
	d.failed = err
	return conn, err
}

// natsFault gives the library's errors their class.
func natsFault(err error) error {
	var api jetstream.JetStreamError
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrPermissionViolation), errors.Is(err, nats.ErrAuthRevoked):
		return fault(ClassLogin, err)
	case errors.Is(err, nats.ErrSecureConnWanted), errors.Is(err, nats.ErrSecureConnRequired):
		return fault(ClassTLS, err)
	case errors.Is(err, nats.ErrMaxPayload):
		return fault(ClassTooLarge, err)
	case errors.Is(err, jetstream.ErrStreamNotFound), errors.Is(err, jetstream.ErrNoStreamResponse), errors.Is(err, nats.ErrNoResponders),
		errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fault(ClassTarget, err)
	case errors.Is(err, nats.ErrConnectionClosed), errors.Is(err, nats.ErrStaleConnection), errors.Is(err, jetstream.ErrJetStreamPublisherClosed):
		return fault(ClassClosed, err)
	case errors.Is(err, nats.ErrTimeout), errors.Is(err, jetstream.ErrAsyncPublishTimeout):
		return fault(ClassTimeout, err)
	case errors.As(err, &api) && api.APIError() != nil && api.APIError().ErrorCode == wrongStream:
		return fault(ClassTarget, err)
	case errors.As(err, &api) && api.APIError() != nil && api.APIError().ErrorCode == tooLarge:
		return fault(ClassTooLarge, err)
	case errors.As(err, &api):
		return fault(ClassDenied, err)
	}
	return err
}

// JetStream's codes for "expected stream does not match" and "message size
// exceeds maximum allowed".
const (
	wrongStream = 10060
	tooLarge    = 10054
)
