package intercept_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/proxytest"
)

// matrix runs a case for each protocol of the client with each of the origin.
func matrix(t *testing.T, f func(t *testing.T, h2, originH1 bool)) {
	for _, h2 := range []bool{false, true} {
		for _, originH1 := range []bool{false, true} {
			t.Run(fmt.Sprintf("client h2 %v, origin h2 %v", h2, !originH1), func(t *testing.T) { f(t, h2, originH1) })
		}
	}
}

func TestWhatEveryPairOfProtocolsCarries(t *testing.T) {
	tests := []struct {
		name   string
		method string
		header http.Header
		body   string
		origin func(w http.ResponseWriter, r *http.Request)
		check  func(resp *http.Response, body string) bool
	}{
		{"a range", "GET", http.Header{"Range": {"bytes=2-4"}}, "",
			func(w http.ResponseWriter, r *http.Request) {
				http.ServeContent(w, r, "x.bin", time.Unix(1, 0), strings.NewReader("0123456789"))
			},
			func(resp *http.Response, body string) bool {
				return resp.StatusCode == 206 && body == "234" && resp.Header.Get("Content-Range") == "bytes 2-4/10" && resp.ContentLength == 3
			}},
		{"a range of a HEAD", "HEAD", http.Header{"Range": {"bytes=2-4"}}, "",
			func(w http.ResponseWriter, r *http.Request) {
				http.ServeContent(w, r, "x.bin", time.Unix(1, 0), strings.NewReader("0123456789"))
			},
			func(resp *http.Response, body string) bool {
				return resp.StatusCode == 206 && body == "" && resp.ContentLength == 3
			}},
		{"not modified", "GET", http.Header{"If-Modified-Since": {time.Now().UTC().Format(http.TimeFormat)}}, "",
			func(w http.ResponseWriter, r *http.Request) {
				http.ServeContent(w, r, "x.bin", time.Unix(1, 0), strings.NewReader("0123456789"))
			},
			func(resp *http.Response, body string) bool { return resp.StatusCode == 304 && body == "" }},
		{"a body that waits for 100", "POST", http.Header{"Expect": {"100-continue"}}, strings.Repeat("x", 100000),
			func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				w.Write(b)
			},
			func(resp *http.Response, body string) bool {
				return resp.StatusCode == 200 && len(body) == 100000
			}},
		{"a body of no bytes", "POST", nil, "",
			func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.ContentLength) },
			func(resp *http.Response, body string) bool { return body == "0" }},
		{"OPTIONS", "OPTIONS", nil, "",
			func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Allow", "GET"); w.WriteHeader(204) },
			func(resp *http.Response, body string) bool {
				return resp.StatusCode == 204 && resp.Header.Get("Allow") == "GET"
			}},
		{"a large head", "GET", http.Header{"X-Large": {strings.Repeat("y", 60<<10)}}, "",
			func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Large", r.Header.Get("X-Large"))
			},
			func(resp *http.Response, body string) bool { return len(resp.Header.Get("X-Large")) == 60<<10 }},
		{"cookies that come as several", "GET", http.Header{"Cookie": {"a=1; b=2"}}, "",
			func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Set-Cookie"] = []string{"c=3", "d=4"}
				fmt.Fprint(w, len(r.Cookies()))
			},
			func(resp *http.Response, body string) bool { return body == "2" && len(resp.Header["Set-Cookie"]) == 2 }},
	}
	matrix(t, func(t *testing.T, h2, originH1 bool) {
		for _, tt := range tests {
			s := newStage(t, setup{origin: proxytest.OriginOptions{H1: originH1, Handler: tt.origin}})
			r := request(t, tt.method, s.url("/"), strings.NewReader(tt.body))
			for k, v := range tt.header {
				r.Header[k] = v
			}
			if resp, body := s.do(s.client(h2), r); !tt.check(resp, body) {
				t.Errorf("%s: got %d %v %.80q", tt.name, resp.StatusCode, resp.Header, body)
			}
		}
	})
}

// Each event must be at the client before the origin has the next, and an
// answer that is long in coming waits for nobody's timer.
func TestEventsComeOneByOne(t *testing.T) {
	matrix(t, func(t *testing.T, h2, originH1 bool) {
		next := make(chan string)
		s := newStage(t, setup{origin: proxytest.OriginOptions{H1: originH1, Handler: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/events" {
				w.Header().Set("Content-Type", "text/event-stream")
				w.(http.Flusher).Flush() // the head alone
			}
			for e := range next {
				fmt.Fprintf(w, "data: %s\n\n", e)
				w.(http.Flusher).Flush()
			}
		}}})
		resp, err := s.client(h2).Do(request(t, "GET", s.url("/events"), nil))
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(resp.Body)
		for i := range 5 {
			next <- fmt.Sprint(i)
			got, err := lines.ReadString('\n')
			if err != nil || got != fmt.Sprintf("data: %d\n", i) {
				t.Fatalf("event %d: %q, %v", i, got, err)
			}
			lines.ReadString('\n')
		}
		close(next)
		if rest, err := io.ReadAll(lines); err != nil || len(rest) != 0 {
			t.Errorf("rest %q, %v", rest, err)
		}
		resp.Body.Close()
	})
}

func TestHintsArriveBeforeTheAnswer(t *testing.T) {
	matrix(t, func(t *testing.T, h2, originH1 bool) {
		hinted := make(chan struct{})
		s := newStage(t, setup{origin: proxytest.OriginOptions{H1: originH1, Handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", "</x>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			select {
			case <-hinted:
			case <-r.Context().Done():
			}
			io.WriteString(w, "done")
		}}})
		r := request(t, "GET", s.url("/"), nil)
		r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			if code == 103 && h.Get("Link") != "" {
				close(hinted)
			}
			return nil
		}}))
		if resp, body := s.do(s.client(h2), r); resp.StatusCode != 200 || body != "done" {
			t.Errorf("got %d %q", resp.StatusCode, body)
		}
	})
}

func TestClientThatLeavesStopsTheOrigin(t *testing.T) {
	matrix(t, func(t *testing.T, h2, originH1 bool) {
		for _, path := range []string{"/before the head", "/in the body"} {
			arrived, stopped := make(chan struct{}), make(chan struct{})
			s := newStage(t, setup{origin: proxytest.OriginOptions{H1: originH1, Handler: func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "body") {
					w.(http.Flusher).Flush()
				}
				close(arrived)
				select {
				case <-r.Context().Done():
					close(stopped)
					panic(http.ErrAbortHandler) // or its empty answer may still arrive
				case <-time.After(5 * time.Second):
				}
			}}})
			ctx, cancel := context.WithCancel(t.Context())
			r := request(t, "GET", s.url(strings.ReplaceAll(path, " ", "-")), nil).WithContext(ctx)
			go func() { <-arrived; cancel() }()
			if resp, err := s.client(h2).Do(r); err == nil {
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			select {
			case <-stopped:
			case <-time.After(5 * time.Second):
				t.Errorf("%s: the origin goes on", path)
			}
			if rec := s.records(1)[0]; rec.Outcome.Fault != policy.ClientGone {
				t.Errorf("%s: outcome %+v", path, rec.Outcome)
			}
		}
	})
}

// An old origin answers without a length and ends with its connection; an old
// client gets no chunks.
func TestOldProtocol(t *testing.T) {
	origin := func(w http.ResponseWriter, r *http.Request) {
		c, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		fmt.Fprintf(rw, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n")
		rw.Write(pattern(50000))
		rw.Flush()
	}
	for _, h2 := range []bool{false, true} {
		s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: origin}})
		for range 2 {
			if resp, body := s.do(s.client(h2), request(t, "GET", s.url("/"), nil)); resp.StatusCode != 200 || digest([]byte(body)) != digest(pattern(50000)) {
				t.Errorf("h2 %v: got %d, %d bytes", h2, resp.StatusCode, len(body))
			}
		}
	}
	s := newStage(t, setup{origin: proxytest.OriginOptions{Handler: func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		b, _ := io.ReadAll(r.Body)
		w.Write(b)
	}}})
	c := s.raw()
	fmt.Fprintf(c, "POST / HTTP/1.0\r\nHost: %s\r\nContent-Length: 5\r\n\r\nhello", net.JoinHostPort(name, s.port()))
	got, err := io.ReadAll(c)
	if err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.0 200 ")) || bytes.Contains(got, []byte("chunked")) || !bytes.HasSuffix(got, []byte("\r\n\r\nhello")) {
		t.Errorf("got %q, %v", got, err)
	}
}
