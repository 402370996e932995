package main

import (
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect/synth"
)

// siegeClients send at once, each by its own connection and one after another.
const siegeClients = 12

// siege is a gateway that is killed under load, and what the log has to hold.
type siege struct {
	t      *testing.T
	dir    string
	origin *plainOrigin
	dice   *rand.Rand
	people []synth.Person

	mu       sync.Mutex
	sent     int
	answered map[string]int // status that a client read to its end, by transfer

	doubt map[string]bool // flows that were open at a kill
	known map[string]bool // flows that had a record
}

// TestLogUnderKill kills the gateway at random instants. What verify says of
// the log that a kill leaves, before anybody repairs it, is compared with what
// the origin has and with the records after the restart.
func TestLogUnderKill(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	s := &siege{t: t, dir: t.TempDir(), origin: newPlainOrigin(t), dice: rand.New(rand.NewPCG(seed, 3)),
		people:   synth.New(seed, time.Now()).Adults(200),
		answered: map[string]int{}, doubt: map[string]bool{}, known: map[string]bool{}}
	newOrigin(t).rootPEM(t, s.dir, "extra-roots.pem")
	for round := range *reps {
		if s.round(round); t.Failed() {
			t.Fatalf("round %d, seed %d", round, seed)
		}
	}
	t.Logf("%d kills, %d transfers tried, %d at the origin, %d records, %d flows that verify named as open after a kill",
		*reps, s.sent, len(s.origin.names()), len(s.known), len(s.doubt))
}

func (s *siege) round(round int) {
	g := startGateway(s.t, s.dir, declaringConfig)
	before := len(s.origin.names())
	stop := make(chan struct{})
	wg := s.load(g.proxy, fmt.Sprintf("r%d-", round), stop)
	waitFor(s.t, "traffic to flow", func() bool { return len(s.origin.names()) > before })
	<-time.NewTimer(time.Duration(s.dice.Int64N(int64(400 * time.Millisecond)))).C
	g.kill()
	close(stop)
	wg.Wait()
	open := s.dead(g)
	maps.Copy(s.doubt, open)
	g = startGateway(s.t, s.dir, declaringConfig)
	s.alive(g)
	g.stop()
}

// load sends transfers that pass and, one in five, transfers that are refused.
func (s *siege) load(proxy, prefix string, stop <-chan struct{}) *sync.WaitGroup {
	var wg sync.WaitGroup
	for c := range siegeClients {
		tr := &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: proxy})}
		client := &http.Client{Transport: tr, Timeout: deadline}
		wg.Go(func() {
			defer tr.CloseIdleConnections()
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				p, name := s.people[(c*17+i)%len(s.people)], fmt.Sprint(prefix, c, "-", i)
				body := `{"mobile":"` + p.Mobile + `"}`
				if i%5 == 4 {
					name, body = name+"-refused", `{"bankCard":"`+p.BankCard+`","id":"`+p.ResidentID+`"}`
				}
				req, err := http.NewRequest(http.MethodPost, s.origin.URL+"/"+name, io.NopCloser(strings.NewReader(body)))
				if err != nil {
					s.t.Error(err)
					return
				}
				req.ContentLength = int64(len(body))
				req.Header.Set("Customs-Link", name)
				s.mu.Lock()
				s.sent++
				s.mu.Unlock()
				resp, err := client.Do(req)
				if err != nil {
					return // it was killed
				}
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if err == nil {
					s.mu.Lock()
					s.answered[name] = resp.StatusCode
					s.mu.Unlock()
				}
			}
		})
	}
	return &wg
}

// logDir is where a gateway of these tests keeps its log.
func logDir(dir string) string { return filepath.Join(dir, "customs-data", "audit") }
