package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

const witnessKey = "w.example+188d5013+BMhTrQ8M0rYZrqks7sT9VqJNZJnVhM55JX5Fz9gTm2Cn"

func TestWitnesses(t *testing.T) {
	c, err := config.Parse("c.yaml", []byte("audit: {witnesses: [{url: \"https://witness.example/\", key: "+witnessKey+"}], witness_alarm: 6h}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if w := c.Audit.Witnesses; len(w) != 1 || w[0].Key != witnessKey || c.Audit.WitnessAlarm != 6*time.Hour {
		t.Errorf("witnesses = %+v, %v", w, c.Audit.WitnessAlarm)
	}
	if d := config.Default(); d.Audit.WitnessAlarm != 24*time.Hour {
		t.Errorf("the alarm comes after %v", d.Audit.WitnessAlarm)
	}
}

func TestWitnessFaults(t *testing.T) {
	one := "{url: \"https://w.example/\", key: " + witnessKey + "}"
	tests := []struct{ name, audit, want string }{
		{"no address", "witnesses: [{key: " + witnessKey + "}]", "has no url"},
		{"no key", "witnesses: [{url: \"https://w.example/\"}]", "has no key"},
		{"a key copied wrongly", "witnesses: [{url: \"https://w.example/\", key: x" + witnessKey + "}]", "does not fit its hash"},
		{"clear text to the world", "witnesses: [{url: \"http://w.example/\", key: " + witnessKey + "}]", "neither encrypted"},
		{"the same witness twice", "witnesses: [" + one + ", " + one + "]", "same name as audit.witnesses[0]"},
		{"an alarm that never comes", "witness_alarm: 9000h", "is out of range"},
		{"seventeen", "witnesses: [" + strings.TrimSuffix(strings.Repeat(one+", ", 17), ", ") + "]", "17 are more than 16"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := config.Parse("c.yaml", []byte("audit: {"+tt.audit+"}\n")); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Parse = %v, want %q", err, tt.want)
			}
		})
	}
}
