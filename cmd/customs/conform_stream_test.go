package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// streamRows read answers that come bit by bit: each must be there before the
// origin sends the next.
func streamRows(g *group) {
	for _, proto := range []string{"--http1.1", "--http2"} {
		g.row(proto+" server-sent events", toPass, func(s *stand) { events(s, proto) })
		g.row(proto+" events that a filing covers", toCover, func(s *stand) { events(s, proto) })
		g.row(proto+" long poll", toPass, func(s *stand) { longPoll(s, proto) })
		g.row(proto+" an upload that its answer overtakes", toPass, func(s *stand) {
			s.shore.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				w.WriteHeader(http.StatusAccepted)
				for i := range 50 {
					fmt.Fprintf(w, "line %c\n", 'a'+i%26)
					http.NewResponseController(w).Flush()
				}
			}))
			if out := s.curl(proto, "-N", "-T", s.k.body(s.T, 70000), s.url+"/up"); strings.Count(out, "line ") != 50 {
				s.Errorf("answer:\n%s", out)
			}
		})
		g.row(proto+" events that are asked for with a person", toRefuse, func(s *stand) {
			s.refusal(s.fails("curl", s.curlArgs(proto, []string{"-N", "-H", "Accept: text/event-stream", s.url + "/events?q=" + s.k.person.ResidentID})...))
		})
	}
}

// events lets the origin send each event only when the client showed the last.
func events(s *stand, proto string) {
	shown := make(chan struct{})
	s.shore.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 5 {
			fmt.Fprintf(w, "data: event %d\n\n", i)
			http.NewResponseController(w).Flush()
			select {
			case <-shown:
			case <-r.Context().Done():
				return
			}
		}
	}))
	query := s.url + "/events"
	if s.want == toCover {
		query += "?q=" + s.k.person.ResidentID
	}
	ctx, cancel := context.WithTimeout(s.Context(), deadline)
	defer cancel()
	cmd := s.command(ctx, "curl", s.curlArgs(proto, []string{"-N", query})...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	count := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if lines.Text() == fmt.Sprint("data: event ", count) {
			count++
			shown <- struct{}{}
		}
	}
	if err := cmd.Wait(); err != nil || count != 5 {
		s.Errorf("%d events, %v", count, err)
	}
}

// longPoll keeps one request waiting until another brings what it waits for.
func longPoll(s *stand, proto string) {
	waiting, news := make(chan struct{}), make(chan string, 1)
	s.shore.answer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/news" {
			text, _ := io.ReadAll(r.Body)
			news <- string(text)
			return
		}
		close(waiting)
		select {
		case text := <-news:
			io.WriteString(w, text)
		case <-r.Context().Done():
		}
	}))
	got := make(chan string, 1)
	go func() {
		out, err := s.try(nil, "curl", s.curlArgs(proto, []string{s.url + "/wait"})...)
		got <- fmt.Sprint(out, err)
	}()
	select {
	case <-waiting:
	case text := <-got:
		s.Fatalf("the poll ended at once: %s", text)
	}
	s.curl(proto, "--data", "the tide turns", s.url+"/news")
	if text := <-got; text != "the tide turns<nil>" {
		s.Errorf("the poll got %s", text)
	}
}

// opensslRows write requests by hand into a tunnel.
func opensslRows(g *group) {
	ask := func(s *stand, host, request string) string {
		out, err := s.try(strings.NewReader(request), "openssl", "s_client", "-quiet", "-ign_eof", "-proxy", s.k.proxy,
			"-connect", s.host, "-servername", host, "-CAfile", s.k.caFile, "-verify_return_error", "-verify_hostname", host)
		if err != nil {
			s.Errorf("openssl: %v\n%s", err, out)
		}
		return out
	}
	text := string(cleanText(3000))
	g.row("a raw request", toPass, func(s *stand) {
		out := ask(s, "site.example.sg", "POST /echo HTTP/1.1\r\nHost: "+s.host+"\r\nConnection: close\r\nContent-Length: 3000\r\n\r\n"+text)
		if !strings.Contains(out, "200 OK") || !strings.Contains(out, "\r\n\r\n"+text) {
			s.Errorf("%.2000s", out)
		}
		s.arrived(1, sumHex([]byte(text)))
	})
	g.row("two requests at once", toPass, func(s *stand) {
		one := "GET /text?n=10 HTTP/1.1\r\nHost: " + s.host + "\r\n"
		out := ask(s, "site.example.sg", one+"\r\n"+one+"Connection: close\r\n\r\n")
		if strings.Count(out, "200 OK") != 2 || strings.Count(out, text[:10]) != 2 {
			s.Errorf("%.2000s", out)
		}
	})
	g.row("chunks with trailers", toPass, func(s *stand) {
		out := ask(s, "site.example.sg", "POST /echo HTTP/1.1\r\nHost: "+s.host+
			"\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-Berth\r\n\r\n3\r\nebb\r\n0\r\nX-Berth: seven\r\n\r\n")
		if !strings.Contains(out, "200 OK") {
			s.Errorf("%.2000s", out)
		}
		s.arrived(1, sumHex([]byte("ebb")))
	})
	g.row("HTTP/1.0", toPass, func(s *stand) {
		if out := ask(s, "site.example.sg", "GET /text?n=10 HTTP/1.0\r\nHost: "+s.host+"\r\n\r\n"); !strings.Contains(out, "\r\n\r\n"+text[:10]) {
			s.Errorf("%.2000s", out)
		}
	})
	g.row("a raw request with a person", toRefuse, func(s *stand) {
		s.refusal(ask(s, "site.example.sg", fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s",
			s.host, len(s.patient()), s.patient())))
	})
	g.row("trailers with a person", toRefuse, func(s *stand) {
		s.refusal(ask(s, "site.example.sg", "POST /echo HTTP/1.1\r\nHost: "+s.host+
			"\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-Id\r\n\r\n3\r\nebb\r\n0\r\nX-Id: "+s.k.person.ResidentID+"\r\n\r\n"))
	})
	g.row("a request that a filing covers", toCover, func(s *stand) {
		ask(s, "crm.example.sg", fmt.Sprintf("POST /echo HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s",
			s.host, len(s.patient()), s.patient()))
		s.arrived(1, sumHex([]byte(s.patient())))
	})
}
