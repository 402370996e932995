package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// onePacket is a pcap file of raw IP with one UDP datagram to port 53.
func onePacket() []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 101, 0, 0, 0)
	packet := []byte{0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 192, 0, 2, 53, 0xc3, 0x50, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4}
	b = binary.LittleEndian.AppendUint64(b, 1_770_000_000)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(packet)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(packet)))
	return append(b, packet...)
}

func TestTapPrintsFlows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "one.pcap")
	for _, tt := range []struct {
		name    string
		capture []byte
		code    int
		stderr  string
	}{
		{"whole", onePacket(), 0, "1 flow, 1 packet;"},
		{"cut off", append(onePacket(), 1, 2, 3), 2, "the capture is cut off"},
	} {
		if err := os.WriteFile(file, tt.capture, 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		code := run([]string{"tap", "--read", file}, &out, &errs)
		var flow struct {
			Protocol string `json:"protocol"`
			Server   string `json:"server"`
			Bytes    int    `json:"bytes_out"`
		}
		if err := json.Unmarshal(out.Bytes(), &flow); err != nil {
			t.Fatalf("%s: %v: %s", tt.name, err, &out)
		}
		if code != tt.code || !strings.Contains(errs.String(), tt.stderr) || flow.Protocol != "dns" || flow.Server != "192.0.2.53" || flow.Bytes != 4 {
			t.Errorf("%s: exit %d, %+v, %s", tt.name, code, flow, &errs)
		}
	}
}
