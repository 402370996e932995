package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	quicgo "github.com/quic-go/quic-go"
)

// quicAddress is where a gateway refuses QUIC, from its start-up line.
func (g *gatewayProcess) quicAddress() string {
	g.t.Helper()
	for _, line := range strings.Split(g.output(), "\n") {
		var start struct{ Msg, QUIC string }
		if json.Unmarshal([]byte(line), &start) == nil && start.Msg == "listening" {
			return start.QUIC
		}
	}
	g.t.Fatal("no start-up line")
	return ""
}

// TestRefusedQUIC dials HTTP/3's protocol with a real client, which must fail
// at once and say why, and leave a record.
func TestRefusedQUIC(t *testing.T) {
	t.Parallel()
	c := newCity(t, strings.Replace(sampleConfig, "listen: {", "listen: {quic: 127.0.0.1:0, ", 1))
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	start := time.Now()
	_, err := quicgo.DialAddr(ctx, c.quicAddress(), &tls.Config{ServerName: "app.example.sg", NextProtos: []string{"h3"}}, nil)
	var refused *quicgo.TransportError
	if !errors.As(err, &refused) || !refused.Remote || refused.ErrorCode != quicgo.ConnectionRefused {
		t.Fatalf("%v after %s", err, time.Since(start))
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("only after %s", took)
	}
	c.wantRefusal(t, refused.ErrorMessage, "QUIC_REFUSED")
	if out, _ := c.customs("audit", "list", "--format", "json"); !strings.Contains(out, `"door":"quic"`) || !strings.Contains(out, "app.example.sg") {
		t.Errorf("audit list:\n%s", out)
	}
}
