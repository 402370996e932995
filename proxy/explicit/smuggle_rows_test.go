package explicit_test

import "strings"

const (
	malformed = "REQUEST_MALFORMED"
	mismatch  = "AUTHORITY_MISMATCH"
)

// allRows is the whole table.
func allRows() []row {
	rows := append(smuggleRows(), targetRows()...)
	rows = append(rows, nameRows()...)
	return append(rows, h2Rows()...)
}

// behind is the request that a smuggler hides.
const behind = "GET /smuggled HTTP/1.1\r\nHost: {H}\r\nConnection: close\r\n\r\n"

// heads are fields that hide a request behind another, sent with a POST.
// The body comes after them.
var heads = []struct{ name, fields, body, want string }{
	{"a body with a length", "Content-Length: 3\r\n", "abc", "pass"},
	{"a chunked body", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n", "pass"},
	{"a chunked body with trailers", "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n", "3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n", "pass"},
	{"sizes with zeros in front", "Transfer-Encoding: chunked\r\n", "0003\r\nabc\r\n000\r\n\r\n", "pass"},
	{"a length in front of a coding (CL.TE)", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", malformed},
	{"a coding in front of a length (TE.CL)", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "0\r\n\r\n", malformed},
	{"a length of zero beside a coding (0.CL)", "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", malformed},
	{"the same length twice", "Content-Length: 3\r\nContent-Length: 3\r\n", "abc", malformed},
	{"two lengths", "Content-Length: 3\r\nContent-Length: 0\r\n", "abc", malformed},
	{"two lengths in another case", "Content-Length: 0\r\ncontent-LENGTH: 3\r\n", "abc", malformed},
	{"a list of equal lengths", "Content-Length: 3, 3\r\n", "abc", malformed},
	{"a list of lengths", "Content-Length: 0, 3\r\n", "abc", malformed},
	{"a length with a sign", "Content-Length: +3\r\n", "abc", malformed},
	{"a negative length", "Content-Length: -3\r\n", "abc", malformed},
	{"a length in hex", "Content-Length: 0x3\r\n", "abc", malformed},
	{"a length with a unit", "Content-Length: 3 bytes\r\n", "abc", malformed},
	{"a length with a space in it", "Content-Length: 1 0\r\n", "abc", malformed},
	{"a length with an underscore in it", "Content-Length: 1_0\r\n", "abc", malformed},
	{"an empty length", "Content-Length: \r\n", "abc", malformed},
	{"a length that overflows to 3", "Content-Length: 18446744073709551619\r\n", "abc", malformed},
	{"a length in full-width digits", "Content-Length: \xef\xbc\x93\r\n", "abc", malformed},
	{"a length in quotes", "Content-Length: \"3\"\r\n", "abc", malformed},
	{"a length with a parameter", "Content-Length: 3;x\r\n", "abc", malformed},
	{"a length with a fraction", "Content-Length: 3.0\r\n", "abc", malformed},
	{"an underscore for a length", "Content_Length: 3\r\nContent-Length: 0\r\n", "", malformed},
	{"an underscore for a coding", "Transfer_Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n", malformed},
	{"the coding twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", malformed},
	{"another coding beside it", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n", malformed},
	{"gzip and chunked", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n", malformed},
	{"chunked and nothing", "Transfer-Encoding: chunked,\r\n", "0\r\n\r\n", malformed},
	{"identity", "Transfer-Encoding: identity\r\nContent-Length: 3\r\n", "abc", malformed},
	{"an unknown coding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n", malformed},
	{"a coding in another case", "Transfer-Encoding: cHuNkEd\r\n", "0\r\n\r\n", malformed},
	{"a coding in quotes", "Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n", malformed},
	{"a coding with a parameter", "Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n", malformed},
	{"a coding after a vertical tab", "Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n", malformed},
	{"a coding before a NUL", "Transfer-Encoding: chunked\x00\r\n", "0\r\n\r\n", malformed},
	{"an empty coding", "Transfer-Encoding:\r\nContent-Length: 3\r\n", "abc", malformed},
	{"a folded coding", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n", malformed},
	{"a coding folded away", "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n", malformed},
	{"a coding behind a tab", "\tTransfer-Encoding: chunked\r\n", "0\r\n\r\n", malformed},
	{"a coding with a space before its colon", "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n", malformed},
	{"a coding with a tab before its colon", "Transfer-Encoding\t: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n", malformed},
	{"a coding without a colon", "Transfer-Encoding\r\nContent-Length: 5\r\n", "0\r\n\r\n", malformed},
	{"a coding behind a bare LF", "X: y\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", malformed},
	{"a coding behind a bare CR", "X: y\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n", malformed},
	{"a coding behind CR CR LF", "X: y\r\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", malformed},
	{"a coding behind a NUL", "X: y\x00Transfer-Encoding: chunked\r\n", "", malformed},
	{"a name with a NUL", "Content-Length\x00: 3\r\n", "abc", malformed},
	{"a name that is not ASCII", "Transfer-Encod\u0131ng: chunked\r\n", "0\r\n\r\n", malformed},
	{"a name with an emoji", "\U0001f4a9: x\r\nContent-Length: 3\r\n", "abc", malformed},
	{"an empty name", ": x\r\nContent-Length: 3\r\n", "abc", malformed},
	{"a name with a space", "Content Length: 3\r\n", "abc", malformed},
	{"a value with DEL", "X: \x7f\r\nContent-Length: 3\r\n", "abc", malformed},
	{"two hosts", "Host: other.example\r\nContent-Length: 3\r\n", "abc", malformed},
	{"the same host twice", "Host: {H}\r\nContent-Length: 3\r\n", "abc", malformed},
	{"an extension of a chunk", "Transfer-Encoding: chunked\r\n", "3;x=y\r\nabc\r\n0\r\n\r\n", malformed},
	{"an extension with a bare LF", "Transfer-Encoding: chunked\r\n", "3;x\nabc\r\n0\r\n\r\n", malformed},
	{"a space behind a size", "Transfer-Encoding: chunked\r\n", "3 \r\nabc\r\n0\r\n\r\n", malformed},
	{"a space in front of a size", "Transfer-Encoding: chunked\r\n", " 3\r\nabc\r\n0\r\n\r\n", malformed},
	{"a size with 0x", "Transfer-Encoding: chunked\r\n", "0x3\r\nabc\r\n0\r\n\r\n", malformed},
	{"a size with a sign", "Transfer-Encoding: chunked\r\n", "+3\r\nabc\r\n0\r\n\r\n", malformed},
	{"a negative size", "Transfer-Encoding: chunked\r\n", "-1\r\nabc\r\n0\r\n\r\n", malformed},
	{"a size with an underscore", "Transfer-Encoding: chunked\r\n", "0_3\r\nabc\r\n0\r\n\r\n", malformed},
	{"no size", "Transfer-Encoding: chunked\r\n", "\r\nabc\r\n0\r\n\r\n", malformed},
	{"a size that overflows", "Transfer-Encoding: chunked\r\n", "10000000000000003\r\nabc\r\n0\r\n\r\n", malformed},
	{"a bare LF behind a size", "Transfer-Encoding: chunked\r\n", "3\nabc\r\n0\r\n\r\n", malformed},
	{"a bare CR behind a size", "Transfer-Encoding: chunked\r\n", "3\rabc\r\n0\r\n\r\n", malformed},
	{"a bare LF behind the data", "Transfer-Encoding: chunked\r\n", "3\r\nabc\n0\r\n\r\n", malformed},
	{"data longer than its size", "Transfer-Encoding: chunked\r\n", "3\r\nabcde\r\n0\r\n\r\n", malformed},
	{"a bare LF behind the last chunk", "Transfer-Encoding: chunked\r\n", "0\n\r\n", malformed},
	{"a length as a trailer", "Transfer-Encoding: chunked\r\n", "0\r\nContent-Length: 50\r\n\r\n", malformed},
	{"a host as a trailer", "Transfer-Encoding: chunked\r\n", "0\r\nHost: other.example\r\n\r\n", malformed},
	{"a coding as a trailer", "Transfer-Encoding: chunked\r\n", "0\r\nTransfer-Encoding: chunked\r\n\r\n", malformed},
	{"a length announced as a trailer", "Transfer-Encoding: chunked\r\nTrailer: Content-Length\r\n", "0\r\n\r\n", malformed},
	{"a folded trailer", "Transfer-Encoding: chunked\r\n", "0\r\nX: y\r\n z\r\n\r\n", malformed},
	{"a trailer without a colon", "Transfer-Encoding: chunked\r\n", "0\r\nX\r\n\r\n", malformed},
	{"a trailer with a bare LF", "Transfer-Encoding: chunked\r\n", "0\r\nX: y\n\r\n", malformed},
	{"a length that the connection hides", "Connection: Content-Length\r\nContent-Length: 3\r\n", "abc", "pass"},
	{"a length that is too long", "Content-Length: 99\r\n", "abc", "unread"},
	{"another expectation", "Expect: 200-ok\r\nContent-Length: 3\r\n", "abc", malformed},
	{"a head of 70 KiB", "X: " + strings.Repeat("a", 70<<10) + "\r\nContent-Length: 3\r\n", "abc", malformed},
	{"1,100 fields", strings.Repeat("X: y\r\n", 1100) + "Content-Length: 3\r\n", "abc", malformed},
}

// smuggleRows sends each of heads through a tunnel and to the door, with a
// request behind it.
func smuggleRows() (rows []row) {
	for k, h := range heads {
		if h.want == "unread" { // the request behind it is its body
			h.want, h.body = "pass", h.body+strings.Repeat("x", 96)
			rows = append(rows, row{name: h.name + ", inside", in: host("POST /a HTTP/1.1\r\nHost: {H}\r\nConnection: close\r\n"+h.fields+"\r\n"+h.body, "{A}"), want: h.want})
			continue
		}
		first := "POST /a HTTP/1.1\r\nHost: {H}\r\n" + h.fields + "\r\n" + h.body
		rows = append(rows, row{name: h.name + ", inside", in: host(first+behind, "{A}"), want: h.want})
		if k%2 == 0 {
			first = strings.Replace(first, "/a", "http://{P}/a", 1)
			second := strings.Replace(behind, "/smuggled", "http://{P}/smuggled", 1)
			rows = append(rows, row{name: h.name + ", at the door", in: host(first+second, "{P}"), door: true, want: h.want})
		}
	}
	return rows
}

func host(s, authority string) string { return strings.ReplaceAll(s, "{H}", authority) }

// targetRows are tricks with the first line.
func targetRows() (rows []row) {
	for _, l := range []struct{ name, line, want string }{
		{"a path with what is not ASCII", "GET /例?q=例 HTTP/1.1", "pass"},
		{"a path with dots", "GET /a/../b/./c HTTP/1.1", "pass"},
		{"an encoded slash", "GET /a%2f..%2fb HTTP/1.1", "pass"},
		{"two slashes in front", "GET //other.example/x HTTP/1.1", "pass"},
		{"a backslash", "GET /a\\b HTTP/1.1", "pass"},
		{"the absolute form of the same", "GET https://{A}/x HTTP/1.1", "pass"},
		{"the absolute form in another case", "GET HTTPS://ORIGIN.Example:{port}/x HTTP/1.1", "pass"},
		{"the absolute form of another", "GET https://other.example:{port}/x HTTP/1.1", mismatch},
		{"the absolute form with another port", "GET https://origin.example:1/x HTTP/1.1", mismatch},
		{"the absolute form without TLS", "GET http://{A}/x HTTP/1.1", mismatch},
		{"the absolute form with user info", "GET https://origin.example@other.example:{port}/x HTTP/1.1", malformed},
		{"the absolute form with a backslash", "GET https://{A}\\@other.example/x HTTP/1.1", malformed},
		{"a target without a slash", "GET x HTTP/1.1", malformed},
		{"an opaque target", "GET https:{A} HTTP/1.1", malformed},
		{"another scheme", "GET ftp://{A}/ HTTP/1.1", malformed},
		{"a fragment", "GET /x#y HTTP/1.1", malformed},
		{"a broken escape", "GET /%zz HTTP/1.1", malformed},
		{"a space in the target", "GET /a b HTTP/1.1", malformed},
		{"a tab in the target", "GET /a\tb HTTP/1.1", malformed},
		{"a NUL in the target", "GET /a\x00b HTTP/1.1", malformed},
		{"a second version", "GET / HTTP/1.1 HTTP/1.1", malformed},
		{"a bare LF in the line", "GET / HTTP/1.1\nX: y", malformed},
		{"two spaces", "GET  / HTTP/1.1", malformed},
		{"a space in front", " GET / HTTP/1.1", malformed},
		{"an empty line in front", "\r\nGET / HTTP/1.1", malformed},
		{"a method with a colon", "GET: / HTTP/1.1", malformed},
		{"no version", "GET /", malformed},
		{"HTTP/0.9", "GET / HTTP/0.9", malformed},
		{"HTTP/1.2", "GET / HTTP/1.2", malformed},
		{"HTTP/2.0 in the line", "GET / HTTP/2.0", malformed},
		{"the preface of HTTP/2", "PRI * HTTP/2.0", malformed},
		{"a version in lower case", "GET / http/1.1", malformed},
		{"CONNECT in a tunnel", "CONNECT other.example:{port} HTTP/1.1", malformed},
		{"CONNECT to the same in a tunnel", "CONNECT {A} HTTP/1.1", malformed},
		{"a star for a method that has none", "GET * HTTP/1.1", malformed},
	} {
		rows = append(rows, row{name: l.name, in: l.line + "\r\nHost: {A}\r\nConnection: close\r\n\r\n", want: l.want})
	}
	// The absolute form ignores Host; two names are two readings all the same.
	rows[7].in = strings.Replace(rows[7].in, "Host: {A}", "Host: other.example:{port}", 1)
	return append(rows,
		row{name: "an absolute form beside another Host", in: "GET https://{A}/x HTTP/1.1\r\nHost: other.example:{port}\r\nConnection: close\r\n\r\n", want: mismatch},
		row{name: "half a head", in: "GET / HTTP/1.1\r\nHost: {A}\r\n", want: "closed"},
		row{name: "half a line", in: "GET / HT", want: "closed"},
		row{name: "a request that passes and half of another", in: "GET / HTTP/1.1\r\nHost: {A}\r\nConnection: close\r\n\r\nGET /smu", want: "pass"},
		row{name: "early bytes behind an offer to switch", in: "GET / HTTP/1.1\r\nHost: {A}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: {A}\r\n\r\n", want: "pass"},
		row{name: "a handshake at the door", in: "\x16\x03\x01\x02\x00\x01", door: true, want: malformed},
		row{name: "https at the door without a tunnel", in: "GET https://{A}/ HTTP/1.1\r\nHost: {A}\r\nConnection: close\r\n\r\n", door: true, want: malformed},
		row{name: "user info at the door", in: "GET http://{P}@other.example/ HTTP/1.1\r\nHost: {P}\r\nConnection: close\r\n\r\n", door: true, want: malformed},
		row{name: "another Host at the door", in: "GET http://{P}/ HTTP/1.1\r\nHost: other.example\r\nConnection: close\r\n\r\n", door: true, want: mismatch},
		row{name: "no Host at the door", in: "GET http://{P}/ HTTP/1.1\r\nConnection: close\r\n\r\n", door: true, want: malformed},
		row{name: "no Host at the door with HTTP/1.0", in: "GET http://{P}/ HTTP/1.0\r\n\r\n", door: true, want: "pass"},
		row{name: "a body without a length with HTTP/1.0", in: "POST http://{P}/ HTTP/1.0\r\n\r\nGET http://{P}/smuggled HTTP/1.0\r\n\r\n", door: true, want: "pass"},
		row{name: "a zone at the door", in: "GET http://[fe80::1%25lo]:{plain}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", door: true, want: malformed},
		row{name: "a CONNECT with a body", in: "CONNECT {A} HTTP/1.1\r\nHost: {A}\r\nContent-Length: 3\r\n\r\nabc", door: true, want: malformed},
		row{name: "a CONNECT with user info", in: "CONNECT x@{A} HTTP/1.1\r\nHost: {A}\r\nConnection: close\r\n\r\n", door: true, want: malformed},
		row{name: "a CONNECT without a port", in: "CONNECT origin.example HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", door: true, want: malformed},
		row{name: "a CONNECT with a path", in: "CONNECT {A}/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", door: true, want: malformed},
		row{name: "a CONNECT to port 0", in: "CONNECT origin.example:0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", door: true, want: malformed},
	)
}
