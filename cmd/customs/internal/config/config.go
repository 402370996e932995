// Package config reads the one configuration file of the program.
//
// Load and Parse are strict: an unknown key, a wrong type or a value that
// cannot work is a fault, and all faults are reported at once, each with its
// place in the file and how to mend it. A file may be absent, and so may any
// key: Default is a configuration that works. Relative paths are relative to
// the directory of the file.
package config

import (
	"net/netip"
	"time"

	"github.com/datacustoms/customs/policy"
)

// Config is the configuration of the program. It holds settings only, never
// live state.
type Config struct {
	Data         string        `yaml:"data" is:"path" doc:"directory of keys, stores and log"`
	Listen       Listen        `yaml:"listen"`
	Mode         string        `yaml:"mode" is:"enforce|observe" doc:"observe records the verdicts that would have been and stops nothing"`
	Law          Law           `yaml:"law"`
	CA           CA            `yaml:"ca"`
	Keys         Keys          `yaml:"keys"`
	Upstream     Upstream      `yaml:"upstream"`
	Exporters    []Exporter    `yaml:"exporters"`
	Destinations []Destination `yaml:"destinations"`
	PassThrough  []PassThrough `yaml:"passthrough"`
	NeverUnread  []string      `yaml:"never_unread" is:"match" doc:"hosts, *.suffixes, addresses and networks that are read whatever their country: places in the mainland that front sites overseas; they count as overseas"`
	Countries    Countries     `yaml:"countries"`
	Policy       Policy        `yaml:"policy"`
	Review       Review        `yaml:"review"`
	Inspect      Inspect       `yaml:"inspect"`
	Alerts       Alerts        `yaml:"alerts"`
	Limits       Limits        `yaml:"limits"`
	Timeouts     Timeouts      `yaml:"timeouts"`
	Audit        Audit         `yaml:"audit"`
	Evidence     Evidence      `yaml:"evidence"`
	Streams      []Stream      `yaml:"streams"`
	Drain        time.Duration `yaml:"drain" doc:"how long open flows may take to end after SIGTERM"`
	Log          Log           `yaml:"log"`
}

// Listen names the addresses that the program listens on.
type Listen struct {
	Proxy   string `yaml:"proxy" is:"address" doc:"forward proxy: HTTP, CONNECT"`
	Console string `yaml:"console" is:"address" doc:"console: /metrics, /healthz, /readyz"`
	QUIC    string `yaml:"quic" is:"address" doc:"UDP address to which the network leads QUIC (HTTP/3, UDP port 443): each connection is refused at once and recorded, so that clients fall back to HTTPS; absent: off, and QUIC is for the firewall to stop"`
}

// Law chooses the legal data.
type Law struct {
	SPI   string   `yaml:"spi" is:"strict|gb45574-2025|gb35273-2020" doc:"sensitivity profile; strict is the union of the standards"`
	Packs string   `yaml:"packs" is:"dir" doc:"directory of signed rule packs, zone lists and catalogues, over the built-in ones; absent: those alone"`
	Keys  []string `yaml:"keys" is:"key" doc:"public keys of those whose signature puts a file of packs in force; needed with packs"`
}

// CA names the files of the certificate authority.
type CA struct {
	Cert string `yaml:"cert" is:"path" doc:"CA certificate, PEM; made at first start when neither file exists; absent: under data"`
	Key  string `yaml:"key" is:"path" doc:"CA key, PEM; made at first start when neither file exists; absent: under data"`
}

// Upstream says how the gateway leaves.
type Upstream struct {
	Roots []string       `yaml:"roots" is:"pem" doc:"certificate files added to the system's roots, to verify origins"`
	Allow []netip.Prefix `yaml:"allow" doc:"networks that the dial guard would refuse: loopback, private, link-local; a cloud metadata address only by itself"`
	// Revocation says what an origin must show that nothing is known of.
	Revocation string             `yaml:"revocation" is:"staple|require" doc:"staple: an origin's stapled OCSP answer and upstream.crls count where there are any; require: without a good one the origin is refused"`
	CRLs       []string           `yaml:"crls" is:"file" doc:"files of certificate revocation lists, PEM or DER, of the authorities that issue origins' certificates; read again with each reload"`
	Identities []UpstreamIdentity `yaml:"identities"`
}

// Exporter is a legal entity behind the gateway and how its clients are known.
type Exporter struct {
	USCC    string         `yaml:"uscc" is:"uscc" need:"yes" doc:"unified social credit code"`
	Name    string         `yaml:"name" doc:"for people; not used to decide"`
	Clients []netip.Prefix `yaml:"clients" need:"yes" doc:"networks of its clients; the longest prefix wins"`
	// CIIO is unknown when absent, and unknown is treated as yes.
	CIIO       policy.Tri `yaml:"ciio" doc:"critical information infrastructure operator; absent: unknown, treated as one"`
	Zone       string     `yaml:"zone" is:"zone" doc:"code of the free-trade zone that it is registered in, as the zone lists write it (customs pack show); absent: none"`
	ZoneExport policy.Tri `yaml:"zone_export" doc:"it exports from the zone, as some zone lists ask; absent: unknown, such a list does not apply"`
	City       string     `yaml:"city" is:"division" doc:"GB/T 2260 code of its city, 4 to 6 digits"`
	Group      []string   `yaml:"group" is:"uscc" doc:"codes of the companies that file together with it"`
	MayDeclare bool       `yaml:"may_declare" doc:"its clients' Customs-* headers set link, purpose and claim"`
}

// Destination tells the country of hosts and networks, and what may go there.
type Destination struct {
	Match   []string `yaml:"match" is:"match" need:"yes" doc:"host, *.suffix, address or network; the first entry that matches wins"`
	Country string   `yaml:"country" is:"country" need:"yes" doc:"ISO 3166-1 code of two letters; HK, MO and TW are their own"`
	Unread  Unread   `yaml:"unread"`
}

// Unread lets content go to a destination that could not be read. The zero
// value lets nothing go.
type Unread struct {
	Allow     []string `yaml:"allow" is:"encrypted|unknown_format|high_entropy|broken|limit_ratio|limit_depth|limit_bytes|limit_entries|limit_time" need:"yes" doc:"content goes although it was not read for one of these reasons, judged on what was read; absent: it is blocked"`
	Exporters []string `yaml:"exporters" is:"uscc" doc:"codes of the exporters for which allow holds; absent: all of this file"`
}

// Countries replaces the built-in country table.
type Countries struct {
	MMDB string `yaml:"mmdb" is:"file" doc:"country database of the operator; absent: the built-in table"`
}

// Policy adds to the built-in decision policy.
type Policy struct {
	Dir    string        `yaml:"dir" is:"dir" doc:"directory of the operator's Rego modules, beside the built-in policy; absent: none"`
	Bundle string        `yaml:"bundle" is:"bundle" doc:"signed bundle of modules, besides dir: a file, a directory with bundle.tar.gz, or an http(s) URL on the local network; absent: none"`
	Keys   []string      `yaml:"keys" is:"key" doc:"public keys of those whose signature puts a bundle in force; needed with bundle"`
	Poll   time.Duration `yaml:"poll" is:"1s..24h" doc:"how often the bundle is looked for again"`
}

// Review names those who may release what is held.
type Review struct {
	Reviewers []string `yaml:"reviewers" is:"key" doc:"public keys of the reviewers, one a person; two of them release a held transfer or put an exception in force; absent: nobody can"`
}

// Inspect adds to the built-in catalogue of what is looked for.
type Inspect struct {
	Rules []string `yaml:"rules" is:"file" doc:"files of the operator's own rules, over the built-in ones (RULES.md); absent: none"`
}

// Alerts names who is told of what needs a person.
type Alerts struct {
	Webhooks []Webhook `yaml:"webhooks"`
	Mail     Mail      `yaml:"mail"`
}

// Webhook is an address that gets each alert as JSON.
type Webhook struct {
	URL    string `yaml:"url" is:"webhook" need:"yes" doc:"https address that gets each alert by POST; http only on the local network; upstream.roots count"`
	Secret string `yaml:"secret" is:"file" doc:"file of 16 bytes or more, for its owner only, that signs the body: Customs-Signature; absent: not signed"`
}

// Mail is a relay of the operator and who gets each alert by it.
type Mail struct {
	Relay    string   `yaml:"relay" is:"relay" need:"yes" doc:"mail relay, host:port"`
	TLS      string   `yaml:"tls" is:"starttls|tls|none" doc:"how the relay is spoken to; absent: starttls, without which no mail goes; upstream.roots count"`
	User     string   `yaml:"user" doc:"login at the relay; absent: none"`
	Password string   `yaml:"password" is:"file" doc:"file of the password, for its owner only; needed with user"`
	From     string   `yaml:"from" is:"mailbox" need:"yes" doc:"sender"`
	To       []string `yaml:"to" is:"mailbox" need:"yes" doc:"receivers, each with a mail of its own"`
}

// Limits bound what the process holds.
type Limits struct {
	FlowMemory    Size `yaml:"flow_memory" doc:"body bytes of one flow in memory before it spills"`
	FlowSpill     Size `yaml:"flow_spill" doc:"body bytes of one flow on disk before OVERSIZE"`
	Memory        Size `yaml:"memory" doc:"body bytes of all flows in memory"`
	Spill         Size `yaml:"spill" doc:"body bytes of all flows on disk"`
	ClientPercent int  `yaml:"client_percent" is:"1..100" doc:"most of each budget that one client address may hold"`
	Connections   int  `yaml:"connections" is:"1..1000000" doc:"client connections at once"`
}

// Timeouts bound every phase of a connection.
type Timeouts struct {
	Handshake time.Duration `yaml:"handshake" doc:"TLS handshake, with a client and with an origin"`
	// ServerFirst bounds the wait for a client that waits for its server.
	ServerFirst time.Duration `yaml:"server_first" is:"300ms..10s" doc:"silence of a client in a tunnel after which the server is taken to speak first, and the tunnel for one that is not read"`
	Head        time.Duration `yaml:"head" doc:"request line and headers"`
	Body        time.Duration `yaml:"body" doc:"longest silence within a request body"`
	Idle        time.Duration `yaml:"idle" doc:"kept connection without a request"`
	Resolve     time.Duration `yaml:"resolve" doc:"name look-up"`
	Dial        time.Duration `yaml:"dial" doc:"connection to an origin"`
	Response    time.Duration `yaml:"response" doc:"origin's response head, after the request was sent"`
}

// Audit says what records show.
type Audit struct {
	Clients      string        `yaml:"clients" is:"pseudonym|clear" doc:"client addresses and users in records: keyed pseudonyms, or in clear"`
	Retention    Days          `yaml:"retention" doc:"how long the log is kept, at least six months; customs audit retain deletes what is older"`
	Checkpoint   time.Duration `yaml:"checkpoint" is:"100ms..1h" doc:"how often a checkpoint is signed over what was added; after 4,096 entries at once"`
	Witnesses    []Witness     `yaml:"witnesses"`
	WitnessAlarm time.Duration `yaml:"witness_alarm" is:"1m..720h" doc:"somebody is told when a witness has not cosigned for so long"`
}

// Log says what the process writes to standard error.
type Log struct {
	Level string `yaml:"level" is:"debug|info|warn|error" doc:"lowest level written"`
}

// Default returns the configuration of a program without a file.
func Default() *Config {
	return &Config{
		Data:     "./customs-data",
		Listen:   Listen{Proxy: "127.0.0.1:8080", Console: "127.0.0.1:8081"},
		Mode:     "enforce",
		Law:      Law{SPI: "strict"},
		Upstream: Upstream{Revocation: "staple"},
		Policy:   Policy{Poll: 30 * time.Second},
		Limits: Limits{FlowMemory: 1 << 20, FlowSpill: 256 << 20, Memory: 256 << 20, Spill: 8 << 30,
			ClientPercent: 50, Connections: 10000},
		Timeouts: Timeouts{Handshake: 10 * time.Second, ServerFirst: 2 * time.Second, Head: 30 * time.Second, Body: time.Minute,
			Idle: 90 * time.Second, Resolve: 5 * time.Second, Dial: 10 * time.Second, Response: 2 * time.Minute},
		Evidence: Evidence{Samples: 8, Context: 64, PerRecord: 16 << 10, Total: 1 << 30, Keep: 180},
		Audit:    Audit{Clients: "pseudonym", Retention: 1095, Checkpoint: 5 * time.Second, WitnessAlarm: 24 * time.Hour},
		Drain:    30 * time.Second,
		Log:      Log{Level: "info"},
	}
}
