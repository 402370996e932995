package refuse_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/datacustoms/customs/inspect"
	"github.com/datacustoms/customs/policy"
	"github.com/datacustoms/customs/proxy/refuse"
)

var update = flag.Bool("update", false, "rewrite golden files")

// twoGrounds is a refusal with everything that one can have.
func twoGrounds() refuse.Refusal {
	return refuse.Refusal{RecordID: "01JD0000000000000000000000", Persons: 10_000, Verdict: policy.Verdict{
		Action: policy.Block, Need: policy.NeedSCOrCert, Filing: "SC-2026-0001", Revision: 3,
		Reasons: []policy.Reason{
			{Code: policy.CategoryNotCovered, Class: "pi.id.resident", Filing: "SC-2026-0001"},
			{Code: policy.VolumeExceeded, Limit: "SC-2026-0001.ns", Filing: "SC-2026-0001"},
		}}}
}

func held() refuse.Refusal {
	return refuse.Refusal{RecordID: "01JD0000000000000000000001", Ticket: "HT-7F3A",
		Verdict: policy.Verdict{Action: policy.Hold, Reasons: []policy.Reason{{Code: policy.HeldForReview, Rule: "look-first"}}}}
}

func unread() refuse.Refusal {
	return refuse.Refusal{RecordID: "01JD0000000000000000000002", Verdict: policy.Verdict{Action: policy.Block,
		Reasons: []policy.Reason{{Code: policy.CoveragePartial, Gaps: []inspect.GapReason{inspect.GapEncrypted, inspect.GapLimitRatio}}}}}
}

func answer(t *testing.T, f refuse.Refusal, method, accept, lang string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, "https://sg.example/upload", nil)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	if lang != "" {
		r.Header.Set("Accept-Language", lang)
	}
	w := httptest.NewRecorder()
	refuse.Write(w, r, f)
	return w.Result()
}

func TestGolden(t *testing.T) {
	for _, tt := range []struct {
		name, accept, lang string
		f                  refuse.Refusal
	}{
		{"block.zh.json", "*/*", "zh-CN,zh;q=0.9,en;q=0.8", twoGrounds()},
		{"block.en.json", "application/json", "en-GB", twoGrounds()},
		{"held.zh.json", "", "zh-Hant-TW", held()},
		{"block.html", "text/html,application/xhtml+xml,*/*;q=0.8", "", twoGrounds()},
		{"held.html", "text/html", "en", held()},
		{"unread.zh.json", "", "zh", unread()},
		{"unread.en.json", "", "en", unread()},
		{"unread.html", "text/html", "en", unread()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := answer(t, tt.f, "POST", tt.accept, tt.lang)
			got, _ := io.ReadAll(res.Body)
			file := filepath.Join("testdata", tt.name)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("differs from %s:\n%s", file, got)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	res := answer(t, twoGrounds(), "POST", "", "zh")
	body, _ := io.ReadAll(res.Body)
	for k, want := range map[string]string{
		"Content-Type": "application/problem+json", "Cache-Control": "no-store", "Content-Language": "zh-CN",
		"Content-Length": strconv.Itoa(len(body)), "X-Content-Type-Options": "nosniff", "Retry-After": "",
		"X-Customs-Record": "01JD0000000000000000000000", "X-Customs-Reason": "CATEGORY_NOT_COVERED,VOLUME_EXCEEDED",
	} {
		if got := res.Header.Get(k); got != want {
			t.Errorf("%s = %q, want %q", k, got, want)
		}
	}
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("status = %d", res.StatusCode)
	}
}

func TestHeadHasNoBody(t *testing.T) {
	res := answer(t, twoGrounds(), "HEAD", "", "")
	body, _ := io.ReadAll(res.Body)
	if len(body) != 0 || res.Header.Get("Content-Length") == "0" || res.Header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %d bytes, Content-Length %q", len(body), res.Header.Get("Content-Length"))
	}
}

func TestStatus(t *testing.T) {
	tests := []struct {
		code  policy.Code
		want  int
		retry string
	}{
		{policy.FilingNotFound, 403, ""},
		{policy.StateSecret, 403, ""},
		{policy.DialRefused, 403, ""},
		{policy.ScanFailed, 403, ""},
		{"SOMETHING_NEW", 403, ""},
		{policy.AuthorityMismatch, 421, ""},
		{policy.Oversize, 413, ""},
		{policy.BadRequest, 400, ""},
		{policy.OriginUnreachable, 502, ""},
		{policy.OriginUntrusted, 502, ""},
		{policy.NameUnresolved, 502, ""},
		{policy.OriginTimeout, 504, ""},
		{policy.RecorderUnavail, 503, "5"},
		{policy.LedgerUnavail, 503, "5"},
		{policy.RegisterUnavail, 503, "5"},
		{policy.LawUnavailable, 503, "5"},
		{policy.BudgetExhausted, 503, "5"},
		{policy.VolumeContended, 503, "1"},
		{policy.Draining, 503, "5"},
		{policy.QuotaUsedUp, 403, ""},
		{policy.ImportantSuspected, 403, ""},
		{policy.ReviewDenied, 403, ""},
	}
	for _, tt := range tests {
		res := answer(t, refuse.Refusal{Verdict: policy.Refuse(tt.code)}, "GET", "", "")
		if res.StatusCode != tt.want || res.Header.Get("Retry-After") != tt.retry {
			t.Errorf("%s = %d, Retry-After %q, want %d, %q", tt.code, res.StatusCode, res.Header.Get("Retry-After"), tt.want, tt.retry)
		}
	}
	res := answer(t, held(), "GET", "", "")
	if res.StatusCode != 403 || res.Header.Get("Retry-After") == "" {
		t.Errorf("hold = %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	f := held()
	f.RetryAfter = 1500 * time.Millisecond
	if got := answer(t, f, "GET", "", "").Header.Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After = %q, want 2", got)
	}
	if res := answer(t, refuse.Refusal{}, "GET", "", ""); res.StatusCode != 403 || res.Header.Get("X-Customs-Reason") != "INTERNAL_FAULT" {
		t.Errorf("a refusal without a reason = %d %s", res.StatusCode, res.Header.Get("X-Customs-Reason"))
	}
}

func TestProblemDocument(t *testing.T) {
	res := answer(t, twoGrounds(), "POST", "", "en")
	var doc map[string]any
	if err := json.NewDecoder(res.Body).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]any{
		"type": "urn:datacustoms:reason:CATEGORY_NOT_COVERED", "instance": "urn:datacustoms:record:01JD0000000000000000000000",
		"status": 403.0, "action": "block", "need": "sc_or_cert", "filing": "SC-2026-0001",
	} {
		if doc[k] != want {
			t.Errorf("%s = %v, want %v", k, doc[k], want)
		}
	}
	if len(doc["reasons"].([]any)) != 2 || len(doc["remedies"].([]any)) == 0 || doc["title"] == "" {
		t.Errorf("document = %v", doc)
	}
}

// TestUndeliveredIsNotRefused: where the destination failed, no rule refused.
func TestUndeliveredIsNotRefused(t *testing.T) {
	for code, failed := range map[policy.Code]bool{policy.OriginUnreachable: true, policy.OriginUntrusted: true,
		policy.OriginTimeout: true, policy.NameUnresolved: true, policy.FilingNotFound: false, policy.LedgerUnavail: false} {
		f := refuse.Refusal{Verdict: policy.Refuse(code)}
		var doc struct{ Action string }
		if err := json.NewDecoder(answer(t, f, "POST", "", "en").Body).Decode(&doc); err != nil {
			t.Fatal(err)
		}
		page, _ := io.ReadAll(answer(t, f, "GET", "text/html", "").Body)
		told := bytes.Contains(page, []byte("数据传输未能送达")) && bytes.Contains(page, []byte("could not be delivered"))
		refused := bytes.Contains(page, []byte("未放行")) || bytes.Contains(page, []byte("was refused"))
		if want := map[bool]string{true: "undelivered", false: "block"}[failed]; doc.Action != want || told != failed || refused == failed {
			t.Errorf("%s: action %s, want %s; page says undelivered %v, refused %v", code, doc.Action, want, told, refused)
		}
	}
}

func TestNegotiation(t *testing.T) {
	for _, tt := range []struct {
		accept string
		page   bool
	}{
		{"", false}, {"*/*", false}, {"text/html", true}, {"TEXT/HTML;q=0.5", true}, {"text/html;q=0", false},
		{"text/html, application/json", true}, {"application/json, text/html", false},
		{"application/json;q=0.2, text/html", true}, {"text/html;q=0.1, application/json", false},
		{"text/html;q=nonsense", false}, {"text/html;q=NaN", false}, {strings.Repeat("x", 2000) + ",text/html", false},
	} {
		res := answer(t, twoGrounds(), "GET", tt.accept, "")
		if got := strings.HasPrefix(res.Header.Get("Content-Type"), "text/html"); got != tt.page {
			t.Errorf("Accept %.40q: page = %v, want %v", tt.accept, got, tt.page)
		}
	}
	for lang, want := range map[string]string{
		"": "en", "*": "en", "en": "en", "zh": "zh", "zh-CN,zh;q=0.9": "zh", "zh-Hant-HK": "zh", "fr": "en", "fr, zh;q=0.1": "zh",
		"en;q=0.9, zh;q=1": "zh", "zh;q=0.1, en": "en", ";;;": "en", "zh;q=": "en",
	} {
		if got := refuse.Language([]string{lang}); got != want {
			t.Errorf("Language(%q) = %s, want %s", lang, got, want)
		}
	}
}

// TestPageIsAlone checks that the page needs nothing from anywhere and that
// its policy allows exactly its own style.
func TestPageIsAlone(t *testing.T) {
	res := answer(t, twoGrounds(), "GET", "text/html", "")
	body, _ := io.ReadAll(res.Body)
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindSubmatch(body)
	if style == nil {
		t.Fatal("no style")
	}
	sum := sha256.Sum256(style[1])
	hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	csp := res.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, hash) || strings.Contains(csp, "unsafe") {
		t.Errorf("policy %q, style hash %s", csp, hash)
	}
	for _, bad := range []string{"http:", "https:", "<script", " style=", " src=", " href=", "url(", "@import", "<no value>"} {
		if bytes.Contains(body, []byte(bad)) {
			t.Errorf("page holds %q", bad)
		}
	}
	for _, need := range []string{`lang="zh-CN"`, `lang="en"`, "<main", "<h1", "<title>", "viewport", "01JD0000000000000000000000"} {
		if !bytes.Contains(body, []byte(need)) {
			t.Errorf("page lacks %q", need)
		}
	}
}

func TestPageEscapes(t *testing.T) {
	f := twoGrounds()
	f.Verdict.Filing, f.Verdict.Reasons[0].Class = "<script>x", "<img src=x>"
	body, _ := io.ReadAll(answer(t, f, "GET", "text/html", "").Body)
	if bytes.Contains(body, []byte("<script")) || bytes.Contains(body, []byte("<img")) {
		t.Error("the page does not escape what it shows")
	}
}

// approval finds wording that would call a passing transfer approved (I10).
var approval = regexp.MustCompile(`(?i)approved by the (gateway|customs)|gateway (has )?approved|网关(已)?批准|获得本网关`)

func TestNothingIsApproved(t *testing.T) {
	for _, accept := range []string{"text/html", "application/json"} {
		for _, lang := range []string{"zh", "en"} {
			body, _ := io.ReadAll(answer(t, twoGrounds(), "GET", accept, lang).Body)
			if m := approval.Find(body); m != nil {
				t.Errorf("%s %s says %q", accept, lang, m)
			}
		}
	}
	if !approval.MatchString("The gateway has approved this.") {
		t.Error("the guard sees nothing")
	}
}

func TestOverHTTP2(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { refuse.Write(w, r, twoGrounds()) }))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	for _, method := range []string{"GET", "HEAD", "POST"} {
		req, _ := http.NewRequest(method, s.URL, nil)
		res, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.ProtoMajor != 2 || res.StatusCode != 403 || method != "HEAD" && int64(len(body)) != res.ContentLength {
			t.Errorf("%s: HTTP/%d %d, %d bytes of %d, %v", method, res.ProtoMajor, res.StatusCode, len(body), res.ContentLength, err)
		}
	}
}

func FuzzAcceptLanguage(f *testing.F) {
	for _, s := range []string{"zh-CN,zh;q=0.9", "en", "*;q=0.5", "i-klingon", "zh-Hant-TW-u-co-pinyin", "a-b-c-d-e-f-g-h", ";q=1,,", "x-\xff"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, lang, accept string) {
		if got := refuse.Language([]string{lang}); got != refuse.Chinese && got != refuse.English {
			t.Errorf("Language = %q", got)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Accept"], r.Header["Accept-Language"] = []string{accept}, []string{lang}
		w := httptest.NewRecorder()
		refuse.Write(w, r, held())
		if w.Code != 403 || w.Body.Len() == 0 {
			t.Errorf("answer %d, %d bytes", w.Code, w.Body.Len())
		}
	})
}

func ExampleStatus() {
	v := policy.Refuse(policy.AuthorityMismatch)
	fmt.Println(refuse.Status(&v))
	// Output: 421
}

// TestHeldIsToldWhatHappensNext: without its ticket nothing can be done.
func TestHeldIsToldWhatHappensNext(t *testing.T) {
	for lang, want := range map[string][]string{"zh": {"两名", "原样", "重新判断"}, "en": {"two different reviewers", "same content", "judged again"}} {
		res := answer(t, held(), "POST", "", lang)
		var doc struct {
			Ticket string
			Next   []string
			Retry  int `json:"retry_after"`
		}
		if err := json.NewDecoder(res.Body).Decode(&doc); err != nil {
			t.Fatal(err)
		}
		all := strings.Join(doc.Next, "\n")
		for _, w := range append(want, "customs review approve HT-7F3A") {
			if !strings.Contains(all, w) {
				t.Errorf("%s: %q lacks %q", lang, all, w)
			}
		}
		if doc.Ticket != "HT-7F3A" || doc.Retry != 300 || res.Header.Get("Retry-After") != "300" {
			t.Errorf("%s: ticket %q, retry after %d", lang, doc.Ticket, doc.Retry)
		}
	}
	for name, f := range map[string]refuse.Refusal{"blocked": twoGrounds(), "held without a ticket": {Verdict: held().Verdict}} {
		body, _ := io.ReadAll(answer(t, f, "POST", "", "").Body)
		if bytes.Contains(body, []byte(`"next"`)) || bytes.Contains(body, []byte("customs review")) {
			t.Errorf("%s is told of reviewers: %s", name, body)
		}
	}
}

// TestLiftsAreNamed: what was lifted for the part that is refused all the same.
func TestLiftsAreNamed(t *testing.T) {
	f := refuse.Refusal{Verdict: policy.Verdict{Reasons: []policy.Reason{{Code: policy.QuotaUsedUp, By: "E-1"},
		{Code: policy.Relaxed, Of: policy.PurposeUndeclared}}}}
	var doc struct {
		Reasons []struct{ Of, By, Detail string }
	}
	if err := json.NewDecoder(answer(t, f, "POST", "", "").Body).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Reasons) != 2 || doc.Reasons[0].By != "E-1" || doc.Reasons[1].Of != "PURPOSE_UNDECLARED" {
		t.Errorf("reasons = %+v", doc.Reasons)
	}
	page, _ := io.ReadAll(answer(t, f, "GET", "text/html", "").Body)
	if !bytes.Contains(page, []byte("E-1")) || !bytes.Contains(page, []byte("PURPOSE_UNDECLARED")) {
		t.Error("the page does not name them")
	}
}
