package intercept_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy"
	"github.com/datacustoms/customs/proxy/proxytest"
)

func TestBodiesArriveAsTheyWereSent(t *testing.T) {
	modes(t, func(t *testing.T, mode proxy.Mode, h2 bool) {
		for _, originH1 := range []bool{true, false} {
			s := newStage(t, setup{house: proxytest.HouseOptions{Mode: mode}, origin: proxytest.OriginOptions{H1: originH1}})
			c := s.client(h2)
			for i, size := range []int{0, 1 << 10, 3 << 20} {
				body := pattern(size)
				_, got := s.do(c, request(t, "POST", s.url("/up?a=1"), bytes.NewReader(body)))
				rec := s.origin.Received()[i]
				if got != digest(body) || rec.SHA256 != digest(body) || rec.ContentLength != int64(size) {
					t.Errorf("%d bytes: answer %s, origin got %d bytes, Content-Length %d", size, got, rec.Bytes, rec.ContentLength)
				}
				if originH1 == (rec.Proto == "HTTP/2.0") || rec.URI != "/up?a=1" || rec.Host != name+":"+s.port() {
					t.Errorf("origin got %s %s of %s", rec.Proto, rec.URI, rec.Host)
				}
				out := s.records(i + 1)[i].Outcome
				if out.Sent != policy.SentAll || out.Bytes != int64(size) || out.Status != 200 || out.Received != 64 || out.Attempts != 1 {
					t.Errorf("outcome = %+v", *out)
				}
			}
			r := request(t, "GET", s.url("/"), nil)
			r.Header.Set("User-Agent", "")
			s.do(c, r)
			rec := s.origin.Received()[3]
			for _, h := range []string{"User-Agent", "Accept-Encoding", "X-Forwarded-For", "Via"} {
				if v, ok := rec.Header[h]; ok {
					t.Errorf("gateway added %s: %q", h, v)
				}
			}
		}
	})
}

func TestChunkedStaysChunkedWithTrailers(t *testing.T) {
	modes(t, func(t *testing.T, mode proxy.Mode, h2 bool) {
		s := newStage(t, setup{house: proxytest.HouseOptions{Mode: mode}, origin: proxytest.OriginOptions{H1: true}})
		body := pattern(100 << 10)
		r := request(t, "PUT", s.url("/"), io.MultiReader(bytes.NewReader(body)))
		r.ContentLength = -1
		r.Trailer = http.Header{"X-Sum": {"7"}}
		s.do(s.client(h2), r)
		rec := s.origin.Received()[0]
		if rec.SHA256 != digest(body) || len(rec.TransferEncoding) != 1 || rec.ContentLength != -1 || rec.Trailer.Get("X-Sum") != "7" {
			t.Errorf("origin got %d bytes, coding %v, length %d, trailer %v", rec.Bytes, rec.TransferEncoding, rec.ContentLength, rec.Trailer)
		}
	})
}

func TestExpectContinueIsAnswered(t *testing.T) {
	modes(t, func(t *testing.T, mode proxy.Mode, h2 bool) {
		s := newStage(t, setup{house: proxytest.HouseOptions{Mode: mode}})
		r := request(t, "POST", s.url("/"), bytes.NewReader(pattern(1<<20)))
		r.Header.Set("Expect", "100-continue")
		began := time.Now()
		s.do(s.client(h2), r)
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("took %v: the client gave up waiting", took)
		}
		if rec := s.origin.Received()[0]; rec.Bytes != 1<<20 || rec.Header.Get("Expect") != "" {
			t.Errorf("origin got %d bytes, Expect %q", rec.Bytes, rec.Header.Get("Expect"))
		}
	})
}

func TestResponseTrailersAndFlush(t *testing.T) {
	for _, originH1 := range []bool{true, false} {
		for _, h2 := range []bool{false, true} {
			t.Run(fmt.Sprintf("origin h1 %v client h2 %v", originH1, h2), func(t *testing.T) {
				more := make(chan struct{})
				s := newStage(t, setup{origin: proxytest.OriginOptions{H1: originH1, Handler: func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Trailer", "X-Said")
					w.Header().Set("Content-Type", r.Header.Get("Accept"))
					if r.URL.Path == "/length" && !originH1 {
						w.Header().Set("Content-Length", "3")
					}
					io.WriteString(w, "one")
					w.(http.Flusher).Flush()
					if r.URL.Path == "/stream" {
						<-more
						io.WriteString(w, "two")
					}
					w.Header().Set("X-Said", "yes")
					w.Header().Set(http.TrailerPrefix+"X-Late", "too")
				}}})
				c := s.client(h2)
				for _, kind := range []string{"text/event-stream", "application/grpc", "application/octet-stream"} {
					r := request(t, "POST", s.url("/stream"), strings.NewReader("x"))
					r.Header.Set("Accept", kind)
					resp, err := c.Do(r)
					if err != nil {
						t.Fatal(err)
					}
					first := make([]byte, 3)
					if _, err := io.ReadFull(resp.Body, first); err != nil || string(first) != "one" {
						t.Fatalf("%s: first piece %q, %v", kind, first, err)
					}
					more <- struct{}{} // the first piece came while the origin waits
					rest, err := io.ReadAll(resp.Body)
					resp.Body.Close()
					if err != nil || string(rest) != "two" || resp.Trailer.Get("X-Said") != "yes" || resp.Trailer.Get("X-Late") != "too" {
						t.Errorf("%s: rest %q, %v, trailers %v", kind, rest, err, resp.Trailer)
					}
				}
				resp, body := s.do(c, request(t, "GET", s.url("/length"), nil))
				if body != "one" || resp.Trailer.Get("X-Said") != "yes" {
					t.Errorf("with a length: %q, trailers %v", body, resp.Trailer)
				}
			})
		}
	}
}

func TestHeadersThatDoNotTravel(t *testing.T) {
	s := newStage(t, setup{origin: proxytest.OriginOptions{H1: true, Handler: func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"], w.Header()["Date"] = nil, nil
		w.Header().Set("Alt-Svc", `h3=":443"`)
		w.Header().Set("X-Customs-Record", "forged")
		w.Header().Set("Keep-Alive", "timeout=5")
		w.Header().Set("X-Kept", "1")
		io.WriteString(w, "<html>")
	}}})
	r := request(t, "GET", s.url("/"), nil)
	for name, v := range map[string]string{"Connection": "X-Hop", "X-Hop": "1", "Proxy-Authorization": "Basic x", "Te": "trailers, gzip",
		"Customs-Link": "L1", "Customs-Purpose": "hr", "Customs-Claim": "EX_HR", "Customs-Scenario": "S", "X-End": "1"} {
		r.Header.Set(name, v)
	}
	resp, _ := s.do(s.client(false), r)
	got := s.origin.Received()[0].Header
	for _, name := range []string{"X-Hop", "Proxy-Authorization", "Customs-Link", "Customs-Purpose", "Customs-Claim", "Customs-Scenario"} {
		if got.Get(name) != "" {
			t.Errorf("origin got %s", name)
		}
	}
	if got.Get("X-End") != "1" || got.Get("Te") != "trailers" {
		t.Errorf("origin got %v", got)
	}
	for _, name := range []string{"Alt-Svc", "X-Customs-Record", "Keep-Alive", "Content-Type", "Date"} {
		if v, ok := resp.Header[name]; ok {
			t.Errorf("client got %s: %q", name, v)
		}
	}
	if resp.Header.Get("X-Kept") != "1" {
		t.Errorf("client got %v", resp.Header)
	}
	said := s.house.Declared()
	if d := said[len(said)-1]; d != (policy.Declared{Link: "L1", Purpose: "hr", Scenario: "S", Claim: "EX_HR", Source: "client"}) {
		t.Errorf("declared = %+v", d)
	}
}

func TestInformationalHeads(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		s := newStage(t, setup{origin: proxytest.OriginOptions{Handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", "</x>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Del("Link")
			io.WriteString(w, "done")
		}}})
		resp, body := s.do(s.client(h2), request(t, "GET", s.url("/"), nil))
		if resp.StatusCode != 200 || body != "done" || resp.Header.Get("Link") != "" {
			t.Errorf("h2 %v: got %d %q %v", h2, resp.StatusCode, body, resp.Header)
		}
	}
}

func TestHeadAndEmptyAnswers(t *testing.T) {
	s := newStage(t, setup{origin: proxytest.OriginOptions{Handler: func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/none":
			w.WriteHeader(http.StatusNoContent)
		case "/same":
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Header().Set("Content-Length", "11")
			if r.Method != "HEAD" {
				io.WriteString(w, "hello world")
			}
		}
	}}})
	for _, h2 := range []bool{false, true} {
		c := s.client(h2)
		for range 2 { // the connection is still good for the next one
			if resp, body := s.do(c, request(t, "HEAD", s.url("/"), nil)); resp.ContentLength != 11 || body != "" {
				t.Errorf("HEAD: length %d, %q", resp.ContentLength, body)
			}
			if resp, _ := s.do(c, request(t, "GET", s.url("/none"), nil)); resp.StatusCode != 204 {
				t.Errorf("got %d, want 204", resp.StatusCode)
			}
			if resp, _ := s.do(c, request(t, "GET", s.url("/same"), nil)); resp.StatusCode != 304 {
				t.Errorf("got %d, want 304", resp.StatusCode)
			}
			if _, body := s.do(c, request(t, "GET", s.url("/"), nil)); body != "hello world" {
				t.Errorf("GET: %q", body)
			}
		}
	}
}
