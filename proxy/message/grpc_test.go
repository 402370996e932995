package message_test

import (
	"io"
	"strings"
	"testing"

	"github.com/datacustoms/customs/proxy/message"
)

func TestGRPCMessages(t *testing.T) {
	tests := []struct {
		name, stream, coding, want string
		fault                      bool
	}{
		{"none", "", "", "", false},
		{"two and an empty one", "\x00\x00\x00\x00\x02hi\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03you", "", "hi||you|", false},
		{"compressed as said", "\x01\x00\x00\x00\x02zz", "gzip", "zz|", false},
		{"compressed without a coding", "\x01\x00\x00\x00\x02zz", "", "", true},
		{"compressed with none", "\x01\x00\x00\x00\x02zz", "identity", "", true},
		{"a flag of nothing", "\x02\x00\x00\x00\x00", "gzip", "", true},
		{"ends in a prefix", "\x00\x00\x00", "", "", true},
		{"ends in a message", "\x00\x00\x00\x00\x02h", "", "", true},
		{"ends before a message", "\x00\x00\x00\x00\x02", "", "", true},
		{"a length nobody has", "\x00\xff\xff\xff\xffxyz", "", "", true},
	}
	for _, tt := range tests {
		for _, step := range []int{1, 4, 1 << 20} {
			got, err := stream(&cut{strings.NewReader(tt.stream), step}, tt.coding)
			if got != tt.want || (message.Fault(err) != nil) != tt.fault || !tt.fault && err != io.EOF {
				t.Errorf("%s: read %q, %v", tt.name, got, err)
			}
		}
		var b message.Boundary
		for i := range len(tt.stream) {
			b.Write([]byte(tt.stream[i : i+1]))
		}
		if !tt.fault && !b.Between() || strings.HasPrefix(tt.name, "ends") && b.Between() {
			t.Errorf("%s: between two messages is %v", tt.name, b.Between())
		}
	}
}

func stream(r io.Reader, coding string) (string, error) {
	s := message.NewStream(r, coding)
	var b strings.Builder
	for {
		if _, err := s.Next(); err != nil {
			return b.String(), err
		}
		m, err := io.ReadAll(s)
		if err != nil {
			return b.String(), err
		}
		b.WriteString(string(m) + "|")
	}
}

func TestGRPCTypes(t *testing.T) {
	for in, want := range map[string]string{"application/grpc": "proto", "application/grpc+json; charset=utf-8": "json", "Application/GRPC+Proto": "proto",
		"application/grpc;x=y": "proto", "application/grpc-web": "", "application/grpc-web+proto": "", "application/grpcx": "", "application/json": "", "": ""} {
		if format, ok := message.GRPC(in); format != want || ok != (want != "") {
			t.Errorf("GRPC(%q) = %q, %v", in, format, ok)
		}
	}
}
