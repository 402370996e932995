package audit_test

import (
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
)

// traffic makes flows like those of the gateway: an intent that it wrote, with
// what differs from flow to flow filled in anew. It is for one goroutine.
type traffic struct {
	intent policy.Intent
	rng    *rand.Rand
	n      int
	now    time.Time
}

func newTraffic(t testing.TB, seed uint64, now time.Time) *traffic {
	t.Helper()
	b, err := os.ReadFile("testdata/intent.json")
	if err != nil {
		t.Fatal(err)
	}
	x := &traffic{rng: rand.New(rand.NewPCG(seed, 7)), now: now}
	if err := json.Unmarshal(b, &x.intent); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *traffic) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(x.rng.Uint32())
	}
	return hex.EncodeToString(b)
}

// next returns the intent and the outcome of one released flow.
func (x *traffic) next() (intent, outcome policy.Entry) {
	x.n++
	id, in := ulid(x.now, int(x.rng.Uint64()>>1)), x.intent
	in.Session, in.Client = ulid(x.now, int(x.rng.Uint64()>>1)), "c-"+x.hex(8)
	in.Port, in.JudgeMicros = uint16(x.rng.UintN(60000)), int64(200+x.rng.IntN(5000))
	in.Reservation = &policy.Reservation{ID: x.hex(16), Commitment: x.hex(32), NewNS: x.rng.Int64N(4)}
	in.Counters = append([]policy.Counter(nil), in.Counters...)
	for i := range in.Counters {
		in.Counters[i].Before += int64(x.n)
		in.Counters[i].After += int64(x.n)
	}
	size := int64(x.rng.IntN(100_000))
	out := policy.Outcome{Sent: policy.SentAll, Bytes: size, Received: size / 3, Status: 200, Attempts: 1, DurationMS: size / 900}
	return policy.Entry{Kind: policy.KindIntent, Time: x.now, Flow: id, Intent: &in},
		policy.Entry{Kind: policy.KindOutcome, Time: x.now.Add(time.Second), Flow: id, Outcome: &out}
}
