package intercept_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/encoding/gzip"
	testpb "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/status"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/proxytest"
)

// callee is a gRPC origin that echoes and keeps what it was sent.
type callee struct {
	testpb.UnimplementedTestServiceServer
	mu  sync.Mutex
	got []string // guarded by mu
}

func (c *callee) keep(p *testpb.Payload) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.got = append(c.got, string(p.GetBody()))
	return string(p.GetBody())
}

func (c *callee) messages() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.got, ",")
}

func payload(s string) *testpb.Payload { return &testpb.Payload{Body: []byte(s)} }

func (c *callee) UnaryCall(_ context.Context, r *testpb.SimpleRequest) (*testpb.SimpleResponse, error) {
	if c.keep(r.Payload) == "fail" {
		return nil, status.Error(codes.NotFound, "no such thing")
	}
	return &testpb.SimpleResponse{Payload: r.Payload}, nil
}

func (c *callee) StreamingOutputCall(r *testpb.StreamingOutputCallRequest, s testpb.TestService_StreamingOutputCallServer) error {
	c.keep(r.Payload)
	for range 3 {
		if err := s.Send(&testpb.StreamingOutputCallResponse{Payload: r.Payload}); err != nil {
			return err
		}
	}
	return nil
}

func (c *callee) StreamingInputCall(s testpb.TestService_StreamingInputCallServer) error {
	n := 0
	for {
		r, err := s.Recv()
		if err == io.EOF {
			return s.SendAndClose(&testpb.StreamingInputCallResponse{AggregatedPayloadSize: int32(n)})
		}
		if err != nil {
			return err
		}
		n += len(c.keep(r.Payload))
	}
}

func (c *callee) FullDuplexCall(s testpb.TestService_FullDuplexCallServer) error {
	for {
		r, err := s.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		c.keep(r.Payload)
		if err := s.Send(&testpb.StreamingOutputCallResponse{Payload: r.Payload}); err != nil {
			return err
		}
	}
}

// grpcStage is a stage with a gRPC origin and a client of it.
func grpcStage(t *testing.T, o proxytest.HouseOptions) (*stage, *callee, testpb.TestServiceClient) {
	t.Helper()
	c := &callee{}
	server := grpc.NewServer()
	testpb.RegisterTestServiceServer(server, c)
	s := newStage(t, setup{house: o, origin: proxytest.OriginOptions{Handler: server.ServeHTTP}})
	t.Cleanup(server.Stop)
	cc, err := grpc.NewClient("passthrough:///"+net.JoinHostPort(name, s.port()),
		grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: s.ca.Pool()})),
		grpc.WithContextDialer(func(ctx context.Context, addr string) (net.Conn, error) { return s.dial(ctx, "tcp", addr) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cc.Close() })
	return s, c, testpb.NewTestServiceClient(cc)
}

func TestCallsPass(t *testing.T) {
	for _, size := range []int{0, 100, 70000} {
		for _, o := range [][]grpc.CallOption{nil, {grpc.UseCompressor(gzip.Name)}} {
			s, _, c := grpcStage(t, proxytest.HouseOptions{})
			want := string(pattern(size))
			r, err := c.UnaryCall(limited(t), &testpb.SimpleRequest{Payload: payload(want)}, o...)
			if err != nil || string(r.Payload.GetBody()) != want {
				t.Fatalf("unary, %d bytes: %v", size, err)
			}
			out, err := c.StreamingOutputCall(limited(t), &testpb.StreamingOutputCallRequest{Payload: payload(want)}, o...)
			for range 3 {
				if err != nil {
					break
				}
				var m *testpb.StreamingOutputCallResponse
				if m, err = out.Recv(); err == nil && string(m.Payload.GetBody()) != want {
					err = errors.New("content differs")
				}
			}
			if err == nil {
				_, err = out.Recv()
			}
			if err != io.EOF {
				t.Fatalf("server stream, %d bytes: %v", size, err)
			}
			in, err := c.StreamingInputCall(limited(t), o...)
			for range 4 {
				if err == nil {
					err = in.Send(&testpb.StreamingInputCallRequest{Payload: payload(want)})
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			if sum, err := in.CloseAndRecv(); err != nil || int(sum.AggregatedPayloadSize) != 4*size {
				t.Fatalf("client stream, %d bytes: %v, %v", size, sum, err)
			}
			duplex(t, c, want, o)
			for _, rec := range s.records(4) {
				if rec.Outcome.Sent != policy.SentAll || rec.Outcome.Fault != "" || rec.Intent.Judged != "message" {
					t.Errorf("judged %q, outcome %+v", rec.Intent.Judged, rec.Outcome)
				}
			}
		}
	}
}

// duplex wants each answer before it sends the next message.
func duplex(t *testing.T, c testpb.TestServiceClient, want string, o []grpc.CallOption) {
	t.Helper()
	both, err := c.FullDuplexCall(limited(t), o...)
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := both.Send(&testpb.StreamingOutputCallRequest{Payload: payload(want)}); err != nil {
			t.Fatal(err)
		}
		m, err := both.Recv()
		if err != nil || string(m.Payload.GetBody()) != want {
			t.Fatalf("duplex, %d bytes: %v", len(want), err)
		}
	}
	both.CloseSend()
	if _, err := both.Recv(); err != io.EOF {
		t.Fatalf("duplex ended with %v", err)
	}
}

func TestCallStatusOfTheOriginPasses(t *testing.T) {
	_, _, c := grpcStage(t, proxytest.HouseOptions{})
	_, err := c.UnaryCall(limited(t), &testpb.SimpleRequest{Payload: payload("fail")})
	if s := status.Convert(err); s.Code() != codes.NotFound || s.Message() != "no such thing" {
		t.Errorf("got %v", err)
	}
}

// denied wants the refusal of a record in a call's error.
func denied(t *testing.T, err error, record string) {
	t.Helper()
	s := status.Convert(err)
	for _, d := range s.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok && s.Code() == codes.PermissionDenied && info.Metadata["record"] == record {
			return
		}
	}
	t.Errorf("the client saw %v with %v, want a denial with the record %s", err, s.Details(), record)
}

func TestRefusedUnaryCallReachesNobody(t *testing.T) {
	s, _, c := grpcStage(t, proxytest.HouseOptions{})
	_, err := c.UnaryCall(limited(t), &testpb.SimpleRequest{Payload: payload(proxytest.Mark)})
	r := s.records(1)[0]
	denied(t, err, r.ID)
	s.untouched()
	if !r.Intent.Decided.Has(policy.FilingNotFound) || r.Outcome != nil && r.Outcome.Sent != policy.SentNone {
		t.Errorf("decided %+v, outcome %+v", r.Intent.Decided, r.Outcome)
	}
}

func TestThirdMessageOfACallIsRefused(t *testing.T) {
	message := func(i int) string {
		if i == 2 {
			return proxytest.Mark
		}
		return fmt.Sprintf("message %d", i+1)
	}
	check := func(t *testing.T, s *stage, o *callee, err error, waited bool) {
		t.Helper()
		r := s.records(1)[0]
		denied(t, err, r.ID)
		// An origin whose stream is cut may not look at what came before.
		if got := o.messages(); !strings.HasPrefix("message 1,message 2", got) || waited && len(got) < 19 {
			t.Errorf("the origin got %q", got)
		}
		if s.parts(r.ID) != 2 || r.Outcome.Bytes != 36 || r.Outcome.Fault != policy.AfterRelease || r.Outcome.Sent != policy.SentSome ||
			!r.Intent.Decided.Has(policy.AfterRelease) {
			t.Errorf("decided %+v, %d parts, outcome %+v", r.Intent.Decided, s.parts(r.ID), r.Outcome)
		}
	}
	t.Run("client stream", func(t *testing.T) {
		s, o, c := grpcStage(t, proxytest.HouseOptions{})
		in, err := c.StreamingInputCall(limited(t))
		for i := 0; i < 5 && err == nil; i++ {
			err = in.Send(&testpb.StreamingInputCallRequest{Payload: payload(message(i))})
		}
		_, err = in.CloseAndRecv()
		check(t, s, o, err, false)
	})
	t.Run("duplex", func(t *testing.T) {
		s, o, c := grpcStage(t, proxytest.HouseOptions{})
		both, err := c.FullDuplexCall(limited(t))
		for i := 0; i < 5 && err == nil; i++ {
			if err = both.Send(&testpb.StreamingOutputCallRequest{Payload: payload(message(i))}); err == nil {
				_, err = both.Recv()
			}
		}
		check(t, s, o, err, true)
	})
}

func TestCancelledCallEnds(t *testing.T) {
	s, _, c := grpcStage(t, proxytest.HouseOptions{})
	ctx, cancel := context.WithCancel(limited(t))
	both, err := c.FullDuplexCall(ctx)
	if err == nil {
		err = both.Send(&testpb.StreamingOutputCallRequest{Payload: payload("one")})
	}
	if err == nil {
		_, err = both.Recv()
	}
	cancel()
	if err != nil {
		t.Fatal(err)
	}
	if r := s.records(1)[0]; r.Outcome.Fault != policy.ClientGone || r.Outcome.Sent != policy.SentSome {
		t.Errorf("outcome %+v", r.Outcome)
	}
}
