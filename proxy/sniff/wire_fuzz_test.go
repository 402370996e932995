package sniff_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/datacustoms/customs/proxy/sniff"
)

// FuzzWire wants the same of a stream however it is cut, and that net/http
// reads what was let through with the same boundaries, refusing none of it.
func FuzzWire(f *testing.F) {
	for _, c := range wireCases {
		if len(c.in) < 1000 {
			f.Add([]byte(c.in))
		}
	}
	f.Add([]byte("POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		w := sniff.NewWire(bytes.NewReader(in), 1<<16)
		got, err := io.ReadAll(w)
		if err != nil {
			t.Fatal(err)
		}
		for name, cut := range map[string]func(io.Reader) io.Reader{"single bytes": iotest.OneByteReader, "halves": iotest.HalfReader} {
			other, err := io.ReadAll(sniff.NewWire(cut(bytes.NewReader(in)), 1<<16))
			if err != nil || !bytes.Equal(got, other) {
				t.Fatalf("%s: got %q, %v, want %q", name, other, err, got)
			}
		}
		mine := boundaries(got)
		theirs, err := served(got)
		if mine != theirs {
			t.Fatalf("%q:\nguard    %s\nnet/http %s, %v", got, mine, theirs, err)
		}
	})
}

// boundaries reads requests as plainly as the guard lets one read them: with
// the methods of strings. It stops at what is not whole.
func boundaries(b []byte) string {
	var out strings.Builder
	for s := string(b); ; {
		if strings.HasPrefix(s, "\r\n") && out.Len() > 0 {
			s = s[2:]
			continue
		}
		head, rest, ok := strings.Cut(s, "\r\n\r\n")
		if !ok {
			return out.String()
		}
		lines := strings.Split(head, "\r\n")
		parts := strings.Split(lines[0], " ")
		length, chunked, may := 0, false, parts[0] == "CONNECT"
		for _, l := range lines[1:] {
			name, value, _ := strings.Cut(l, ":")
			switch value = strings.Trim(value, " \t"); strings.ToLower(name) {
			case "content-length":
				fmt.Sscan(value, &length)
			case "transfer-encoding":
				chunked = true
			case "upgrade":
				may = true
			}
		}
		var body string
		if body, s, ok = cutBody(rest, length, chunked); !ok {
			fmt.Fprintf(&out, "%s %q broken;", parts[0], parts[1])
			return out.String()
		}
		fmt.Fprintf(&out, "%s %q %d;", parts[0], parts[1], len(body))
		if may {
			return out.String()
		}
	}
}

func cutBody(s string, length int, chunked bool) (body, rest string, ok bool) {
	if !chunked {
		if len(s) < length {
			return "", "", false
		}
		return s[:length], s[length:], true
	}
	for {
		line, after, found := strings.Cut(s, "\r\n")
		var n int
		if _, err := fmt.Sscanf(line, "%x", &n); !found || err != nil || line == "x" {
			return "", "", false
		}
		if n == 0 {
			for s = after; ; s = after {
				if line, after, found = strings.Cut(s, "\r\n"); !found || strings.HasPrefix(line, " ") {
					return "", "", false
				}
				if line == "" {
					return body, after, true
				}
			}
		}
		if len(after) < n+2 || after[n:n+2] != "\r\n" {
			return "", "", false
		}
		body, s = body+after[:n], after[n+2:]
	}
}

// served reads the same with net/http.
func served(b []byte) (string, error) {
	var out strings.Builder
	br := bufio.NewReader(bytes.NewReader(b))
	post := false
	for {
		for i := 0; post && i < 4; i++ {
			if c, _ := br.Peek(1); len(c) == 0 || c[0] != '\r' && c[0] != '\n' {
				break
			}
			br.Discard(1)
		}
		r, err := http.ReadRequest(br)
		if err != nil {
			return out.String(), err
		}
		post = r.Method == "POST"
		body, err := io.ReadAll(r.Body)
		if err != nil {
			fmt.Fprintf(&out, "%s %q broken;", r.Method, r.RequestURI)
			return out.String(), err
		}
		fmt.Fprintf(&out, "%s %q %d;", r.Method, r.RequestURI, len(body))
		if r.Method == "CONNECT" || r.Header.Get("Upgrade") != "" || len(r.Header["Upgrade"]) > 0 {
			return out.String(), nil
		}
	}
}
