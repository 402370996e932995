package stream_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	chance "math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/datacustoms/customs/policy/stream"
)

func contextFor(d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(bg, d)
}

func tlsOf(pool *x509.CertPool) *tls.Config { return &tls.Config{RootCAs: pool} }

// kafka is franz-go's kfake: the protocol of a cluster within this process.
func kafka(t testing.TB, opts ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(3), kfake.SeedTopics(4, "customs")}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// consume reads a topic until every id is there: how often each came.
func consume(t testing.TB, c *kfake.Cluster, want map[string][]byte) map[string]int {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(c.ListenAddrs()...), kgo.ConsumeTopics("customs"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := contextFor(deadline)
	defer cancel()
	got := map[string]int{}
	for len(got) < len(want) && ctx.Err() == nil {
		client.PollFetches(ctx).EachRecord(func(r *kgo.Record) { got[string(r.Key)]++ })
	}
	for id := range want {
		if got[id] == 0 {
			t.Errorf("%s is not in the topic", id)
		}
	}
	return got
}

// TestKafkaClusterWithFaults lets brokers refuse, lose their lead and drop
// connections after they have written. It is kfake, no real cluster.
func TestKafkaClusterWithFaults(t *testing.T) {
	t.Parallel()
	c := kafka(t)
	var requests atomic.Int64
	c.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		switch n := requests.Add(1); {
		case n%9 == 3:
			return produceAnswer(req, kerr.NotLeaderForPartition.Code), nil, true
		case n%9 == 4:
			return produceAnswer(req, kerr.NotEnoughReplicas.Code), nil, true
		case n%9 == 5:
			return nil, net.ErrClosed, true // the connection ends
		case n == 6:
			return produceAnswer(req, kerr.TopicAuthorizationFailed.Code), nil, true
		}
		return nil, nil, false
	})
	b := newBook(t, memory(), "d")
	b.some(200)
	s, stop := run(t, b, stream.NewKafka(stream.KafkaOptions{Servers: c.ListenAddrs(), Topic: "customs"}))
	for i := range 2 {
		await(t, "a batch", func() bool { return s.State().Behind == 0 })
		if i == 1 {
			if err := c.MoveTopicPartition("customs", 0, (c.LeaderFor("customs", 0)+1)%3); err != nil {
				t.Error(err)
			}
		}
		b.some(60)
	}
	await(t, "all to arrive", func() bool { return s.State().Behind == 0 })
	stop()
	got := consume(t, c, b.want)
	twice := 0
	for _, n := range got {
		if n > 1 {
			twice++
		}
	}
	t.Logf("%d ids, %d of them more than once, %d requests, %d failures", len(got), twice, requests.Load(), s.State().Failed)
}

func produceAnswer(req kmsg.Request, code int16) kmsg.Response {
	in := req.(*kmsg.ProduceRequest)
	out := in.ResponseKind().(*kmsg.ProduceResponse)
	for _, topic := range in.Topics {
		t := kmsg.NewProduceResponseTopic()
		t.Topic, t.TopicID = topic.Topic, topic.TopicID
		for _, p := range topic.Partitions {
			a := kmsg.NewProduceResponseTopicPartition()
			a.Partition, a.ErrorCode = p.Partition, code
			t.Partitions = append(t.Partitions, a)
		}
		out.Topics = append(out.Topics, t)
	}
	return out
}

// TestKafkaTakesLargeMessages: only the broker says what is too large, and a
// batch of many is none.
func TestKafkaTakesLargeMessages(t *testing.T) {
	t.Parallel()
	message := func(id string, size int) stream.Message {
		body := make([]byte, size)
		chance.NewChaCha8([32]byte{1}).Read(body) // it cannot be compressed
		return stream.Message{ID: id, Kind: stream.Record, Time: time.Now(), Body: body}
	}
	var many []stream.Message
	want := map[string][]byte{}
	for i := range 8 {
		many = append(many, message(fmt.Sprint("m", i), 400<<10))
		want[many[i].ID] = nil
	}
	large := []stream.Message{message("large", 2<<20)}
	tests := []struct {
		name  string
		limit string
		batch []stream.Message
		want  stream.Class
	}{
		{"many at the limit that brokers have", "1048588", many, ""},
		{"one above it", "1048588", large, stream.ClassTooLarge},
		{"one below a limit that was raised", "3000000", large, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := kafka(t, kfake.BrokerConfigs(map[string]string{"message.max.bytes": tt.limit}))
			sink := stream.NewKafka(stream.KafkaOptions{Servers: c.ListenAddrs(), Topic: "customs"})
			defer sink.Close()
			ctx, cancel := contextFor(deadline)
			defer cancel()
			if got := stream.ClassOf(sink.Send(ctx, tt.batch)); got != tt.want {
				t.Errorf("class %q, want %q", got, tt.want)
			}
			if len(tt.batch) > 1 {
				consume(t, c, want)
			}
		})
	}
}

// TestKafkaRefusals names each way in which a cluster cannot be used.
func TestKafkaRefusals(t *testing.T) {
	t.Parallel()
	pair, pool, _ := certificate(t)
	c := kafka(t)
	safe := kafka(t, kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-256", "u", "right"), kfake.Superuser("PLAIN", "u", "right"),
		kfake.TLS(&tls.Config{Certificates: []tls.Certificate{pair}}))
	login := func(way, password string) stream.KafkaOptions {
		return stream.KafkaOptions{Servers: safe.ListenAddrs(), TLS: tlsOf(pool), Topic: "customs", SASL: way, User: "u", Password: password}
	}
	tests := []struct {
		name string
		o    stream.KafkaOptions
		want stream.Class
	}{
		{"a topic", stream.KafkaOptions{Servers: c.ListenAddrs(), Topic: "customs"}, ""},
		{"no such topic", stream.KafkaOptions{Servers: c.ListenAddrs(), Topic: "none"}, stream.ClassTarget},
		{"SCRAM", login(stream.SASLScram256, "right"), ""},
		{"PLAIN", login(stream.SASLPlain, "right"), ""},
		{"a wrong password", login(stream.SASLScram256, "wrong"), stream.ClassLogin},
		{"a way that it does not offer", login(stream.SASLScram512, "right"), stream.ClassLogin},
		{"an unknown authority", stream.KafkaOptions{Servers: safe.ListenAddrs(), TLS: tlsOf(x509.NewCertPool()), Topic: "customs"}, stream.ClassCertificate},
		{"nothing listens", stream.KafkaOptions{Servers: []string{"127.0.0.1:1"}, Topic: "customs"}, stream.ClassRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := contextFor(4 * time.Second)
			defer cancel()
			sink := stream.NewKafka(tt.o)
			defer sink.Close()
			err := sink.Send(ctx, []stream.Message{stream.TrialOf("n1", "7", time.Now(), false)})
			if got := stream.ClassOf(err); got != tt.want {
				t.Errorf("class %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}
