package sniff_test

import (
	"strings"
	"testing"

	"github.com/datacustoms/customs/proxy/sniff"
)

var opening = []struct {
	name, in string
	want     sniff.Speaker
}{
	{"nothing yet", "", sniff.Undecided},
	{"a hello", "\x16\x03\x01\x02\x00\x01", sniff.TLS},
	{"the first byte of a hello", "\x16", sniff.Undecided},
	{"a hello of SSL 2", "\x80\x2e\x01\x00\x02", sniff.Other},
	{"a handshake of no version", "\x16\x02\x00", sniff.Other},
	{"a request", "GET / HTTP/1.1\r\n", sniff.HTTP},
	{"a request in absolute form", "GET http://a.example/ HTTP/1.1\r\n", sniff.HTTP},
	{"the same in capitals", "GET HTTP://a.example/ HTTP/1.1\r\n", sniff.HTTP},
	{"OPTIONS of the server", "OPTIONS * HTTP/1.1\r\n", sniff.HTTP},
	{"a proxy request", "CONNECT a.example:443 HTTP/1.1\r\n", sniff.HTTP},
	{"a method that nobody knows", "PROPFOO /x HTTP/1.1\r\n", sniff.HTTP},
	{"HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", sniff.HTTP},
	{"a method alone", "GET", sniff.Undecided},
	{"a method and a blank", "GET ", sniff.Undecided},
	{"half a scheme", "GET ht", sniff.Undecided},
	{"a word that begins like a scheme", "NICK hans\r\n", sniff.Other},
	{"a shell client", "SSH-2.0-OpenSSH_9.9\r\n", sniff.SSH},
	{"half a shell client", "SSH", sniff.Undecided},
	{"a word like a shell client", "SSHX\r\n", sniff.Other},
	{"a mail client that does not wait", "EHLO host.example\r\n", sniff.SMTP},
	{"the same in lower case", "helo http.example\r\n", sniff.SMTP},
	{"a file client that does not wait", "USER http\r\n", sniff.FTP},
	{"a mailbox client", "a001 LOGIN x y\r\n", sniff.Other},
	{"a database client", "\x00\x00\x00\x08\x04\xd2\x16\x2f", sniff.Other},
	{"a word without an end", strings.Repeat("A", 40), sniff.Other},
	{"a line feed", "\n", sniff.Other},
	{"a blank before the method", " GET / HTTP/1.1\r\n", sniff.Other},
}

func TestSpeaks(t *testing.T) {
	for _, tt := range opening {
		t.Run(tt.name, func(t *testing.T) {
			if got := sniff.Speaks([]byte(tt.in)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			stable(t, tt.in, func(b []byte) sniff.Speaker { return sniff.Speaks(b) })
		})
	}
}

// stable wants that an answer stays for every longer beginning.
func stable(t *testing.T, in string, ask func([]byte) sniff.Speaker) {
	t.Helper()
	said := sniff.Undecided
	for n := range len(in) + 1 {
		got := ask([]byte(in[:n]))
		if said != sniff.Undecided && got != said {
			t.Errorf("%d bytes of %.60q are %q, and were %q before", n, in, got, said)
		}
		said = got
	}
}

func TestBanner(t *testing.T) {
	tests := []struct {
		name, in string
		port     uint16
		want     sniff.Speaker
	}{
		{"shell server", "SSH-2.0-x\r\n", 4711, sniff.SSH},
		{"mail server", "220 mx.example ESMTP ready\r\n", 4711, sniff.SMTP},
		{"mail server of several lines", "220-mx.example\r\n220 ESMTP\r\n", 25, sniff.SMTP},
		{"file server", "220 (vsFTPd 3.0.5)\r\n", 4711, sniff.FTP},
		{"a server that says no more than 220", "220 hello\r\n", 21, sniff.FTP},
		{"the same where nothing is known", "220 hello\r\n", 4711, sniff.Other},
		{"half a line", "220 mx.exa", 25, sniff.Undecided},
		{"mailbox server", "* OK IMAP4rev1\r\n", 143, sniff.Other},
		{"a line without an end", "220 " + strings.Repeat("x", 600), 25, sniff.SMTP},
		{"nothing yet", "", 22, sniff.Undecided},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := sniff.Banner([]byte(tt.in), tt.port); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			stable(t, tt.in, func(b []byte) sniff.Speaker { return sniff.Banner(b, tt.port) })
		})
	}
}

func TestPortsThatWait(t *testing.T) {
	for port := range uint16(10000) {
		if _, first := sniff.SpeaksFirst(port); first && sniff.Waits(port) {
			t.Errorf("port %d is said to wait and to speak first", port)
		}
	}
	if s, known := sniff.SpeaksFirst(22); s != sniff.SSH || !known || sniff.Waits(22) || !sniff.Waits(443) {
		t.Error("the known ports are not known")
	}
}

// FuzzSpeaks: the answer does not hang on how the bytes come, and comes soon.
func FuzzSpeaks(f *testing.F) {
	for _, tt := range opening {
		f.Add([]byte(tt.in), uint16(25))
	}
	f.Add([]byte("220 mx ESMTP\r\n"), uint16(25))
	f.Fuzz(func(t *testing.T, b []byte, port uint16) {
		b = b[:min(len(b), 1024)]
		stable(t, string(b), sniff.Speaks)
		stable(t, string(b), func(b []byte) sniff.Speaker { return sniff.Banner(b, port) })
		if len(b) >= 64 && sniff.Speaks(b) == sniff.Undecided || len(b) >= 512 && sniff.Banner(b, port) == sniff.Undecided {
			t.Errorf("%q is not decided", b)
		}
		if s := sniff.Speaks(b); s == sniff.TLS && b[0] != 0x16 || s == sniff.SSH && !strings.HasPrefix(string(b), "SSH-") {
			t.Errorf("%q is called %q", b, s)
		}
	})
}
