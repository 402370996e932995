package explicit_test

import (
	"bytes"
	"fmt"
	"net"
	"strings"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// h2Client writes frames that no client library would.
type h2Client struct {
	d     *desk
	f     *http2.Framer
	block bytes.Buffer
	enc   *hpack.Encoder
}

// fields encodes name and value pairs.
func (c *h2Client) fields(pairs ...string) []byte {
	c.block.Reset()
	for i := 0; i < len(pairs); i += 2 {
		c.enc.WriteField(hpack.HeaderField{Name: pairs[i], Value: c.d.fill(pairs[i+1])})
	}
	return bytes.Clone(c.block.Bytes())
}

// usual are the pseudo-headers of a request, as pairs.
func usual(method string, more ...string) []string {
	return append([]string{":method", method, ":scheme", "https", ":authority", "{A}", ":path", "/x"}, more...)
}

func (c *h2Client) headers(end bool, pairs ...string) {
	c.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.fields(pairs...), EndHeaders: true, EndStream: end})
}

// driveH2 writes frames and says how it ended: the status and the body, or
// the error of the stream or the connection.
func driveH2(d *desk, conn net.Conn, write func(*h2Client)) string {
	c := &h2Client{d: d, f: http2.NewFramer(conn, conn)}
	c.enc = hpack.NewEncoder(&c.block)
	c.f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	conn.Write([]byte(http2.ClientPreface))
	c.f.WriteSettings()
	wrote := make(chan struct{})
	go func() { // floods must not wait for the answer
		defer close(wrote)
		write(c)
	}()
	defer func() { conn.Close(); <-wrote }()
	var answer strings.Builder
	for {
		frame, err := c.f.ReadFrame()
		if err != nil {
			return "h2: closed"
		}
		switch frame := frame.(type) {
		case *http2.MetaHeadersFrame:
			fmt.Fprintf(&answer, "%s %v\n", frame.PseudoValue("status"), frame.RegularFields())
			if frame.StreamEnded() {
				return ended(answer.String())
			}
		case *http2.DataFrame:
			answer.Write(frame.Data())
			if frame.StreamEnded() {
				return ended(answer.String())
			}
		case *http2.RSTStreamFrame:
			if answer.Len() == 0 {
				return "h2: " + frame.ErrCode.String()
			}
		case *http2.GoAwayFrame:
			return "h2: " + frame.ErrCode.String()
		}
	}
}

// ended marks the answers that the server gives by itself.
func ended(answer string) string {
	if strings.HasPrefix(answer, "2") || strings.Contains(answer, "x-customs-record") {
		return answer
	}
	return "h2: status " + answer[:3]
}

func h2Rows() (rows []row) {
	rst, goaway := "h2: PROTOCOL_ERROR", "h2: PROTOCOL_ERROR"
	// One head each, without a body.
	for _, h := range []struct {
		name  string
		pairs []string
		want  string
	}{
		{"a plain request", usual("GET", "x", "y"), "pass"},
		{"CR LF in a value", usual("GET", "x", "y\r\nHost: other.example"), rst},
		{"LF in a value", usual("GET", "x", "y\nz"), rst},
		{"NUL in a value", usual("GET", "x", "y\x00z"), rst},
		{"CR LF in a name", usual("GET", "x\r\ny", "z"), rst},
		{"a colon in a name", usual("GET", "x:y", "z"), rst},
		{"a space in a name", usual("GET", "x y", "z"), rst},
		{"an upper case name", usual("GET", "X-Y", "z"), rst},
		{"an empty name", usual("GET", "", "z"), rst},
		{"a name that is not ASCII", usual("GET", "\u0131", "z"), rst},
		{"transfer-encoding", usual("GET", "transfer-encoding", "chunked"), "h2: status 400"},
		{"connection", usual("GET", "connection", "close"), "h2: status 400"},
		{"keep-alive", usual("GET", "keep-alive", "x"), "h2: status 400"},
		{"upgrade", usual("GET", "upgrade", "websocket"), "h2: status 400"},
		{"te with more than trailers", usual("GET", "te", "gzip"), "h2: status 400"},
		{"te with trailers", usual("GET", "te", "trailers"), "pass"},
		{"a pseudo-header after a field", []string{":method", "GET", ":scheme", "https", ":path", "/", "x", "y", ":authority", "{A}"}, rst},
		{"two methods", append([]string{":method", "GET"}, usual("POST")...), rst},
		{"two paths", append([]string{":path", "/a"}, usual("GET")...), rst},
		{"two authorities", append([]string{":authority", "other.example"}, usual("GET")...), rst},
		{"an unknown pseudo-header", append([]string{":x", "y"}, usual("GET")...), rst},
		{"a pseudo-header of responses", append([]string{":status", "200"}, usual("GET")...), rst},
		{"no method", []string{":scheme", "https", ":authority", "{A}", ":path", "/"}, rst},
		{"no path", []string{":method", "GET", ":scheme", "https", ":authority", "{A}"}, rst},
		{"no scheme", []string{":method", "GET", ":authority", "{A}", ":path", "/"}, rst},
		{"a scheme that is none", []string{":method", "GET", ":scheme", "https://other.example/?", ":authority", "{A}", ":path", "/"}, rst},
		{"a method with a space", []string{":method", "GET /x HTTP/1.1\r\nX: y", ":scheme", "https", ":authority", "{A}", ":path", "/"}, rst},
		{"a path without a slash", []string{":method", "GET", ":scheme", "https", ":authority", "{A}", ":path", "x"}, rst},
		{"a path that is a URL", []string{":method", "GET", ":scheme", "https", ":authority", "{A}", ":path", "https://other.example:{port}/x"}, malformed},
		{"a path with a space", []string{":method", "GET", ":scheme", "https", ":authority", "{A}", ":path", "/x HTTP/1.1"}, malformed},
		{"a path with CR LF", []string{":method", "GET", ":scheme", "https", ":authority", "{A}", ":path", "/x HTTP/1.1\r\nX: y"}, rst},
		{"a path with a fragment", []string{":method", "GET", ":scheme", "https", ":authority", "{A}", ":path", "/x#y"}, malformed},
		{"a star for GET", []string{":method", "GET", ":scheme", "https", ":authority", "{A}", ":path", "*"}, malformed},
		{"another authority", []string{":method", "GET", ":scheme", "https", ":authority", "other.example:{port}", ":path", "/"}, mismatch},
		{"an authority with user info", []string{":method", "GET", ":scheme", "https", ":authority", "x@{A}", ":path", "/"}, rst},
		{"an authority with a path", []string{":method", "GET", ":scheme", "https", ":authority", "{A}/x", ":path", "/"}, mismatch},
		{"an authority in another case", []string{":method", "GET", ":scheme", "https", ":authority", "ORIGIN.example.:{port}", ":path", "/"}, "pass"},
		{"an empty authority and a host", []string{":method", "GET", ":scheme", "https", ":path", "/", "host", "{A}"}, "pass"},
		{"no authority at all", []string{":method", "GET", ":scheme", "https", ":path", "/"}, mismatch},
		{"another host beside the authority", usual("GET", "host", "other.example"), mismatch},
		{"two hosts beside the authority", usual("GET", "host", "{A}", "host", "other.example"), mismatch},
		{"the same host beside the authority", usual("GET", "host", "{A}"), "pass"},
		{"CONNECT in a stream", []string{":method", "CONNECT", ":authority", "other.example:{port}"}, malformed},
		{"extended CONNECT", usual("CONNECT", ":protocol", "websocket"), rst},
		{"a length without a body", usual("POST", "content-length", "5"), malformed},
		{"an underscore for a length", usual("GET", "content_length", "5"), malformed},
		{"a field like ours", usual("GET", "customs-wire", "chunk"), malformed},
		{"another host forwarded", usual("GET", "x-forwarded-host", "other.example"), "pass"},
		{"a priority on itself", nil, rst},
	} {
		rows = append(rows, row{name: "h2: " + h.name, want: h.want, h2: func(c *h2Client) {
			if h.pairs == nil {
				c.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.fields(usual("GET")...), EndHeaders: true, EndStream: true,
					Priority: http2.PriorityParam{StreamDep: 1}})
				return
			}
			c.headers(true, h.pairs...)
		}})
	}
	return append(rows, h2Bodies(rst, goaway)...)
}

// h2Bodies are tricks with more than a head.
func h2Bodies(rst, goaway string) []row {
	return []row{
		{alone: true, name: "h2: a body and trailers", want: "pass", h2: func(c *h2Client) {
			c.headers(false, usual("POST", "trailer", "x-sum")...)
			c.f.WriteData(1, false, []byte("abc"))
			c.headers(true, "x-sum", "7")
		}},
		{alone: true, name: "h2: a length shorter than the body", want: rst + "|h2: closed", h2: func(c *h2Client) {
			c.headers(false, usual("POST", "content-length", "1")...)
			c.f.WriteData(1, true, []byte("abcGET /smuggled HTTP/1.1\r\n\r\n"))
		}},
		{alone: true, name: "h2: a length longer than the body", want: malformed, h2: func(c *h2Client) {
			c.headers(false, usual("POST", "content-length", "99")...)
			c.f.WriteData(1, true, []byte("abc"))
		}},
		{alone: true, name: "h2: a length of zero with a body", want: rst + "|pass|h2: closed", h2: func(c *h2Client) {
			c.headers(false, usual("POST", "content-length", "0")...)
			c.f.WriteData(1, true, []byte("GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"))
		}},
		{alone: true, name: "h2: two lengths", want: malformed, h2: func(c *h2Client) {
			c.headers(false, usual("POST", "content-length", "3", "content-length", "0")...)
			c.f.WriteData(1, true, []byte("abc"))
		}},
		{alone: true, name: "h2: a length that is none", want: malformed + "|" + rst + "|h2: closed", h2: func(c *h2Client) {
			c.headers(false, usual("POST", "content-length", "+3")...)
			c.f.WriteData(1, true, []byte("abc"))
		}},
		{alone: true, name: "h2: a body that looks like chunks", want: "pass", h2: func(c *h2Client) {
			c.headers(false, usual("POST")...)
			c.f.WriteData(1, true, []byte("0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"))
		}},
		{alone: true, name: "h2: a pseudo-header as a trailer", want: rst + "|h2: closed", h2: func(c *h2Client) {
			c.headers(false, usual("POST")...)
			c.f.WriteData(1, false, []byte("abc"))
			c.headers(true, ":path", "/y")
		}},
		{alone: true, name: "h2: trailers that do not end the stream", want: rst + "|h2: closed", h2: func(c *h2Client) {
			c.headers(false, usual("POST")...)
			c.headers(false, "x", "y")
		}},
		{alone: true, name: "h2: a length as a trailer", want: "pass", h2: func(c *h2Client) {
			c.headers(false, usual("POST")...)
			c.f.WriteData(1, false, []byte("abc"))
			c.headers(true, "content-length", "0")
		}},
		{alone: true, name: "h2: a list of fields of 200 KiB in one value", want: "h2: COMPRESSION_ERROR|h2: closed", h2: func(c *h2Client) {
			b := c.fields(usual("GET", "x", strings.Repeat("y", 200<<10))...)
			c.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: b[:16<<10], EndStream: true})
			for b = b[16<<10:]; len(b) > 0; b = b[min(len(b), 16<<10):] {
				c.f.WriteContinuation(1, len(b) <= 16<<10, b[:min(len(b), 16<<10)])
			}
		}},
		{alone: true, name: "h2: a list of fields of 66 KiB in many", want: "h2: status 431", h2: func(c *h2Client) {
			many := usual("GET")
			for range 66 {
				many = append(many, fmt.Sprint("x", len(many)), strings.Repeat("y", 1000))
			}
			b := c.fields(many...)
			c.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: b[:16<<10], EndStream: true})
			for b = b[16<<10:]; len(b) > 0; b = b[min(len(b), 16<<10):] {
				c.f.WriteContinuation(1, len(b) <= 16<<10, b[:min(len(b), 16<<10)])
			}
		}},
		{alone: true, name: "h2: a flood of CONTINUATION", want: goaway + "|h2: closed", h2: func(c *h2Client) {
			c.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.fields(usual("GET")...), EndStream: true})
			for range 5000 {
				if c.f.WriteContinuation(1, false, c.fields("x", strings.Repeat("y", 1000))) != nil {
					return
				}
			}
		}},
		{alone: true, name: "h2: rapid resets", want: "h2: ENHANCE_YOUR_CALM|h2: closed", h2: func(c *h2Client) {
			for id := uint32(1); id < 8000; id += 2 {
				c.f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: c.fields(usual("POST")...), EndHeaders: true})
				if c.f.WriteRSTStream(id, http2.ErrCodeCancel) != nil {
					return
				}
			}
		}},
		{alone: true, name: "h2: a flood of SETTINGS and PING, and a request", want: "pass", h2: func(c *h2Client) {
			for range 2000 {
				c.f.WriteSettings(http2.Setting{ID: http2.SettingEnablePush, Val: 0})
				c.f.WritePing(false, [8]byte{})
			}
			c.headers(true, usual("GET")...)
		}},
		{alone: true, name: "h2: a DATA frame without a stream", want: goaway + "|h2: closed", h2: func(c *h2Client) { c.f.WriteData(1, true, []byte("abc")) }},
		{alone: true, name: "h2: a request in the frames of another", want: goaway + "|h2: closed", h2: func(c *h2Client) {
			c.f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.fields(usual("GET")...), EndStream: true})
			c.f.WriteData(1, true, []byte("abc"))
		}},
	}
}
