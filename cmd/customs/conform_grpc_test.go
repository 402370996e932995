package main

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"google.golang.org/grpc"
	grpccodes "google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	rpc "google.golang.org/grpc/interop/grpc_testing"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// caller answers calls of each kind and keeps what came.
type caller struct {
	rpc.UnimplementedTestServiceServer
	s *stand
}

func (c caller) keep(p *rpc.Payload) *rpc.Payload {
	c.s.shore.note(string(p.GetBody()))
	return p
}

func (c caller) UnaryCall(ctx context.Context, r *rpc.SimpleRequest) (*rpc.SimpleResponse, error) {
	grpc.SetTrailer(ctx, metadata.Pairs("x-berth", "seven"))
	return &rpc.SimpleResponse{Payload: c.keep(r.Payload)}, nil
}

func (c caller) StreamingOutputCall(r *rpc.StreamingOutputCallRequest, to grpc.ServerStreamingServer[rpc.StreamingOutputCallResponse]) error {
	c.keep(r.Payload)
	for _, p := range r.ResponseParameters {
		if err := to.Send(&rpc.StreamingOutputCallResponse{Payload: &rpc.Payload{Body: cleanText(int(p.Size))}}); err != nil {
			return err
		}
	}
	return nil
}

func (c caller) StreamingInputCall(from grpc.ClientStreamingServer[rpc.StreamingInputCallRequest, rpc.StreamingInputCallResponse]) error {
	n := 0
	for {
		r, err := from.Recv()
		if errors.Is(err, io.EOF) {
			return from.SendAndClose(&rpc.StreamingInputCallResponse{AggregatedPayloadSize: int32(n)})
		}
		if err != nil {
			return err
		}
		n += len(c.keep(r.Payload).GetBody())
	}
}

func (c caller) FullDuplexCall(both grpc.BidiStreamingServer[rpc.StreamingOutputCallRequest, rpc.StreamingOutputCallResponse]) error {
	for {
		r, err := both.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := both.Send(&rpc.StreamingOutputCallResponse{Payload: c.keep(r.Payload)}); err != nil {
			return err
		}
	}
}

// callers serves calls at the row's origin and returns a client of them.
func (s *stand) callers() (context.Context, rpc.TestServiceClient) {
	s.Helper()
	server := grpc.NewServer()
	rpc.RegisterTestServiceServer(server, caller{s: s})
	s.shore.answer(server)
	tunnel := func(ctx context.Context, host string) (net.Conn, error) { return s.k.throughTunnel(ctx, host) }
	conn, err := grpc.NewClient("passthrough:///"+s.host, grpc.WithTransportCredentials(credentials.NewTLS(s.k.trust())),
		grpc.WithContextDialer(tunnel), grpc.WithDisableServiceConfig())
	if err != nil {
		s.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.Context(), deadline)
	s.Cleanup(func() {
		cancel()
		conn.Close()
	})
	return ctx, rpc.NewTestServiceClient(conn)
}

func payload(text string) *rpc.Payload { return &rpc.Payload{Body: []byte(text)} }

// grpcRows call a service by a client of grpc-go.
func grpcRows(g *group) {
	for _, size := range []int{0, 1, 16 << 10, 1 << 20} {
		g.row("unary "+portText(uint16(size>>10))+" KiB", toPass, func(s *stand) {
			ctx, c := s.callers()
			var trailer metadata.MD
			text := string(cleanText(size))
			r, err := c.UnaryCall(ctx, &rpc.SimpleRequest{Payload: payload(text)}, grpc.Trailer(&trailer))
			if err != nil || string(r.GetPayload().GetBody()) != text || strings.Join(trailer["x-berth"], "") != "seven" {
				s.Errorf("%d bytes, trailer %v, %v", len(r.GetPayload().GetBody()), trailer, err)
			}
		})
	}
	g.row("server stream", toPass, func(s *stand) {
		ctx, c := s.callers()
		ask := &rpc.StreamingOutputCallRequest{Payload: payload("ebb")}
		for _, n := range []int32{1, 70000, 300000} {
			ask.ResponseParameters = append(ask.ResponseParameters, &rpc.ResponseParameters{Size: n})
		}
		stream, err := c.StreamingOutputCall(ctx, ask)
		for _, p := range ask.ResponseParameters {
			if err != nil {
				break
			}
			var r *rpc.StreamingOutputCallResponse
			if r, err = stream.Recv(); sumHex(r.GetPayload().GetBody()) != sumHex(cleanText(int(p.Size))) {
				s.Errorf("a message of %d bytes, want %d", len(r.GetPayload().GetBody()), p.Size)
			}
		}
		if err == nil {
			_, err = stream.Recv()
		}
		if !errors.Is(err, io.EOF) {
			s.Error(err)
		}
	})
	grpcStreams(g)
	grpcRefused(g)
}

// grpcStreams are those in which the client sends many messages.
func grpcStreams(g *group) {
	g.row("client stream", toPass, func(s *stand) {
		ctx, c := s.callers()
		stream, err := c.StreamingInputCall(ctx)
		for range 20 {
			if err == nil {
				err = stream.Send(&rpc.StreamingInputCallRequest{Payload: payload(string(cleanText(30000)))})
			}
		}
		if err != nil {
			s.Fatal(err)
		}
		if r, err := stream.CloseAndRecv(); err != nil || r.AggregatedPayloadSize != 600000 {
			s.Errorf("%v, %v", r, err)
		}
	})
	g.row("both ways, an answer to each message", toPass, func(s *stand) {
		ctx, c := s.callers()
		both, err := c.FullDuplexCall(ctx)
		if err != nil {
			s.Fatal(err)
		}
		for i := range 20 {
			if err := both.Send(&rpc.StreamingOutputCallRequest{Payload: payload(string(cleanText(i * 1000)))}); err != nil {
				s.Fatal(err)
			}
			if r, err := both.Recv(); err != nil || len(r.Payload.GetBody()) != i*1000 {
				s.Fatalf("message %d: %v", i, err)
			}
		}
		both.CloseSend()
		if _, err := both.Recv(); !errors.Is(err, io.EOF) {
			s.Errorf("the end: %v", err)
		}
	})
}

// grpcRefused sends the identity in calls of each kind.
func grpcRefused(g *group) {
	g.row("unary with a person", toRefuse, func(s *stand) {
		ctx, c := s.callers()
		_, err := c.UnaryCall(ctx, &rpc.SimpleRequest{Payload: payload(s.patient())})
		s.deniedCall(err)
	})
	g.row("a person in the third message of a stream", toRefuse, func(s *stand) {
		ctx, c := s.callers()
		both, err := c.FullDuplexCall(ctx)
		if err != nil {
			s.Fatal(err)
		}
		for _, text := range []string{"ebb", "tide", s.patient()} {
			if err := both.Send(&rpc.StreamingOutputCallRequest{Payload: payload(text)}); err != nil {
				s.Fatal(err)
			}
			if _, err = both.Recv(); err != nil {
				if text != s.patient() {
					s.Fatalf("%s: %v", text, err)
				}
				s.deniedCall(err)
				return
			}
		}
		s.Error("it was answered")
	})
	g.row("metadata with a person", toRefuse, func(s *stand) {
		ctx, c := s.callers()
		_, err := c.UnaryCall(metadata.AppendToOutgoingContext(ctx, "x-patient", s.k.person.ResidentID), &rpc.SimpleRequest{})
		s.deniedCall(err)
	})
	g.row("unary that a filing covers", toCover, func(s *stand) {
		ctx, c := s.callers()
		if r, err := c.UnaryCall(ctx, &rpc.SimpleRequest{Payload: payload(s.patient())}); err != nil || string(r.Payload.GetBody()) != s.patient() {
			s.Errorf("%v, %v", r, err)
		}
	})
}

// deniedCall wants a status that says why.
func (s *stand) deniedCall(err error) {
	s.Helper()
	if status.Code(err) != grpccodes.PermissionDenied {
		s.Fatalf("status %v", err)
	}
	s.refusal(err.Error())
}
