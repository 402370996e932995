package tree_test

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"

	"github.com/datacustoms/customs/policy/tree"
)

const (
	witnessName  = "witness.example.com/w1"
	extendedText = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nextension 1\n"
	plainText    = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
)

var cosignKey = ed25519.NewKeyFromSeed([]byte("0123456789abcdef0123456789abcdef"))

func cosignPair(t testing.TB, at time.Time) (note.Signer, note.Verifier, string) {
	t.Helper()
	s, err := tree.NewCosigner(witnessName, cosignKey, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	line, err := tree.CosignerKey(witnessName, cosignKey.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	v, err := tree.ParseCosigner(line)
	if err != nil {
		t.Fatal(err)
	}
	return s, v, line
}

// TestCosignaturesInteroperate has ours verified by torchwood and torchwood's
// by us, over checkpoints with and without an extension line.
func TestCosignaturesInteroperate(t *testing.T) {
	at := time.Unix(1679315147, 0)
	s, v, line := cosignPair(t, at)
	theirs, err := torchwood.NewCosignatureVerifier(line)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := torchwood.NewCosignatureSigner(witnessName, cosignKey)
	if err != nil {
		t.Fatal(err)
	}
	if got := signer.Verifier().String(); got != line {
		t.Errorf("key line %s, want torchwood's %s", line, got)
	}
	for _, text := range []string{plainText, extendedText} {
		for name, by := range map[string]note.Signer{"ours": s, "theirs": signer} {
			signed, err := note.Sign(&note.Note{Text: text}, by)
			if err != nil {
				t.Fatal(name, err)
			}
			for reader, key := range map[string]note.Verifier{"ours": v, "theirs": theirs} {
				if _, err := note.Open(signed, note.VerifierList(key)); err != nil {
					t.Errorf("%s does not verify with %s: %v", name, reader, err)
				}
				bad := bytes.Replace(signed, []byte("20852163"), []byte("20852164"), 1)
				if _, err := note.Open(bad, note.VerifierList(key)); err == nil {
					t.Errorf("%s verifies with %s after a change", name, reader)
				}
			}
		}
	}
	signed, _ := note.Sign(&note.Note{Text: plainText}, s)
	n, _ := note.Open(signed, note.VerifierList(v))
	if got, err := tree.CosignedAt(n.Sigs[0]); err != nil || !got.Equal(at) {
		t.Errorf("CosignedAt = %v, %v, want %v", got, err, at)
	}
}

// TestCosignatureOfTheSpecification reads the line that tlog-cosignature shows.
// The specification does not publish the key.
func TestCosignatureOfTheSpecification(t *testing.T) {
	s := note.Signature{Name: witnessName, Hash: 0x8d66cf3f,
		Base64: "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="}
	if at, err := tree.CosignedAt(s); err != nil || at.Unix() != 1679315147 {
		t.Errorf("CosignedAt = %v, %v", at, err)
	}
	theirs, err := torchwood.CosignatureTimestamp(s)
	if err != nil || theirs != 1679315147 {
		t.Errorf("torchwood reads %d, %v", theirs, err)
	}
}

func TestCosignerKeysAreRefused(t *testing.T) {
	_, _, line := cosignPair(t, time.Time{})
	log, err := tree.VerifierKey("log.example", cosignKey.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, key, want string }{
		{"nothing", "", "no public key"},
		{"a name alone", witnessName, "no public key"},
		{"a log's key", log, "a log's key"},
		{"another name", "x" + line, "does not fit its hash"},
		{"a hash of seven digits", strings.Replace(line, "+", "+0", 1), "no public key"},
		{"a space in the name", strings.Replace(line, "witness", "wit ness", 1), "no public key"},
		{"a key that is cut", line[:len(line)-4], "another kind"},
		{"longer than any key", strings.Repeat("a", 2000) + line, "longer than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := tree.ParseCosigner(tt.key); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ParseCosigner = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestCheckpointHead(t *testing.T) {
	tests := []struct {
		name, text string
		ok         bool
	}{
		{"plain", plainText, true},
		{"with an extension", extendedText, true},
		{"with two extensions", extendedText + "more\n", true},
		{"an empty extension line", plainText + "\n", false},
		{"an empty line between extensions", extendedText + "\nmore\n", false},
		{"an extension without an end", plainText + "more", false},
		{"two lines", "o\n1\n", false},
		{"a size with a leading zero", strings.Replace(plainText, "\n2", "\n02", 1), false},
		{"a size that no proof can be computed for", strings.Replace(plainText, "20852163", "9223372036854775807", 1), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := tree.CheckpointHead(tt.text); (err == nil) != tt.ok {
				t.Errorf("CheckpointHead = %v", err)
			}
		})
	}
}

func FuzzParseCosigner(f *testing.F) {
	_, _, line := cosignPair(f, time.Time{})
	f.Add(line)
	f.Add("a+00000000+BA==")
	f.Fuzz(func(t *testing.T, key string) {
		v, err := tree.ParseCosigner(key)
		if err != nil {
			return
		}
		if theirs, err := torchwood.NewCosignatureVerifier(key); err != nil || theirs.KeyHash() != v.KeyHash() || theirs.Name() != v.Name() {
			t.Errorf("torchwood reads %q otherwise: %v", key, err)
		}
		v.Verify([]byte(plainText), make([]byte, 72))
	})
}

func FuzzCosignature(f *testing.F) {
	s, v, _ := cosignPair(f, time.Unix(1, 0))
	sig, _ := s.Sign([]byte(plainText))
	f.Add([]byte(plainText), sig)
	f.Fuzz(func(t *testing.T, text, other []byte) {
		if v.Verify(text, other) && (!bytes.Equal(other, sig) || string(text) != plainText) {
			t.Errorf("another text or signature verifies: %q", text)
		}
	})
}
