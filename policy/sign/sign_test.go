package sign_test

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"github.com/datacustoms/customs/policy/sign"
)

func pair(t testing.TB, name string) (sign.Signer, sign.Verifier) {
	t.Helper()
	private, public, err := sign.Generate(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sign.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	v, err := sign.ParseVerifier(public + "\n")
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func TestVerify(t *testing.T) {
	s, v := pair(t, "law.office")
	_, other := pair(t, "law.office") // the same name, another key
	_, third := pair(t, "other")
	content := []byte("id: cn-2027\n")
	sig, err := sign.Sign(s, sign.Pack, content)
	if err != nil {
		t.Fatal(err)
	}
	keys := func(v ...sign.Verifier) []sign.Verifier { return v }
	tests := []struct {
		name    string
		trusted []sign.Verifier
		kind    sign.Kind
		content string
		sig     string
		ok      bool
		want    error
	}{
		{"signed by a trusted key", keys(third, v), sign.Pack, string(content), string(sig), true, nil},
		{"nobody is trusted", nil, sign.Pack, string(content), string(sig), false, sign.ErrUnsigned},
		{"a key of the same name", keys(other), sign.Pack, string(content), string(sig), false, sign.ErrUnsigned},
		{"another key", keys(third), sign.Pack, string(content), string(sig), false, sign.ErrUnsigned},
		{"other content", keys(v), sign.Pack, "id: cn-2028\n", string(sig), false, nil},
		{"another kind", keys(v), sign.Approval, string(content), string(sig), false, nil},
		{"no signature", keys(v), sign.Pack, string(content), "", false, nil},
		{"a flipped signature", keys(v), sign.Pack, string(content), strings.Replace(string(sig), "sha256 ", "sha256 0", 1), false, nil},
		{"a huge signature", keys(v), sign.Pack, string(content), strings.Repeat("x", 20<<10), false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name, err := sign.Verify(tt.trusted, tt.kind, []byte(tt.content), []byte(tt.sig))
			if (err == nil) != tt.ok || tt.ok && name != "law.office" || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("got %q, %v", name, err)
			}
		})
	}
}

func TestKeysAreRefusedWithoutBeingQuoted(t *testing.T) {
	private, public, err := sign.Generate("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sign.ParseSigner(private[:len(private)-4]); err == nil || strings.Contains(err.Error(), private[20:30]) {
		t.Errorf("a short private key: %v", err)
	}
	if _, err := sign.ParseSigner(public); err == nil {
		t.Error("a public key was taken for a private one")
	}
	if _, err := sign.ParseVerifiers([]string{public, public}); err == nil || !strings.Contains(err.Error(), "name a") {
		t.Errorf("two keys of one name: %v", err)
	}
	if _, _, err := sign.Generate("Li Wei"); err == nil {
		t.Error("a name with a space was taken")
	}
}

func FuzzVerify(f *testing.F) {
	s, v := pair(f, "a")
	sig, err := sign.Sign(s, sign.Pack, []byte("x"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sig, []byte("x"))
	f.Add([]byte("data-customs pack\n"), []byte("y"))
	f.Fuzz(func(t *testing.T, signature, content []byte) {
		name, err := sign.Verify([]sign.Verifier{v}, sign.Pack, content, signature)
		if err == nil && (name != "a" || string(content) != "x") {
			t.Fatalf("taken: %q", name)
		}
	})
}

// The keys themselves must be those that notes are signed with, whatever bytes
// their base64 happens to hold.
func TestKeysForOtherFormats(t *testing.T) {
	for range 64 {
		private, public, err := sign.Generate("policy")
		if err != nil {
			t.Fatal(err)
		}
		s, err := sign.ParseSigner(private)
		if err != nil {
			t.Fatal(err)
		}
		v, err := sign.ParseVerifier(public)
		if err != nil {
			t.Fatal(err)
		}
		text := []byte("text")
		if !ed25519.Verify(v.Ed25519(), text, ed25519.Sign(s.Ed25519(), text)) {
			t.Fatal("the public key is of another private key")
		}
		own, err := s.Verifier()
		if err != nil || own.Name() != v.Name() || !own.Ed25519().Equal(v.Ed25519()) {
			t.Fatalf("the signer's own public key differs: %v", err)
		}
	}
	if _, err := (sign.Signer{}).Verifier(); err == nil {
		t.Error("no key has a public half")
	}
}
