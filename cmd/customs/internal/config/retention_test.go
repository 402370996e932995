package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

func TestRetention(t *testing.T) {
	if got := config.Default().Audit.Retention.Duration(); got != 1095*24*time.Hour {
		t.Errorf("without a setting: %v", got)
	}
	tests := []struct{ name, text, want string }{
		{"three years", "1095 days", ""},
		{"six months", "184 days", ""},
		{"less than six months", "180 days", "Cybersecurity Law art. 23(3)"},
		{"a day", "1 day", "Cybersecurity Law art. 23(3)"},
		{"none", "0 days", "audit.retention"},
		{"a number", "365", "audit.retention"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := config.Parse("c.yaml", []byte("audit: {retention: "+tt.text+"}\n"))
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
