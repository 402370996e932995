package main

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// dialGRPC is a gRPC client that goes through the gateway by https_proxy's way.
func (c *city) dialGRPC(t *testing.T) *grpc.ClientConn {
	t.Helper()
	host := strings.TrimPrefix(c.origin.URL, "https://")
	roots := c.client(false).Transport.(*http.Transport).TLSClientConfig.RootCAs
	conn, err := grpc.NewClient("passthrough:///"+host, grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: roots})),
		grpc.WithContextDialer(c.throughTunnel), grpc.WithDisableServiceConfig())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// TestRefusedGRPC wants the status, its details and the record at a real client.
func TestRefusedGRPC(t *testing.T) {
	t.Parallel()
	c := newCity(t, sampleConfig)
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	_, err := healthpb.NewHealthClient(c.dialGRPC(t)).Check(ctx, &healthpb.HealthCheckRequest{Service: childWithDiagnosis(t)})
	s, ok := status.FromError(err)
	if !ok || s.Code() != grpccodes.PermissionDenied {
		t.Fatalf("status %v, %v", s, err)
	}
	kinds := map[string]bool{}
	for _, d := range s.Details() {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			kinds["info"] = d.Reason == "FILING_NOT_FOUND" && d.Domain == "datacustoms" && strings.Contains(s.Message(), d.Metadata["record"])
			c.wantRefusal(t, d.Reason+" "+d.Metadata["record"], "FILING_NOT_FOUND")
		case *errdetails.Help:
			kinds["help"] = len(d.Links) > 0
		case *errdetails.LocalizedMessage:
			kinds[d.Locale] = d.Message != ""
		}
	}
	for _, want := range []string{"info", "help", "zh-CN", "en"} {
		if !kinds[want] {
			t.Errorf("no %s in the details: %v", want, s.Details())
		}
	}
	c.wantRefusal(t, err.Error(), "FILING_NOT_FOUND")
}

// TestRefusedWebSocket wants a refused opening answered in HTTP, and a refused
// message by the code and the reason of the close.
func TestRefusedWebSocket(t *testing.T) {
	t.Parallel()
	c := newCity(t, sampleConfig)
	c.origin.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		for err == nil && r.URL.Path == "/talk" {
			_, _, err = conn.Read(r.Context())
		}
		conn.Read(r.Context()) // nothing is to come
		conn.CloseNow()
	}))
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	options := &websocket.DialOptions{HTTPClient: c.client(false)}
	t.Run("opening", func(t *testing.T) {
		_, resp, err := websocket.Dial(ctx, c.origin.URL+"/chat?q="+minorID(t), options)
		if err == nil || resp == nil || resp.StatusCode != http.StatusForbidden {
			t.Fatalf("opened: %v, %v", resp, err)
		}
		b := make([]byte, 1024)
		n, _ := resp.Body.Read(b)
		c.wantRefusal(t, string(b[:n])+resp.Header.Get("X-Customs-Record"), "FILING_NOT_FOUND")
	})
	t.Run("message", func(t *testing.T) {
		conn, resp, err := websocket.Dial(ctx, c.origin.URL+"/chat", options)
		if err != nil {
			t.Fatalf("not opened: %v, %v", err, resp)
		}
		defer conn.CloseNow()
		if err := conn.Write(ctx, websocket.MessageText, []byte(childWithDiagnosis(t))); err != nil {
			t.Fatal(err)
		}
		_, _, err = conn.Read(ctx)
		if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Fatalf("closed by %v", err)
		}
		c.wantRefusal(t, err.Error(), "FILING_NOT_FOUND")
	})
	t.Run("a value in messages of one character", func(t *testing.T) {
		conn, resp, err := websocket.Dial(ctx, c.origin.URL+"/talk", options)
		if err != nil {
			t.Fatalf("not opened: %v, %v", err, resp)
		}
		defer conn.CloseNow()
		for _, char := range "身份证号: " + minorID(t) {
			conn.Write(ctx, websocket.MessageText, []byte(string(char))) // the last ones may meet a closed connection
		}
		for err == nil {
			_, _, err = conn.Read(ctx)
		}
		if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
			t.Fatalf("closed by %v", err)
		}
		c.wantRefusal(t, err.Error(), "FILING_NOT_FOUND")
	})
}
