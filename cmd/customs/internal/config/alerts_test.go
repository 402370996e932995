package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

const goodAlerts = `alerts:
  webhooks:
    - {url: "https://hooks.example.cn/customs?t=1", secret: hook.secret}
    - {url: http://10.0.0.5:8090/alerts}
    - {url: http://localhost/}
  mail:
    relay: mail.example.cn:587
    user: customs
    password: mail.password
    from: customs@example.cn
    to: [dpo@example.cn, ops@example.cn]
`

func TestAlerts(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "hook.secret"), " 0123456789abcdef\n")
	write(t, filepath.Join(dir, "mail.password"), "pw\n")
	file := filepath.Join(dir, "c.yaml")
	write(t, file, goodAlerts)
	c, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	a := c.Alerts
	if len(a.Webhooks) != 3 || a.Webhooks[0].Secret != filepath.Join(dir, "hook.secret") || a.Mail.Password != filepath.Join(dir, "mail.password") ||
		a.Mail.TLS != "" || len(a.Mail.To) != 2 {
		t.Errorf("alerts = %+v", a)
	}
	if secret, err := config.ReadSecret(a.Webhooks[0].Secret); err != nil || string(secret) != "0123456789abcdef" {
		t.Errorf("ReadSecret = %q, %v", secret, err)
	}
}

// TestAlertFaults wants every fault of one file at once.
func TestAlertFaults(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "short"), "0123456789abcde\n")
	write(t, filepath.Join(dir, "long"), strings.Repeat("x", 5000))
	write(t, filepath.Join(dir, "open"), "0123456789abcdef\n")
	if err := os.Chmod(filepath.Join(dir, "open"), 0o644); err != nil {
		t.Fatal(err)
	}
	mail := "relay: mail.example.cn:25, from: a@example.cn, to: [b@example.cn]"
	tests := []struct{ name, data, want string }{
		{"a webhook without an address", "webhooks: [{secret: short}]", "webhooks[0] has no url|alerts.webhooks[0].secret: 15 bytes, less than 16"},
		{"clear text to the world", "webhooks: [{url: http://hooks.example.cn/}, {url: http://203.0.113.9/}]", "neither encrypted|neither encrypted"},
		{"no address", "webhooks: [{url: hooks.example.cn}, {url: 'https://'}, {url: ftp://a.example/}, {url: 'https://a.example:99999/'}, {url: 'https://a b/'}]",
			"no address|no address|no address|no port|no address"},
		{"a login in the address", "webhooks: [{url: 'https://u:p@a.example/'}, {url: 'https://a.example/#x'}]", "has a login|has a login"},
		{"twice", "webhooks: [{url: https://a.example/}, {url: https://a.example/}]", "same address as alerts.webhooks[0]"},
		{"too many", "webhooks: [" + strings.TrimSuffix(numbered("{url: https://a.example/%d},", 9), ",") + "]", "9 are more than 8"},
		{"secrets", "webhooks: [{url: https://a.example/1, secret: open}, {url: https://a.example/2, secret: long}, {url: https://a.example/3, secret: gone}, {url: https://a.example/4, secret: .}]",
			"can be read by others|more than 4 KiB|no such file|not a file"},
		{"mail without anything", "mail: {tls: starttls}", "no relay|no from|no to"},
		{"relays", "mail: {relay: mail.example.cn, from: a@example.cn, to: [b@example.cn]}", "is no relay"},
		{"addresses", "mail: {relay: 'a:25', from: 'Customs <a@example.cn>', to: [b, 数据@example.cn, \"x@y\\r\\nBcc: z@y\"]}", "no mail address|no mail address|no mail address|no mail address"},
		{"nobody", "mail: {relay: 'a:25', from: a@example.cn, to: []}", "alerts.mail.to: no address"},
		{"somebody twice", "mail: {relay: 'a:25', from: a@example.cn, to: [b@example.cn, b@example.cn]}", "same address as alerts.mail.to[0]"},
		{"a crowd", "mail: {relay: 'a:25', from: a@example.cn, to: [" + strings.TrimSuffix(numbered("b%d@example.cn,", 17), ",") + "]}", "17 are more than 16"},
		{"a user without a password", "mail: {" + mail + ", user: u}", "there is no password"},
		{"a password without a user", "mail: {" + mail + ", password: short}", "there is no user"},
		{"a password in clear", "mail: {" + mail + ", user: u, password: short, tls: none}", "in clear"},
		{"a mistyped way", "mail: {" + mail + ", tls: startls}", "is not one of starttls"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Parse(filepath.Join(dir, "c.yaml"), []byte("alerts: {"+tt.data+"}\n"))
			var faults *config.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("Parse = %v, want faults", err)
			}
			want := strings.Split(tt.want, "|")
			if len(faults.List) != len(want) {
				t.Fatalf("%d faults, want %d:\n%v", len(faults.List), len(want), err)
			}
			for i, f := range faults.List {
				if !strings.Contains(f.What, want[i]) || f.Mend == "" || f.Line == 0 {
					t.Errorf("fault %d is %v\nwant %q", i, f, want[i])
				}
			}
		})
	}
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
