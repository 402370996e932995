package main

import (
	"context"
	"fmt"
	"net"

	"github.com/datacustoms/customs/proxy/quic"
)

// openQUIC builds the front door that refuses QUIC, where there is one.
func (h *house) openQUIC() (err error) {
	if h.cfg.Listen.QUIC == "" {
		return nil
	}
	h.quic, err = quic.New(quic.Options{Gateway: h.gateway, Book: h.exporters})
	return err
}

// listenQUIC binds its address; nil where there is none.
func (h *house) listenQUIC() (net.PacketConn, error) {
	if h.quic == nil {
		return nil, nil
	}
	conn, err := net.ListenPacket("udp", h.cfg.Listen.QUIC)
	if err != nil {
		return nil, fmt.Errorf("listen.quic: %w", err)
	}
	return conn, nil
}

// serveQUIC runs the door until it is shut down.
func (h *house) serveQUIC(ctx context.Context, conn net.PacketConn) error {
	if conn == nil {
		return nil
	}
	return h.quic.Serve(ctx, conn)
}

func (h *house) shutQUIC(ctx context.Context) error {
	if h.quic == nil {
		return nil
	}
	return h.quic.Shutdown(ctx)
}

// addressOf is where a socket is bound, "" where there is none.
func addressOf(conn net.PacketConn) string {
	if conn == nil {
		return ""
	}
	return conn.LocalAddr().String()
}
