package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/certs/vault"
	"github.com/datacustoms/customs/cmd/customs/internal/config"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/policy/tree"
)

// begunLog makes an installation whose log has a checkpoint.
func begunLog(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	log, err := openLog(&config.Config{Data: data}, keysIn(t, data))
	if err != nil {
		t.Fatal(err)
	}
	_, err = log.Append(t.Context(), policy.Entry{Kind: policy.KindAdmin, Admin: &policy.Admin{Act: "test"}})
	if err = errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
	return data
}

// TestLostKeysAreNotMadeAnew takes files of keys away. What is left says that
// they were there, and nothing new is written.
func TestLostKeysAreNotMadeAnew(t *testing.T) {
	for name, lost := range map[string][]string{
		"the log's key":                []string{logKeyName},
		"all of the log's keys":        []string{logKeyName, logPubName},
		"the root key":                 []string{rootKeyName},
		"the directory of keys":        []string{vault.Dir},
		"all but the log's public key": []string{rootKeyName, logKeyName, nameKeyName(yearOf(time.Now()))},
	} {
		data := begunLog(t)
		for _, n := range lost {
			if err := os.RemoveAll(filepath.Join(data, filepath.FromSlash(n))); err != nil {
				t.Fatal(err)
			}
		}
		_, err := openKeys(&config.Config{Data: data})
		if err == nil || !strings.Contains(err.Error(), "customs keys restore") {
			t.Errorf("%s is gone: %v", name, err)
		}
		for _, n := range lost {
			if _, err := os.Lstat(filepath.Join(data, filepath.FromSlash(n))); err == nil && n != vault.Dir {
				t.Errorf("%s is gone: %s was made anew", name, n)
			}
		}
	}
}

// TestLostPseudonymKeyIsNotDerived wants a random key for one that is lost: a
// derived one could be made again after it is destroyed.
func TestLostPseudonymKeyIsNotDerived(t *testing.T) {
	data := t.TempDir()
	k := keysIn(t, data)
	if err := k.vault.Remove(nameKeyName(yearOf(time.Now()))); err != nil {
		t.Fatal(err)
	}
	again := keysIn(t, data)
	have, err := again.names.read(yearOf(time.Now()))
	if err != nil || have.Derived != "" || string(have.Key) == string(again.key("pseudonym")) {
		t.Errorf("derived %q, %v", have.Derived, err)
	}
}

// TestOlderLogKey puts the file of before a rotation back: the public key of the
// newer one must not vanish, for the log verifies by it.
func TestOlderLogKey(t *testing.T) {
	data := t.TempDir()
	r := steppedRing(t, data, nil, time.Now)
	older, err := os.ReadFile(r.vault.Path(logKeyName))
	if err != nil {
		t.Fatal(err)
	}
	line, err := r.prepare()
	if err == nil {
		err = r.succeed(line, time.Now())
	}
	if err == nil {
		err = os.WriteFile(r.vault.Path(logKeyName), older, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openLogRing(r.vault, time.Now, newOutside(nil)); err == nil || !strings.Contains(err.Error(), "newer backup") {
		t.Errorf("openLogRing = %v", err)
	}
	if pub, _ := os.ReadFile(r.vault.Path(logPubName)); !strings.Contains(string(pub), line) {
		t.Errorf("the public keys are %q", pub)
	}
}

// TestRotationIsPublishedByTheGateway stops the command before it writes the
// public keys; the gateway, which signs with the new key, does it.
func TestRotationIsPublishedByTheGateway(t *testing.T) {
	data, stop := t.TempDir(), false
	gateway := steppedRing(t, data, nil, time.Now)
	command := steppedRing(t, data, func(s string) error {
		if stop && strings.HasSuffix(s, "log.pub") {
			return errors.New("crash")
		}
		return nil
	}, time.Now)
	line, err := command.prepare()
	if err != nil {
		t.Fatal(err)
	}
	stop = true
	if err := command.succeed(line, time.Now()); err == nil {
		t.Fatal("no crash")
	}
	if got := names(gateway.signers()); len(got) != 2 {
		t.Fatalf("%x sign", got)
	}
	if pub, _ := os.ReadFile(gateway.vault.Path(logPubName)); !strings.Contains(string(pub), line) {
		t.Errorf("the new key signs, and the public keys are %q", pub)
	}
}

// TestSignerExchanged gives the external signer another key while a gateway
// runs. The rotation goes on: the old key, which nobody has, is left out after
// one try; with the new one the log signs.
func TestSignerExchanged(t *testing.T) {
	_, first, _ := ed25519.GenerateKey(rand.Reader)
	_, second, _ := ed25519.GenerateKey(rand.Reader)
	cfg := &config.Config{Data: t.TempDir()}
	cfg.Keys.Log.Command = pretendSigner(t, first)
	open := func() *keyRing {
		t.Helper()
		k, err := openKeys(cfg)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { k.close() })
		return k
	}
	gateway := open()
	sign := func() error {
		_, err := tree.Checkpoint{Origin: gateway.log.origin(), Size: 1}.Sign(gateway.log.signers()...)
		return err
	}
	if err := sign(); err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(second)
	file := strings.TrimPrefix(cfg.Keys.Log.Command[slices.IndexFunc(cfg.Keys.Log.Command, func(s string) bool { return strings.HasPrefix(s, signerEnv+"=") })], signerEnv+"=")
	if err == nil {
		err = os.WriteFile(file, der, 0o600)
	}
	command := open()
	line, err2 := command.log.prepare()
	if err = errors.Join(err, err2); err == nil {
		err = command.log.succeed(line, time.Now().Add(time.Hour))
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := gateway.log.signers(); len(got) != 2 {
		t.Fatalf("%x are to sign", names(got))
	}
	if err := sign(); err == nil {
		t.Error("a key that nobody has signed")
	}
	if err := sign(); err != nil {
		t.Errorf("the publisher cannot go on: %v", err)
	}
	if got := gateway.log.signers(); len(got) != 1 || !strings.Contains(line, "+") {
		t.Errorf("%x are to sign", names(got))
	}
}
