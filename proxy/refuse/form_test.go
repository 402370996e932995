package refuse_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/refuse"
)

const v4 = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260801/ap-southeast-1/"

// asking is a request as "METHOD URL" with headers in pairs.
func asking(target string, header ...string) *http.Request {
	method, url, _ := strings.Cut(target, " ")
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

var formTests = []struct {
	name   string
	ask    *http.Request
	want   refuse.Form
	status int
	kind   string
}{
	{"nothing said", asking("POST https://o.example/"), refuse.Problem, 403, "application/problem+json"},
	{"curl", asking("POST https://o.example/", "User-Agent", "curl/8.0", "Accept", "*/*"), refuse.Problem, 403, "application/problem+json"},
	{"only JSON", asking("POST https://o.example/", "Accept", "application/json"), refuse.JSON, 403, "application/json"},
	{"JSON or anything", asking("POST https://o.example/", "Accept", "application/json, text/plain, */*"), refuse.Problem, 403, "application/problem+json"},
	{"git large files", asking("POST https://o.example/r.git/info/lfs/objects/batch", "User-Agent", "git-lfs/3.4", "Accept", "application/vnd.git-lfs+json"), refuse.JSON, 403, "application/json"},
	{"browser", asking("GET https://o.example/", "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), refuse.Page, 403, "text/html"},
	{"asks for text", asking("GET https://o.example/", "Accept", "text/plain"), refuse.Plain, 403, "text/plain"},
	{"gRPC", asking("POST https://o.example/a.B/C", "Content-Type", "application/grpc"), refuse.GRPC, 200, "application/grpc"},
	{"gRPC with a codec", asking("POST https://o.example/a.B/C", "Content-Type", "application/grpc+proto; x=y"), refuse.GRPC, 200, "application/grpc"},
	{"grpc-web", asking("POST https://o.example/a.B/C", "Content-Type", "application/grpc-web+proto"), refuse.GRPCWeb, 200, "application/grpc-web+proto"},
	{"grpc-web in text", asking("POST https://o.example/a.B/C", "Content-Type", "application/grpc-web-text"), refuse.GRPCWebText, 200, "application/grpc-web-text+proto"},
	{"git asks for refs", asking("GET https://o.example/r.git/info/refs?service=git-upload-pack", "User-Agent", "git/2.39.5"), refuse.Plain, 403, "text/plain"},
	{"another git asks for refs", asking("GET https://o.example/r.git/info/refs?service=git-receive-pack", "User-Agent", "JGit/6"), refuse.Plain, 403, "text/plain"},
	{"git pushes", asking("POST https://o.example/r.git/git-receive-pack", "Content-Type", "application/x-git-receive-pack-request"), refuse.GitPush, 200, "application/x-git-receive-pack-result"},
	{"git fetches", asking("POST https://o.example/r.git/git-upload-pack", "Content-Type", "application/x-git-upload-pack-request"), refuse.GitFetch, 200, "application/x-git-upload-pack-result"},
	{"go asks a module proxy", asking("GET https://o.example/example.com/m/@v/list", "User-Agent", "Go-http-client/2.0"), refuse.Plain, 403, "text/plain"},
	{"another Go program", asking("GET https://o.example/v1/x", "User-Agent", "Go-http-client/2.0"), refuse.Problem, 403, "application/problem+json"},
	{"npm", asking("PUT https://o.example/pkg", "User-Agent", "npm/10.8.2 node/v20"), refuse.NPM, 403, "application/json"},
	{"S3", asking("PUT https://o.example/b/k", "Authorization", v4+"s3/aws4_request, SignedHeaders=host"), refuse.S3, 403, "application/xml"},
	{"S3 by an old signature", asking("PUT https://o.example/b/k", "Authorization", "AWS AKID:sig"), refuse.S3, 403, "application/xml"},
	{"an object store of another cloud", asking("PUT https://o.example/b/k", "Authorization", "OSS AKID:sig"), refuse.S3, 403, "application/xml"},
	{"S3 by a signed address", asking("PUT https://o.example/b/k?X-Amz-Credential=AKID%2F20260801%2Fx%2Fs3%2Faws4_request&X-Amz-Signature=00"), refuse.S3, 403, "application/xml"},
	{"S3 without a signature", asking("PUT https://o.example/b/k", "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), refuse.S3, 403, "application/xml"},
	{"a query service", asking("POST https://o.example/", "Authorization", v4+"sts/aws4_request", "Content-Type", "application/x-www-form-urlencoded; charset=utf-8"), refuse.AWSQuery, 403, "application/xml"},
	{"a JSON service", asking("POST https://o.example/", "Authorization", v4+"bedrock/aws4_request", "Content-Type", "application/json"), refuse.AWSJSON, 403, "application/x-amz-json-1.1"},
	{"a websocket", asking("GET https://o.example/", "Upgrade", "websocket", "Connection", "Upgrade"), refuse.Problem, 403, "application/problem+json"},
	{"a stream of events", asking("GET https://o.example/", "Accept", "text/event-stream"), refuse.Problem, 403, "application/problem+json"},
}

// TestFormsTellCodeAndRecord: whatever the client is, both are in what it
// reads, and nothing that it sent is.
func TestFormsTellCodeAndRecord(t *testing.T) {
	for _, tt := range formTests {
		t.Run(tt.name, func(t *testing.T) {
			if got := refuse.For(tt.ask); got != tt.want {
				t.Fatalf("form %d, want %d", got, tt.want)
			}
			w := httptest.NewRecorder()
			refuse.Write(w, tt.ask, twoGrounds())
			res := w.Result()
			body, _ := io.ReadAll(res.Body)
			if res.StatusCode != tt.status || !strings.HasPrefix(res.Header.Get("Content-Type"), tt.kind) {
				t.Errorf("%d %s, want %d %s", res.StatusCode, res.Header.Get("Content-Type"), tt.status, tt.kind)
			}
			read := string(body) + res.Trailer.Get("Grpc-Message")
			if tt.want == refuse.GRPCWebText {
				b, err := base64.StdEncoding.DecodeString(string(body))
				if err != nil {
					t.Fatal(err)
				}
				read = string(b)
			}
			for _, want := range []string{"CATEGORY_NOT_COVERED", "01JD0000000000000000000000"} {
				if !strings.Contains(read, want) {
					t.Errorf("no %s in\n%s", want, read)
				}
			}
			for _, sent := range []string{"AKID", "o.example", "/b/k", "ap-southeast-1"} {
				if strings.Contains(read, sent) {
					t.Errorf("it echoes %q:\n%s", sent, read)
				}
			}
		})
	}
}

// grpcStatus decodes the details of a trailer.
func grpcStatus(t *testing.T, h http.Header) (*status.Status, map[string]proto.Message) {
	t.Helper()
	b, err := base64.RawStdEncoding.DecodeString(h.Get("Grpc-Status-Details-Bin"))
	if err != nil {
		t.Fatal(err)
	}
	s, out := &status.Status{}, map[string]proto.Message{}
	if err := proto.Unmarshal(b, s); err != nil {
		t.Fatal(err)
	}
	for _, a := range s.Details {
		m, err := a.UnmarshalNew()
		if err != nil {
			t.Fatal(err)
		}
		out[string(m.ProtoReflect().Descriptor().Name())] = m
	}
	return s, out
}

func TestGRPCDetails(t *testing.T) {
	s, parts := grpcStatus(t, refuse.GRPCTrailer(held()))
	info, _ := parts["ErrorInfo"].(*errdetails.ErrorInfo)
	retry, _ := parts["RetryInfo"].(*errdetails.RetryInfo)
	if s.Code != 7 || info == nil || info.Reason != "HELD_FOR_REVIEW" || info.Domain != "datacustoms" ||
		info.Metadata["record"] != held().RecordID || info.Metadata["ticket"] != "HT-7F3A" || info.Metadata["action"] != "hold" {
		t.Errorf("status %v", s)
	}
	if retry == nil || retry.RetryDelay.Seconds != 300 || parts["Help"] == nil || parts["LocalizedMessage"] == nil {
		t.Errorf("details %v", parts)
	}
	for code, want := range map[policy.Code]int{policy.FilingNotFound: 7, policy.Oversize: 8, policy.BudgetExhausted: 14,
		policy.OriginRevoked: 14, policy.OriginTimeout: 14, policy.BadRequest: 3, policy.MessageMalformed: 3, policy.AfterRelease: 7} {
		if v := policy.Refuse(code); refuse.GRPCCode(&v) != want {
			t.Errorf("%s = %d, want %d", code, refuse.GRPCCode(&v), want)
		}
	}
}

// manyGrounds is a refusal longer than any client takes.
func manyGrounds() refuse.Refusal {
	f := twoGrounds()
	for range 300 {
		f.Verdict.Reasons = append(f.Verdict.Reasons, policy.Reason{Code: policy.SPINotCovered, Class: "pi.health.diagnosis", Filing: "SC-2026-0001"})
	}
	f.Ticket = "HT-7F3A"
	return f
}

func TestFormsAreBounded(t *testing.T) {
	trailer := refuse.GRPCTrailer(manyGrounds())
	size := 0
	for k, v := range trailer {
		size += len(k) + len(v[0]) + 32
	}
	if _, parts := grpcStatus(t, trailer); size > 6<<10 || parts["ErrorInfo"] == nil {
		t.Errorf("a trailer of %d bytes with %v", size, parts)
	}
	for _, lang := range []string{"en", "zh"} {
		w := httptest.NewRecorder()
		refuse.Write(w, asking("POST https://o.example/r/git-receive-pack", "Content-Type", "application/x-git-receive-pack-request", "Accept-Language", lang), manyGrounds())
		if b := w.Body.Bytes(); len(b) > 5<<10 || !utf8.Valid(b) || !strings.Contains(string(b), manyGrounds().RecordID) {
			t.Errorf("%d bytes of git in %s: %.200q", len(b), lang, b)
		}
	}
}

func TestClose(t *testing.T) {
	long := policy.Verdict{}
	for range 20 {
		long.Reasons = append(long.Reasons, policy.Reason{Code: policy.ImportantNotCover}, policy.Reason{Code: policy.ApprovalMissing}, policy.Reason{Code: policy.SPINotCovered})
	}
	tests := []struct {
		name, record string
		v            policy.Verdict
		code         uint16
		reason       string
	}{
		{"blocked", "01JD", policy.Refuse(policy.FilingNotFound), 1008, "FILING_NOT_FOUND record=01JD"},
		{"blocked after some went", "01JD", policy.Verdict{Reasons: []policy.Reason{{Code: policy.AfterRelease}, {Code: policy.SPINotCovered}}}, 1008, "BLOCKED_AFTER_RELEASE,SPI_NOT_COVERED record=01JD"},
		{"malformed", "01JD", policy.Refuse(policy.MessageMalformed), 1002, "MESSAGE_MALFORMED record=01JD"},
		{"too large", "", policy.Refuse(policy.Oversize), 1009, "OVERSIZE"},
		{"not now", "01JD", policy.Refuse(policy.Draining), 1013, "DRAINING record=01JD"},
		{"no reason", "01JD", policy.Verdict{}, 1008, "INTERNAL_FAULT record=01JD"},
		{"many reasons", "01JD0000000000000000000000", long, 1008, "IMPORTANT_NOT_COVERED,SECTOR_APPROVAL_MISSING,SPI_NOT_COVERED,"},
	}
	for _, tt := range tests {
		code, reason := refuse.Close(&tt.v, tt.record)
		if code != tt.code || !strings.HasPrefix(reason, strings.TrimSuffix(tt.reason, ",")) || len(reason) > 123 || !strings.HasSuffix(reason, tt.record) {
			t.Errorf("%s: %d %q (%d bytes)", tt.name, code, reason, len(reason))
		}
	}
}

func TestObjectStoreErrors(t *testing.T) {
	for code, want := range map[policy.Code]string{policy.FilingNotFound: "AccessDenied", policy.BudgetExhausted: "ServiceUnavailable",
		policy.Oversize: "EntityTooLarge", policy.BadRequest: "InvalidRequest"} {
		w := httptest.NewRecorder()
		refuse.Write(w, asking("PUT https://o.example/b/k", "Authorization", v4+"s3/aws4_request"), refuse.Refusal{RecordID: "01JD", Verdict: policy.Refuse(code)})
		var doc struct {
			XMLName                            xml.Name
			Code, Message, Resource, RequestId string
		}
		if err := xml.Unmarshal(w.Body.Bytes(), &doc); err != nil || doc.XMLName.Local != "Error" || doc.Code != want || doc.RequestId != "01JD" ||
			doc.Resource != "" || w.Header().Get("X-Amz-Request-Id") != "01JD" || !strings.HasPrefix(doc.Message, string(code)) {
			t.Errorf("%s: %+v, %v", code, doc, err)
		}
	}
}

// TestJSONIsSeenBySDKs: they look at message or error and at nothing else.
func TestJSONIsSeenBySDKs(t *testing.T) {
	w := httptest.NewRecorder()
	refuse.Write(w, asking("POST https://o.example/v1/chat/completions"), twoGrounds())
	var doc struct {
		Message string
		Error   struct{ Code, Message string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || doc.Error.Code != "CATEGORY_NOT_COVERED" || doc.Error.Message != doc.Message ||
		!strings.Contains(doc.Message, "record=01JD") {
		t.Errorf("%+v, %v", doc, err)
	}
}

func FuzzFor(f *testing.F) {
	f.Add("PUT", "/b?X-Amz-Credential=a/aws4_request", "AWS4-HMAC-SHA256 /aws4_request", "application/grpc", "git/2", "*/*")
	f.Add("GET", "/@v/", "OSS ", "application/grpc-web-text", "npm/", "text/plain;q=2")
	f.Fuzz(func(t *testing.T, method, target, auth, kind, agent, accept string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Method, r.URL.RawQuery, r.URL.Path = method, target, target
		for k, v := range map[string]string{"Authorization": auth, "Content-Type": kind, "User-Agent": agent, "Accept": accept} {
			r.Header[k] = []string{v}
		}
		w := httptest.NewRecorder()
		refuse.Write(w, r, held())
		if w.Code != 403 && w.Code != 200 || w.Header().Get("X-Customs-Record") == "" {
			t.Errorf("answer %d", w.Code)
		}
	})
}
