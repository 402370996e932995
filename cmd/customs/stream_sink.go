package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/export"
	"github.com/datacustoms/customs/policy/stream"
)

// sinkOf makes the way to a receiver. It reads the files that the configuration
// names and connects to nobody.
func sinkOf(s config.Stream, roots *x509.CertPool) (stream.Sink, error) {
	conf, err := streamTLS(s, roots)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", s.Name, err)
	}
	password := ""
	if s.Password != "" {
		text, err := config.ReadSecret(s.Password)
		if err != nil {
			return nil, fmt.Errorf("stream %s: password: %w", s.Name, err)
		}
		password = string(text)
	}
	switch s.Kind {
	case "nats":
		return stream.NewNATS(stream.NATSOptions{Servers: s.Servers, TLS: conf, Stream: s.Stream, Subject: s.Subject, Create: s.Create,
			Credentials: s.Credentials, Nkey: s.Nkey, User: s.User, Password: password}), nil
	case "kafka":
		return stream.NewKafka(stream.KafkaOptions{Servers: s.Servers, TLS: conf, Topic: s.Topic, SASL: s.SASL, User: s.User, Password: password}), nil
	case "syslog":
		return stream.NewSyslog(stream.SyslogOptions{Servers: s.Servers, TLS: conf}), nil
	}
	return nil, fmt.Errorf("stream %s: there is no kind %q", s.Name, s.Kind)
}

func streamTLS(s config.Stream, roots *x509.CertPool) (*tls.Config, error) {
	if s.Plain {
		return nil, nil
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}
	if len(s.Roots) > 0 {
		conf.RootCAs = x509.NewCertPool()
		for _, path := range s.Roots {
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, fmt.Errorf("roots: %w", err)
			}
			if !conf.RootCAs.AppendCertsFromPEM(text) {
				return nil, fmt.Errorf("roots: %s holds no certificate", path)
			}
		}
	}
	if s.Cert != "" {
		pair, err := tls.LoadX509KeyPair(s.Cert, s.Key)
		if err != nil {
			return nil, fmt.Errorf("cert and key do not belong together, or cannot be read: %s", s.Cert)
		}
		conf.Certificates = []tls.Certificate{pair}
	}
	return conf, nil
}

// encoders give the bodies of a stream's messages; nil is the stream's own. An
// act has no event in OCSF: it goes as its entry, and Customs-Kind tells them
// apart.
func encoders(s config.Stream) (record func(*policy.Record) []byte, act func(*policy.Entry, []byte) []byte) {
	switch {
	case s.Kind == "syslog":
		return func(r *policy.Record) []byte { return export.SyslogLine(*r) }, stream.ActLine
	case s.Format == "ocsf":
		return ocsfRecord, nil
	}
	return nil, nil
}

// ocsfRecord is a record as OCSF, or as itself where it cannot be one: it is
// sent in any case.
func ocsfRecord(r *policy.Record) []byte {
	if b, err := export.OCSF(*r); err == nil {
		return b
	}
	return export.JSON(*r)
}
