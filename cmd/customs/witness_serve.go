package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/disk"
	"github.com/datacustoms/customs/policy/tree"
	cosign "github.com/datacustoms/customs/policy/witness"
)

func newWitnessServeCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run a witness",
		Long: `Run a witness until SIGTERM or SIGINT. --log names a log by its public key, as it
stands in the gateway's keys/log.pub, or a file of such lines; after a rotation
of that key name both. Without --tls-cert the witness speaks plain HTTP, for an
address on the local network or behind a proxy that ends TLS; what it signs needs
no secrecy.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := serveWitness(cmd); err != nil {
				return exitError{Code: 2, Err: fmt.Errorf("witness serve: %w", err)}
			}
			return nil
		},
	}
	cmd.Flags().String("listen", "127.0.0.1:8090", "address to listen on")
	cmd.Flags().StringArray("log", nil, "public key of a log, or a file of them; may be repeated")
	cmd.Flags().String("tls-cert", "", "certificate chain, PEM")
	cmd.Flags().String("tls-key", "", "its key, PEM")
	if err := cmd.MarkFlagRequired("log"); err != nil {
		panic(err)
	}
	return cmd
}

func serveWitness(cmd *cobra.Command) (err error) {
	dir, _ := cmd.Flags().GetString("data")
	address, _ := cmd.Flags().GetString("listen")
	named, _ := cmd.Flags().GetStringArray("log")
	logs, err := logKeysOf(named)
	if err != nil {
		return err
	}
	signer, key, public, err := openWitnessKey(dir)
	if err != nil {
		return err
	}
	w, err := cosign.Open(cosign.Options{Dir: dir, Files: disk.Files{}, Signer: signer, Key: key, Logs: logs})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	log, err := newLogger("info")
	if err != nil {
		return err
	}
	defer log.Sync()
	listener, scheme, err := witnessListener(cmd, address)
	if err != nil {
		return err
	}
	origins := []string{}
	for _, l := range logs {
		if !slices.Contains(origins, l.Name()) {
			origins = append(origins, l.Name())
		}
	}
	for _, origin := range origins {
		if w.Latest(origin) == nil {
			log.Warn("nothing was cosigned for this log yet: its first checkpoint is taken on trust", zap.String("log", origin))
		}
	}
	server := cosign.Server(w.Handler(func(h cosign.Heard) { sayHeard(log, h) }))
	server.ErrorLog, _ = zap.NewStdLogAt(log, zap.DebugLevel)
	log.Info("witnessing", zap.String("url", scheme+"://"+listener.Addr().String()), zap.String("key", public), zap.Strings("logs", origins))
	return serveUntilSignal(cmd.Context(), server, listener)
}

// logKeysOf reads public keys, or files of them.
func logKeysOf(named []string) ([]note.Verifier, error) {
	var out []note.Verifier
	for _, text := range named {
		if !strings.Contains(text, "+") {
			file, err := os.ReadFile(text)
			if err != nil {
				return nil, fmt.Errorf("--log: no public key NAME+HASH+KEY, and no file of them: %w", err)
			}
			text = string(file)
		}
		keys, err := tree.ParseKeys(text)
		if err != nil {
			return nil, fmt.Errorf("--log: %w", err)
		}
		out = append(out, keys...)
	}
	if len(out) == 0 {
		return nil, errors.New("--log: there is no key in it")
	}
	return out, nil
}

// witnessListener listens, with TLS where a certificate is named.
func witnessListener(cmd *cobra.Command, address string) (net.Listener, string, error) {
	cert, _ := cmd.Flags().GetString("tls-cert")
	key, _ := cmd.Flags().GetString("tls-key")
	if (cert == "") != (key == "") {
		return nil, "", errors.New("--tls-cert and --tls-key belong together")
	}
	var pair tls.Certificate
	if cert != "" {
		var err error
		if pair, err = tls.LoadX509KeyPair(cert, key); err != nil {
			return nil, "", fmt.Errorf("--tls-cert: %w", err)
		}
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, "", fmt.Errorf("--listen: %w", err)
	}
	l = cosign.Limit(l)
	if cert == "" {
		return l, "http", nil
	}
	return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}), "https", nil
}

// serveUntilSignal ends open requests before it returns.
func serveUntilSignal(ctx context.Context, server *http.Server, l net.Listener) error {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := server.Shutdown(limit)
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// sayHeard logs a request. Only what the witness knows of a log is quoted.
func sayHeard(log *zap.Logger, h cosign.Heard) {
	fields := []zap.Field{zap.Int("status", h.Status), zap.String("log", h.Origin), zap.Int64("entries", h.Size)}
	switch {
	case h.Err == nil:
		log.Info("cosigned", fields...)
	case h.Status == http.StatusInternalServerError:
		log.Error("not cosigned: the checkpoint could not be kept", append(fields, zap.Error(h.Err))...)
	case h.Fork:
		log.Error("REFUSED: the log does not continue what was cosigned", fields...)
	default:
		log.Warn("not cosigned", append(fields, zap.Error(h.Err))...)
	}
}
