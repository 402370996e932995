package check_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/datacustoms/customs/inspect/check"
)

const keyBody = "MC4CAQAwBQYDK2VwBCIEIPq0k3vN8sT1uY5wZ7xR2mJ4hG6fD9cB0aLeKiOpQzXn"

func TestPrivateKeyPEM(t *testing.T) {
	for text, want := range map[string]bool{
		" PRIVATE KEY-----\n" + keyBody:                                                               true,
		" RSA PRIVATE KEY-----\r\n" + keyBody:                                                         true,
		" EC PRIVATE KEY-----\\n" + keyBody:                                                           true,
		" OPENSSH PRIVATE KEY-----\n\t" + keyBody[:40] + "\n":                                         true,
		" RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233\n\n" + keyBody: true,
		" PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n" + keyBody:                                       true,
		" PUBLIC KEY-----\n" + keyBody:                                                                false,
		" CERTIFICATE-----\n" + keyBody:                                                               false,
		" RSA TESTING KEY-----\n" + keyBody:                                                           false,
		" PRIVATE KEY-----\n...\n":                                                                    false,
		" PRIVATE KEY-----\")":                                                                        false,
		" PRIVATE KEY-----" + keyBody:                                                                 false,
		" PRIVATE KEY-----\nMC4C\n-----END":                                                           false,
		" PRIVATE KEY":                                                                                false, "": false, "PRIVATE KEY-----\n" + keyBody: false,
	} {
		if got := check.PrivateKeyPEM([]byte(text)); got > 0 != want || got > len(text) {
			t.Errorf("PrivateKeyPEM(%q) = %d, want %v", text, got, want)
		}
	}
}

func TestCloudKey(t *testing.T) {
	for text, want := range map[string]int{
		"AKIA3QZ7XW5NP2RTVK6M":                     20,
		"AKIAIOSFODNN7EXAMPLE":                     0,
		"AKIAAAAAAAAAAAAAAAAA":                     0,
		"LTAI5tQ7xK2mR9vB4nW1zY8c ":                24,
		"ghp_7fK2mQ9xR4tV1wZ8bN3cY6dH5jL0pS2gA4eU": 40,
		"ghp_7fK2mQ9xR4tV1wZ8bN3cY6dH5jL0pS2gA4e":  0,
		"ghp_" + strings.Repeat("x", 36):           0,
		"glpat-x7Kq2mN9vR4tB1wZ8cYd":               26,
		"sk-SK":                                    0,
		"npm_config_registry":                      0,
		"AIzaSyD3kQ7mX9vR2tB5wZ8cN1pL4jH6gF0aEeU":  39,
		"": 0,
	} {
		if got := check.CloudKey([]byte(text)); got != want {
			t.Errorf("CloudKey(%q) = %d, want %d", text, got, want)
		}
	}
	if got := bring(t, "cloud_key", "AKIA", "X-Amz-Credential=AKIA3QZ7XW5NP2RTVK6M%2F20240101"); len(got) != 1 || got[0].lift >= 0 {
		t.Errorf("a key that signs a request is more than a hint: %+v", got)
	}
	if got := bring(t, "cloud_key", "access_key_id", "access_key_id = AKIAQZ7XW5NP2RTVK6M3"); len(got) != 1 || !sure(got) {
		t.Errorf("the value of a key: %+v", got)
	}
	if got := bring(t, "cloud_key", "AKIA", "xAKIA3QZ7XW5NP2RTVK6M"); len(got) > 0 {
		t.Errorf("a part of a word is a key: %+v", got)
	}
}

func jwt(header, claims string) string {
	e := base64.RawURLEncoding
	return e.EncodeToString([]byte(header)) + "." + e.EncodeToString([]byte(claims)) + "." + e.EncodeToString([]byte("signature of nobody"))
}

func TestJWT(t *testing.T) {
	token := jwt(`{"alg":"HS256","typ":"JWT"}`, `{"sub":"42"}`)
	tests := []struct {
		name, text string
		found      bool
		lift       int
	}{
		{"in JSON", `{"t":"` + token + `"}`, true, 0},
		{"in a header", "Authorization: Bearer " + token, true, -1},
		{"the example of RFC 7519", jwt(`{"alg":"HS256"}`, `{"iss":"joe"}`), true, -1},
		{"no claims", jwt(`{"alg":"HS256"}`, `Lorem ipsum`), true, -1},
		{"encrypted", jwt(`{"alg":"RSA-OAEP","enc":"A256GCM"}`, "\x00\x01\x02\x03\x04\x05\x06\x07"), true, 0},
		{"not signed", jwt(`{"alg":"none"}`, `{"sub":"42"}`), false, 0},
		{"no algorithm", jwt(`{"foo":"bar","baz":1}`, `{"sub":"42"}`), false, 0},
		{"two parts", token[:strings.LastIndexByte(token, '.')] + " ", false, 0},
		{"an object alone", "eyJhbGciOiJIUzI1NiJ9 ", false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := bring(t, "jwt", "eyJ", tt.text)
			if len(got) > 0 != tt.found || tt.found && got[0].lift != tt.lift {
				t.Errorf("%q: %+v", tt.text, got)
			}
		})
	}
}

func TestPassword(t *testing.T) {
	tests := []struct {
		trigger, text string
		counts        bool
	}{
		{"password", `"password":"xK9#mQ2vR7!tB4wZ"`, true},
		{"client_secret", "client_secret=7fK2mQ9xR4tV1wZ8bN3cY6dH5jL0pS2g&x=1", true},
		{"secret_access_key", "secret_access_key = wJ7rQ2uT9nFE+MI4K0DNG/bPxRf8CYzN5k1LmV3s\n", true},
		{"密码", "初始密码：Xk9#mP2q，请修改", true},
		{"password", "password: string", false},
		{"password", "password = getPassword1(Xk9)", false},
		{"password", `"password": "changeme1234"`, false},
		{"password", `"password": "********"`, false},
		{"password", "password=${DB_PASSWORD_9}", false},
		{"password", `password: "correct horse 1 Battery staple"`, false},
		{"password", `"password": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`, false},
		{"secret", "arn:aws:secretsmanager:x:1:secret:Name-3QNDmMxK9mQ2", false},
		{"secret", "secret: [a-zA-Z0-9/_+=.@-]+$", false},
		{"密码", "密码：请联系管理员", false},
		{"密码", "密码：123456", false},
		{"password", "the password is stored in /etc/app/Config1", false},
		{"password", "Authorization password=xK9#mQ2vR7!tB4wZ", false},
		{"secret", "secret: sha256WithRSAEncryption2048Key", false},
	}
	for _, tt := range tests {
		if got := bring(t, "password", tt.trigger, tt.text); sure(got) != tt.counts {
			t.Errorf("%q: %+v, want %v", tt.text, got, tt.counts)
		}
	}
	if !sure(cellOf(t, "password", "xK9#mQ2vR7!tB4wZ")) || sure(cellOf(t, "password", "float64 x9Y8z7W6v5U4")) {
		t.Error("cells are misread")
	}
}

func TestRandomPasswordsAreFound(t *testing.T) {
	const signs = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789#%+-_@"
	found, all := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		b := make([]byte, 20)
		for i := range b {
			b[i] = signs[rapid.IntRange(0, len(signs)-1).Draw(r, "sign")]
		}
		all++
		if sure(bring(t, "password", "password", fmt.Sprintf(`{"password":"%s"}`, b))) {
			found++
		}
	})
	// rapid prefers repetition, which is not random.
	if found*3 < all {
		t.Errorf("%d of %d found", found, all)
	}
}
