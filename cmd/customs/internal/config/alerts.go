package config

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
)

const (
	maxWebhooks = 8
	maxMailTo   = 16
	minSecret   = 16
	maxSecret   = 4 << 10
)

// checkWebhook accepts an https URL, and an http URL on the local network.
func checkWebhook(s string) (what, mend string) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || !hostForm(u.Hostname()):
		return "is no address of a receiver", "write https://host/path"
	case u.Port() != "" && !portForm(u.Port()):
		return "has no port that exists", "write a port from 1 to 65535, or none"
	case u.User != nil || u.Fragment != "":
		return "has a login or a fragment, which is not used", "leave them out; a secret file signs what is sent"
	}
	a, err := netip.ParseAddr(u.Hostname())
	if u.Scheme == "http" && u.Hostname() != "localhost" && (err != nil || !LocalAddr(a)) {
		return "is neither encrypted nor on the local network", "write https://, or an address that is loopback, private, link-local or unique local"
	}
	return "", ""
}

func checkRelay(s string) (what, mend string) {
	host, port, err := net.SplitHostPort(s)
	if err != nil || !hostForm(host) || !portForm(port) {
		return "is no relay", "write host:port, as mail.example.cn:587"
	}
	return "", ""
}

// checkMailbox accepts an address alone, of ASCII: others need a relay that
// can do more than most.
func checkMailbox(s string) (what, mend string) {
	a, err := mail.ParseAddress(s)
	plain := err == nil && a.Name == "" && a.Address == s && len(s) <= 254
	for _, r := range s {
		plain = plain && r > ' ' && r < 0x7f && !strings.ContainsRune(`"<>\`, r)
	}
	if !plain {
		return "is no mail address", "write name@host in ASCII and nothing else"
	}
	return "", ""
}

// hostForm accepts an IP address, or a host name in lower or upper case.
func hostForm(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	what, _ := checkMatch(strings.ToLower(host))
	return what == "" && !strings.ContainsAny(host, "*/:")
}

func portForm(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// alerts checks what no single value shows.
func (d *decoding) alerts(a Alerts) {
	if len(a.Webhooks) > maxWebhooks {
		d.fault(d.places["key alerts.webhooks"], fmt.Sprintf("alerts.webhooks: %d are more than %d", len(a.Webhooks), maxWebhooks), "let one of them pass alerts on")
	}
	var urls []string
	for i, w := range a.Webhooks {
		at := fmt.Sprintf("alerts.webhooks[%d]", i)
		if j := slices.Index(urls, w.URL); j >= 0 && w.URL != "" {
			d.fault(d.places[at+".url"], fmt.Sprintf("%s.url: same address as alerts.webhooks[%d]", at, j), "keep one of them: each gets every alert once")
		}
		urls = append(urls, w.URL)
		d.secret(at+".secret", w.Secret, minSecret)
	}
	d.mail(a.Mail)
}

func (d *decoding) mail(m Mail) {
	if d.places["key alerts.mail"] == nil {
		return
	}
	to := d.places["key alerts.mail.to"]
	switch {
	case to != nil && len(m.To) == 0:
		d.fault(to, "alerts.mail.to: no address", "write one, or leave mail out")
	case len(m.To) > maxMailTo:
		d.fault(to, fmt.Sprintf("alerts.mail.to: %d are more than %d", len(m.To), maxMailTo), "use a mailing list")
	}
	for i, address := range m.To {
		if j := slices.Index(m.To, address); j < i {
			at := fmt.Sprintf("alerts.mail.to[%d]", i)
			d.fault(d.places[at], fmt.Sprintf("%s: same address as alerts.mail.to[%d]", at, j), "keep one of them")
		}
	}
	switch {
	case m.User != "" && m.Password == "":
		d.fault(d.places["key alerts.mail.user"], "alerts.mail.user: there is no password", "add password: a file that holds it")
	case m.User == "" && m.Password != "":
		d.fault(d.places["key alerts.mail.password"], "alerts.mail.password: there is no user", "add user, or leave both out")
	case m.User != "" && m.TLS == "none":
		d.fault(d.places["key alerts.mail.tls"], "alerts.mail.tls: a password would go in clear", "write starttls or tls, or leave user and password out")
	}
	d.secret("alerts.mail.password", m.Password, 1)
}

// secret checks a file of a secret, as ReadSecret will read it.
func (d *decoding) secret(path, file string, least int) {
	if file == "" || d.places[path] == nil {
		return
	}
	if _, what, mend := readSecret(file, least); what != "" {
		d.fault(d.places[path], path+": "+what, mend)
	}
}

// ReadSecret reads a file that a key of alerts names, without the white space
// around it.
func ReadSecret(file string) ([]byte, error) {
	text, what, mend := readSecret(file, 1)
	if what != "" {
		return nil, fmt.Errorf("%s: %s; %s", file, what, mend)
	}
	return text, nil
}

func readSecret(file string, least int) (text []byte, what, mend string) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, reason(err), "the path is " + file
	case !info.Mode().IsRegular():
		return nil, "not a file", "the path is " + file
	case info.Mode().Perm()&0o077 != 0:
		return nil, "can be read by others", "run chmod 600 " + file
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, reason(err), "the path is " + file
	}
	defer f.Close()
	text, err = io.ReadAll(io.LimitReader(f, maxSecret+1))
	text = bytes.TrimSpace(text)
	switch {
	case err != nil:
		return nil, reason(err), "the path is " + file
	case len(text) > maxSecret:
		return nil, "more than 4 KiB", "write the secret alone; the path is " + file
	case len(text) < least:
		return nil, fmt.Sprintf("%d bytes, less than %d", len(text), least), "write a longer one: openssl rand -hex 32 > " + file
	}
	return text, "", ""
}
