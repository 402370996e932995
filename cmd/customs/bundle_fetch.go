package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/datacustoms/customs/cmd/customs/internal/config"
)

// The bounds of a bundle's journey. It comes from the local network.
const (
	maxBundle       = 16 << 20
	bundleTime      = 30 * time.Second // for one attempt as a whole
	bundleDial      = 5 * time.Second
	bundleHead      = 10 * time.Second
	bundleRedirects = 3
	bundleFile      = "bundle.tar.gz" // in a directory that is named as the source
)

// bundleSource is where the operator's bundle comes from: a file, a directory
// or a server. It is used by one goroutine at a time.
type bundleSource struct {
	from   string
	client *http.Client
	// tag and body are of the last bundle that was accepted. A bundle that was
	// refused is fetched anew each time, so that its fault stays known.
	tag  string
	body []byte
}

// newBundleSource makes the source that a configuration names; nil for none.
func newBundleSource(from string, roots *x509.CertPool) *bundleSource {
	if from == "" {
		return nil
	}
	s := &bundleSource{from: from}
	if config.IsURL(from) {
		s.client = bundleClient(roots)
	}
	return s
}

// bundleClient dials nothing but the local network and follows no redirect to
// another host. It uses no proxy: what the environment names is not the
// operator's configuration.
func bundleClient(roots *x509.CertPool) *http.Client {
	dialer := &net.Dialer{Timeout: bundleDial, Control: localOnly}
	return &http.Client{
		Timeout: bundleTime,
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    bundleHead,
			ResponseHeaderTimeout:  bundleHead,
			MaxResponseHeaderBytes: 64 << 10,
			DisableCompression:     true,
			DisableKeepAlives:      true,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			first := via[0].URL
			if req.URL.Host != first.Host || req.URL.Scheme != first.Scheme {
				return errFetch("redirects to another host, which is not followed; name that host in policy.bundle")
			}
			if len(via) > bundleRedirects {
				return errFetch(fmt.Sprintf("redirects more than %d times", bundleRedirects))
			}
			return nil
		},
	}
}

// localOnly looks at the address that is about to be dialled, after every name
// was resolved, so that no answer of a resolver can lead elsewhere.
func localOnly(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil || !config.LocalAddr(a.Addr()) {
		return errors.New("its address is not on the local network, where bundles are fetched from")
	}
	return nil
}

// bundle is one answer of a source.
type bundle struct {
	body []byte
	tag  string
	same bool // as the one accepted last
}

// fetch returns the bundle that is there now.
func (s *bundleSource) fetch(ctx context.Context) (bundle, error) {
	var b bundle
	var err error
	if s.client != nil {
		b, err = s.get(ctx)
	} else {
		b.body, err = readBundleFile(s.from)
	}
	if err != nil {
		return bundle{}, fmt.Errorf("policy.bundle: %w", err)
	}
	b.same = b.same || s.body != nil && string(b.body) == string(s.body)
	return b, nil
}

// accept remembers a bundle that is in force.
func (s *bundleSource) accept(b bundle) {
	if s.tag = b.tag; b.body != nil {
		s.body = b.body
	}
}

func (s *bundleSource) get(ctx context.Context) (bundle, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.from, nil)
	if err != nil {
		return bundle{}, errors.New("is no address that can be asked")
	}
	req.Header.Set("User-Agent", "customs/"+buildVersion())
	if s.tag != "" {
		req.Header.Set("If-None-Match", s.tag)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return bundle{}, fmt.Errorf("%s: %w", req.URL.Host, told(err))
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotModified && s.tag != "":
		return bundle{tag: s.tag, body: s.body, same: true}, nil
	case resp.StatusCode != http.StatusOK:
		return bundle{}, fmt.Errorf("%s answered with status %d; a bundle comes with 200", req.URL.Host, resp.StatusCode)
	case resp.ContentLength > maxBundle:
		return bundle{}, fmt.Errorf("%s: more than %d bytes", req.URL.Host, maxBundle)
	}
	body, err := readAtMost(resp.Body, maxBundle)
	if err != nil {
		return bundle{}, fmt.Errorf("%s: %w", req.URL.Host, told(err))
	}
	return bundle{body: body, tag: resp.Header.Get("ETag")}, nil
}

// errFetch is a fault of an answer in words of this program.
type errFetch string

func (e errFetch) Error() string { return string(e) }

// told drops what net/http adds to an error or quotes in it: an address may
// hold a token in its query, and whatever answers there may say anything.
func told(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var own errFetch
	var wire net.Error
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &own), errors.As(err, &wire), errors.As(err, &cert):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return errFetch("does not speak TLS; write http:// in policy.bundle, or give it a certificate")
	}
	return errFetch("its answer is no HTTP that can be read; see whether policy.bundle names the right port")
}

// readBundleFile reads a bundle from a file, or from the one in a directory.
func readBundleFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		path = filepath.Join(path, bundleFile)
	}
	return readRegular(path, maxBundle)
}

// readRegular reads a regular file of at most that many bytes.
func readRegular(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // to open a pipe could wait for ever
		return nil, fmt.Errorf("%s is not a file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := readAtMost(f, most)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

func readAtMost(r io.Reader, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > most {
		return nil, errFetch(fmt.Sprintf("more than %d bytes", most))
	}
	return b, nil
}
