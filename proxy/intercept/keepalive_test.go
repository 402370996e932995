package intercept_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/datacustoms/customs/proxy/proxytest"
)

// A refusal of a head leaves its connection good for what comes next.
func TestRefusalsKeepTheConnection(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		s := newStage(t, setup{})
		c := s.client(h2)
		for n := range 100 * *reps {
			resp, err := c.Do(request(t, http.MethodPost, s.url("/?"+proxytest.Mark), strings.NewReader("hello")))
			if err != nil {
				t.Fatalf("h2 %v: request %d: %v", h2, n, err)
			}
			resp.Body.Close()
		}
	}
}
