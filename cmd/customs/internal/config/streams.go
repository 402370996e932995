package config

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// Stream is a receiver of the records and acts of the audit log.
type Stream struct {
	Name           string   `yaml:"name" is:"stream" need:"yes" doc:"names its position, metrics and alerts: small letters, digits and hyphens"`
	Kind           string   `yaml:"kind" is:"nats|kafka|syslog" need:"yes" doc:"NATS JetStream, Kafka, or syslog (RFC 5424 over TLS). Logs belong in the mainland: a receiver abroad is itself an export"`
	Servers        []string `yaml:"servers" is:"server" need:"yes" doc:"host:port of the receiver, or of several servers of one"`
	Plain          bool     `yaml:"plain" doc:"without TLS; only to addresses that are loopback, private or link-local"`
	Roots          []string `yaml:"roots" is:"pem" doc:"certificate files that alone verify the servers; absent: the system's and upstream.roots"`
	Cert           string   `yaml:"cert" is:"path" doc:"client certificate, PEM; absent: none"`
	Key            string   `yaml:"key" is:"path" doc:"its key, PEM, for its owner only; needed with cert"`
	Stream         string   `yaml:"stream" is:"subject" doc:"nats: stream of the JetStream that has to acknowledge"`
	Subject        string   `yaml:"subject" is:"subject" doc:"nats: subject that is published to"`
	Create         bool     `yaml:"create" doc:"nats: make the stream, on file, when there is none"`
	Topic          string   `yaml:"topic" is:"topic" doc:"kafka: topic; it must exist"`
	SASL           string   `yaml:"sasl" is:"plain|scram-sha-256|scram-sha-512" doc:"kafka: way to log in; absent: none"`
	User           string   `yaml:"user" doc:"login; absent: none"`
	Password       string   `yaml:"password" is:"file" doc:"file of the password, for its owner only; needed with user"`
	Credentials    string   `yaml:"credentials" is:"file" doc:"nats: credentials file (JWT and seed), for its owner only"`
	Nkey           string   `yaml:"nkey" is:"file" doc:"nats: file of an nkey seed, for its owner only"`
	Format         string   `yaml:"format" is:"record|ocsf" doc:"what a message holds: the record as in the log (dc.record/1), or an OCSF event; absent: record; syslog: record alone"`
	Backlog        Size     `yaml:"backlog" doc:"how much may wait before an alert, by the mean size of an entry; the log keeps it all the same; absent: 1GiB"`
	BacklogEntries int      `yaml:"backlog_entries" is:"1..1000000000" doc:"the same in entries; absent: no bound by number"`
}

const (
	maxStreams = 8
	maxServers = 16
)

var (
	streamForm  = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	subjectForm = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)
	topicForm   = regexp.MustCompile(`^[A-Za-z0-9._-]{1,249}$`)
)

func checkStream(s string) (what, mend string) {
	if !streamForm.MatchString(s) {
		return "is no name of a stream", "write up to 32 small letters, digits and hyphens, a letter first"
	}
	return "", ""
}

func checkServer(s string) (what, mend string) {
	host, port, err := net.SplitHostPort(s)
	if err != nil || !hostForm(host) || !portForm(port) {
		return "is no server", "write host:port, as nats.example.cn:4222"
	}
	return "", ""
}

func checkSubject(s string) (what, mend string) {
	if len(s) > 255 || !subjectForm.MatchString(s) {
		return "is no name of a stream or subject", "write letters, digits, _ and -, joined by dots; no * and no >"
	}
	return "", ""
}

func checkTopic(s string) (what, mend string) {
	if !topicForm.MatchString(s) || s == "." || s == ".." {
		return "is no topic", "write up to 249 letters, digits, dots, _ and -"
	}
	return "", ""
}

// resolveStreams are the paths of streams.
func resolveStreams(c *Config) (paths []*string) {
	for i := range c.Streams {
		s := &c.Streams[i]
		paths = append(paths, &s.Cert, &s.Key, &s.Password, &s.Credentials, &s.Nkey)
		for j := range s.Roots {
			paths = append(paths, &s.Roots[j])
		}
	}
	return paths
}

// streams checks what no single value shows.
func (d *decoding) streams(list []Stream) {
	if len(list) > maxStreams {
		d.fault(d.places["key streams"], fmt.Sprintf("streams: %d are more than %d", len(list), maxStreams), "let one receiver pass them on")
	}
	for i := range list {
		s, at := &list[i], fmt.Sprintf("streams[%d]", i)
		if j := slices.IndexFunc(list, func(o Stream) bool { return o.Name == s.Name }); j < i && s.Name != "" {
			d.fault(d.places[at+".name"], fmt.Sprintf("%s.name: same name as streams[%d]", at, j), "give each a name of its own: its position has that name")
		}
		d.streamServers(at, s)
		d.streamTarget(at, s)
		d.streamLogin(at, s)
		d.streamFiles(at, s)
	}
}

func (d *decoding) streamServers(at string, s *Stream) {
	switch n := len(s.Servers); {
	case n == 0 && d.places["key "+at+".servers"] != nil:
		d.fault(d.places["key "+at+".servers"], at+".servers: no server", "write host:port")
	case n > maxServers:
		d.fault(d.places["key "+at+".servers"], fmt.Sprintf("%s.servers: %d are more than %d", at, n, maxServers), "name some of them")
	}
	if !s.Plain {
		return
	}
	for i, server := range s.Servers {
		host, _, err := net.SplitHostPort(server)
		if err != nil {
			continue // said already
		}
		if a, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !LocalAddr(a)) {
			d.fault(d.places[fmt.Sprintf("%s.servers[%d]", at, i)], fmt.Sprintf("%s.servers: %q is not on the local network, and plain is set", at, server),
				"leave plain out, or write an address that is loopback, private, link-local or unique local")
		}
	}
}

// streamTarget wants the keys of its kind and no others.
func (d *decoding) streamTarget(at string, s *Stream) {
	for _, k := range []struct{ key, kind, need string }{
		{"stream", "nats", s.Stream}, {"subject", "nats", s.Subject}, {"topic", "kafka", s.Topic},
		{"create", "nats", "-"}, {"credentials", "nats", "-"}, {"nkey", "nats", "-"}, {"sasl", "kafka", "-"},
	} {
		given := d.places["key "+at+"."+k.key]
		switch {
		case s.Kind == k.kind && k.need == "" && given == nil:
			d.fault(d.places["key "+at+".kind"], fmt.Sprintf("%s: a stream to %s has no %s", at, k.kind, k.key), "add "+k.key)
		case s.Kind != k.kind && given != nil && slices.Contains([]string{"nats", "kafka", "syslog"}, s.Kind):
			d.fault(given, fmt.Sprintf("%s.%s: is for %s alone", at, k.key, k.kind), "leave it out")
		}
	}
	if s.Kind == "syslog" && s.Format == "ocsf" {
		d.fault(d.places["key "+at+".format"], at+".format: a syslog line holds the record", "leave it out, or use nats or kafka")
	}
}

func (d *decoding) streamLogin(at string, s *Stream) {
	user := d.places["key "+at+".user"]
	ways := 0
	for _, way := range []string{s.Credentials, s.Nkey, s.User} {
		if way != "" {
			ways++
		}
	}
	switch {
	case s.Kind == "syslog" && (user != nil || s.Password != ""):
		d.fault(d.places["key "+at+".kind"], at+": syslog has no login", "use cert and key, and leave user and password out")
	case ways > 1:
		d.fault(d.places["key "+at+".kind"], at+": more than one of credentials, nkey and user", "keep one of them")
	case s.User != "" && s.Password == "":
		d.fault(user, at+".user: there is no password", "add password: a file that holds it")
	case s.User == "" && s.Password != "":
		d.fault(d.places["key "+at+".password"], at+".password: there is no user", "add user, or leave both out")
	case s.Kind == "kafka" && (s.User == "") != (s.SASL == ""):
		d.fault(d.places["key "+at+".kind"], at+": user and sasl belong together", "add the other, or leave both out")
	case s.Plain && s.User != "" && !strings.HasPrefix(s.SASL, "scram"):
		d.fault(user, at+".user: a password would go in clear", "leave plain out")
	}
}

func (d *decoding) streamFiles(at string, s *Stream) {
	for i, root := range s.Roots {
		if what := badRoots(root); root != "" && what != "" {
			d.fault(d.places[fmt.Sprintf("%s.roots[%d]", at, i)], at+".roots: "+what, "give a file of PEM certificates; the path is "+root)
		}
	}
	if s.Plain {
		for _, key := range []string{"roots", "cert", "key"} {
			if p := d.places["key "+at+"."+key]; p != nil {
				d.fault(p, fmt.Sprintf("%s.%s: is not used without TLS", at, key), "leave it or plain out")
			}
		}
	}
	switch {
	case (s.Cert == "") != (s.Key == ""):
		d.fault(d.places["key "+at+".kind"], at+": one of cert and key is missing", "give both, or none")
	case s.Cert != "":
		if what := badRoots(s.Cert); what != "" {
			d.fault(d.places[at+".cert"], at+".cert: "+what, "give the certificate in PEM; the path is "+s.Cert)
		}
		d.secret(at+".key", s.Key, 1)
	}
	d.secret(at+".password", s.Password, 1)
	d.secret(at+".credentials", s.Credentials, 1)
	d.secret(at+".nkey", s.Nkey, 1)
}
