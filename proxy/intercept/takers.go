package intercept

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/datacustoms/customs/policy"
)

// leftAtOnce is how soon a client that pins a certificate leaves after a
// handshake that it completed to see ours.
const leftAtOnce = time.Second

// takers remembers which client asked something of which name: it takes our
// certificate. A browser opens connections that it may not need, and closes
// those without a word once another one serves.
type takers struct {
	mu   sync.Mutex
	seen map[taker]time.Time
}

type taker struct {
	client netip.Addr
	name   string
}

const (
	takersKept = time.Hour
	takersMost = 16 << 10
)

func takerOf(s *policy.Session) taker { return taker{s.Client.Addr(), s.Host} }

// note remembers the client of a connection with a request. A full memory is
// begun anew: what was forgotten costs one wrong name in a list.
func (k *takers) note(s *policy.Session) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.seen == nil || len(k.seen) >= takersMost {
		k.seen = map[taker]time.Time{}
	}
	k.seen[takerOf(s)] = time.Now()
}

// take reports whether the client of a connection that ended without a request
// takes our certificate all the same. It waits for a request that is under way
// on another one.
func (k *takers) take(ctx context.Context, drain <-chan struct{}, s *policy.Session) bool {
	wait := time.NewTimer(leftAtOnce)
	defer wait.Stop()
	for done := false; ; {
		k.mu.Lock()
		at, ok := k.seen[takerOf(s)]
		k.mu.Unlock()
		if ok && time.Since(at) < takersKept || done {
			return ok
		}
		select {
		case <-wait.C:
		case <-drain:
		case <-ctx.Done():
		}
		done = true
	}
}
