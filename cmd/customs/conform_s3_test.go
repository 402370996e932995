package main

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// store is an object store that knows uploads in parts.
type store struct {
	mu      sync.Mutex
	objects map[string][]byte
	parts   map[int][]byte // of the one upload
	signed  int            // requests with a signature of version 4
}

func etag(data []byte) string {
	sum := md5.Sum(data)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// has returns an object, the parts of the last upload in parts, and how many
// requests were signed.
func (o *store) has(key string) (object string, parts, signed int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.objects[key]), len(o.parts), o.signed
}

func (o *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") {
		o.signed++
	}
	q, key := r.URL.Query(), r.URL.Path
	w.Header().Set("Content-Type", "application/xml")
	switch {
	case r.Method == http.MethodPost && q.Has("uploads"):
		o.parts = map[int][]byte{}
		fmt.Fprintf(w, `<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>u1</UploadId></InitiateMultipartUploadResult>`)
	case r.Method == http.MethodPut && q.Has("partNumber"):
		n, _ := strconv.Atoi(q.Get("partNumber"))
		o.parts[n] = data
		w.Header().Set("ETag", etag(data))
	case r.Method == http.MethodPost && q.Has("uploadId"):
		var list struct{ Part []struct{ PartNumber int } }
		if err := xml.Unmarshal(data, &list); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		var whole []byte
		for _, p := range list.Part {
			whole = append(whole, o.parts[p.PartNumber]...)
		}
		o.objects[key] = whole
		fmt.Fprintf(w, `<CompleteMultipartUploadResult><Key>k</Key><ETag>%s</ETag></CompleteMultipartUploadResult>`, strings.Trim(etag(whole), `"`))
	case r.Method == http.MethodPut:
		o.objects[key] = data
		w.Header().Set("ETag", etag(data))
	case r.Method == http.MethodDelete:
		o.parts = nil
		w.WriteHeader(http.StatusNoContent)
	case q.Has("location"):
		io.WriteString(w, `<LocationConstraint>ap-southeast-1</LocationConstraint>`)
	default:
		object, ok := o.objects[key]
		if !ok {
			http.Error(w, `<Error><Code>NoSuchKey</Code></Error>`, http.StatusNotFound)
			return
		}
		w.Header().Set("ETag", etag(object))
		w.Header().Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
		w.Header().Set("Content-Length", strconv.Itoa(len(object)))
		w.Write(object)
	}
}

func s3Rows(g *group) {
	begin := func(s *stand) (*store, []string) {
		o := &store{objects: map[string][]byte{}}
		s.shore.answer(o)
		host, port, _ := strings.Cut(s.k.proxy, ":")
		config := s.file("s3cfg", "[default]\naccess_key = AKIDEXAMPLE\nsecret_key = secret\nuse_https = True\nhost_base = "+s.host+"\nhost_bucket = "+s.host+
			"\nca_certs_file = "+s.k.caFile+"\nproxy_host = "+host+"\nproxy_port = "+port+"\nmax_retries = 0\nbucket_location = ap-southeast-1\n")
		return o, []string{"-c", config, "--no-progress", "--multipart-chunk-size-mb=5"}
	}
	for name, size := range map[string]int{"put and get": 300000, "put in parts and get": 12 << 20} {
		g.row(name, toPass, func(s *stand) {
			o, options := begin(s)
			body := s.k.body(s.T, size)
			s.does("s3cmd", append(options, "put", body, "s3://berths/list.txt")...)
			s.does("s3cmd", append(options, "get", "s3://berths/list.txt", s.path("out"))...)
			s.sameFile(s.path("out"), body)
			object, parts, signed := o.has("/berths/list.txt")
			if sumHex([]byte(object)) != s.sumOf(body) || signed == 0 || (parts > 1) != (size > 5<<20) {
				s.Errorf("the store has %d bytes in %d parts, %d requests were signed", len(object), parts, signed)
			}
		})
	}
	g.row("put of a person", toRefuse, func(s *stand) {
		o, options := begin(s)
		out := s.fails("s3cmd", append(options, "put", s.file("p.json", s.patient()), "s3://berths/list.txt")...)
		if object, _, _ := o.has("/berths/list.txt"); !strings.Contains(out, "AccessDenied") || object != "" {
			s.Errorf("%d bytes arrived, s3cmd says\n%s", len(object), out)
		}
		s.refusal(out)
	})
	g.row("put in parts with a person in the last", toRefuse, func(s *stand) {
		o, options := begin(s)
		body := s.file("p.txt", string(cleanText(11<<20))+s.patient())
		s.refusal(s.fails("s3cmd", append(options, "put", body, "s3://berths/list.txt")...))
		if object, _, _ := o.has("/berths/list.txt"); object != "" {
			s.Error("the object is there")
		}
	})
	g.row("put that a filing covers", toCover, func(s *stand) {
		o, options := begin(s)
		s.does("s3cmd", append(options, "put", s.file("p.json", s.patient()), "s3://berths/list.json")...)
		if object, _, _ := o.has("/berths/list.json"); object != s.patient() {
			s.Error("the store has something else")
		}
	})
}
