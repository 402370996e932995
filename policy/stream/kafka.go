package stream

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

const (
	kafkaDial    = 5 * time.Second
	kafkaDeliver = 20 * time.Second
)

// The ways to log in at Kafka.
const (
	SASLPlain    = "plain"
	SASLScram256 = "scram-sha-256"
	SASLScram512 = "scram-sha-512"
)

// KafkaOptions name a topic of a Kafka cluster.
type KafkaOptions struct {
	Servers        []string    // host:port
	TLS            *tls.Config // nil: without TLS
	Topic          string
	SASL           string // one of the ways, or empty
	User, Password string
}

// Kafka produces idempotently, with the acknowledgement of all replicas in
// sync, and the ID for a key. After a failure it begins with a new client, so
// that nothing of the failed batch is left in it.
type Kafka struct {
	o      KafkaOptions
	client *kgo.Client
}

var _ Sink = (*Kafka)(nil)

// NewKafka makes a sink. It connects with the first Send.
func NewKafka(o KafkaOptions) *Kafka { return &Kafka{o: o} }

// Close implements Sink.
func (k *Kafka) Close() error {
	if k.client != nil {
		k.client.Close()
	}
	k.client = nil
	return nil
}

// Send implements Sink.
func (k *Kafka) Send(ctx context.Context, batch []Message) error {
	if err := k.connect(ctx); err != nil {
		k.Close()
		return kafkaFault(err)
	}
	records := make([]*kgo.Record, len(batch))
	for i := range batch {
		m := &batch[i]
		records[i] = &kgo.Record{Key: []byte(m.ID), Value: m.Body, Timestamp: m.Time,
			Headers: []kgo.RecordHeader{{Key: HeaderKind, Value: []byte(m.Kind)}, {Key: HeaderID, Value: []byte(m.ID)}}}
	}
	for len(records) > 0 {
		n := together(records)
		if err := k.client.ProduceSync(ctx, records[:n]...).FirstErr(); err != nil {
			k.Close()
			return kafkaFault(err)
		}
		records = records[n:]
	}
	return nil
}

const (
	// kafkaTogether is what goes to a partition at once: below the 1 MiB that
	// brokers take without a setting. A record that is larger goes alone, and
	// only the broker's limit counts for it.
	kafkaTogether = 900 << 10
	kafkaLargest  = 12 << 20
)

// together returns how many of the records go at once.
func together(records []*kgo.Record) int {
	size := 0
	for i, r := range records {
		if size += len(r.Value) + 256; size > kafkaTogether && i > 0 {
			return i
		}
	}
	return len(records)
}

// connect makes a client and asks a broker for an answer: a producer would
// only say that time ran out.
func (k *Kafka) connect(ctx context.Context) error {
	if k.client != nil {
		return nil
	}
	opts := []kgo.Opt{kgo.SeedBrokers(k.o.Servers...), kgo.ClientID("customs"), kgo.DefaultProduceTopic(k.o.Topic),
		kgo.RequiredAcks(kgo.AllISRAcks()), kgo.MaxBufferedRecords(2 * batchMessages), kgo.MaxBufferedBytes(16 << 20), kgo.ProducerBatchMaxBytes(kafkaLargest),
		kgo.ProducerLinger(0), kgo.RecordDeliveryTimeout(kafkaDeliver), kgo.AllowIdempotentProduceCancellation(), kgo.DialTimeout(kafkaDial),
		kgo.RequestTimeoutOverhead(kafkaDial), kgo.ProduceRequestTimeout(kafkaDial), kgo.RequestRetries(2), kgo.UnknownTopicRetries(1), kgo.MetadataMinAge(100 * time.Millisecond),
		kgo.RetryBackoffFn(func(n int) time.Duration { return min(50*time.Millisecond<<min(n, 6), 2*time.Second) }), kgo.DisableClientMetrics()}
	if k.o.TLS != nil {
		opts = append(opts, kgo.DialTLSConfig(k.o.TLS.Clone()))
	}
	if way := k.login(); way != nil {
		opts = append(opts, kgo.SASL(way))
	}
	client, err := kgo.NewClient(opts...)
	if err != nil {
		return err
	}
	k.client = client
	err = client.Ping(ctx)
	if k.o.SASL != "" && errors.Is(err, io.EOF) { // so do brokers answer that refuse a login
		return fault(ClassLogin, err)
	}
	return err
}

func (k *Kafka) login() sasl.Mechanism {
	switch k.o.SASL {
	case SASLPlain:
		return plain.Auth{User: k.o.User, Pass: k.o.Password}.AsMechanism()
	case SASLScram256:
		return scram.Auth{User: k.o.User, Pass: k.o.Password}.AsSha256Mechanism()
	case SASLScram512:
		return scram.Auth{User: k.o.User, Pass: k.o.Password}.AsSha512Mechanism()
	}
	return nil
}

// kafkaFault gives the library's errors their class.
func kafkaFault(err error) error {
	var code *kerr.Error
	switch {
	case errors.Is(err, kerr.SaslAuthenticationFailed), errors.Is(err, kerr.UnsupportedSaslMechanism), errors.Is(err, kerr.TopicAuthorizationFailed),
		errors.Is(err, kerr.ClusterAuthorizationFailed), errors.Is(err, kerr.IllegalSaslState):
		return fault(ClassLogin, err)
	case errors.Is(err, kerr.UnknownTopicOrPartition), errors.Is(err, kerr.UnknownTopicID), errors.Is(err, kerr.InvalidTopicException):
		return fault(ClassTarget, err)
	case errors.Is(err, kerr.MessageTooLarge), errors.Is(err, kerr.RecordListTooLarge):
		return fault(ClassTooLarge, err)
	case errors.Is(err, kgo.ErrRecordTimeout), errors.Is(err, kgo.ErrRecordRetries):
		return fault(ClassTimeout, err)
	case errors.Is(err, kgo.ErrClientClosed):
		return fault(ClassClosed, err)
	case errors.As(err, &code):
		return fault(ClassDenied, err)
	}
	return err
}
