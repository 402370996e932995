package refuse

import (
	"maps"
	"net/http"
	"strings"
)

// Form is how a refusal is put, so that its client shows it.
type Form uint8

const (
	Problem     Form = iota // application/problem+json
	JSON                    // the same as application/json, for a client that takes nothing else
	NPM                     // a JSON document whose error is a text
	Page                    // HTML
	Plain                   // lines of text, as git and go print them
	GitFetch                // an error packet: git drops the body of a pack that fails
	GitPush                 // packets of progress and of an error, for the same reason
	GRPC                    // status in the trailers
	GRPCWeb                 // status in a frame of the body
	GRPCWebText             // the same in base64
	S3                      // <Error>
	AWSQuery                // <ErrorResponse>
	AWSJSON                 // JSON with the code in a header
)

// For chooses the form that the client of a request shows to its user. What a
// client says of itself chooses a form and nothing else: a client that lies
// gets its refusal in a form that it cannot read.
func For(r *http.Request) Form {
	kind := mediaType(r.Header.Get("Content-Type"))
	switch {
	case kind == "application/grpc", strings.HasPrefix(kind, "application/grpc+"):
		return GRPC
	case strings.HasPrefix(kind, "application/grpc-web-text"):
		return GRPCWebText
	case strings.HasPrefix(kind, "application/grpc-web"):
		return GRPCWeb
	case kind == "application/x-git-upload-pack-request":
		return GitFetch
	case kind == "application/x-git-receive-pack-request":
		return GitPush
	}
	agent := r.Header.Get("User-Agent")
	if form, ok := storage(r, kind); ok {
		return form
	}
	switch {
	case gitDiscovery(r, agent), goModule(r, agent):
		return Plain
	case strings.HasPrefix(agent, "npm/"), strings.HasPrefix(agent, "pnpm/"), strings.HasPrefix(agent, "yarn/"):
		return NPM
	}
	return negotiated(r.Header.Values("Accept"))
}

// mediaType is a Content-Type without its parameters, in lower case.
func mediaType(value string) string {
	value, _, _ = strings.Cut(value, ";")
	return strings.ToLower(strings.TrimSpace(value))
}

// gitDiscovery reports whether git asks which refs there are: it prints the
// text of a refusal as remote lines then.
func gitDiscovery(r *http.Request, agent string) bool {
	switch r.URL.Query().Get("service") {
	case "git-upload-pack", "git-receive-pack":
		return strings.HasSuffix(r.URL.Path, "/info/refs")
	}
	return strings.HasPrefix(agent, "git/")
}

// goModule reports whether the go command asks a module proxy; it prints text.
func goModule(r *http.Request, agent string) bool {
	return strings.HasPrefix(agent, "Go-http-client/") &&
		(strings.Contains(r.URL.Path, "/@v/") || strings.HasSuffix(r.URL.Path, "/@latest"))
}

// schemes are the signatures of object stores and of the clouds that they
// belong to, as Authorization begins with them.
var schemes = []string{"aws4-hmac-sha256 ", "aws4-ecdsa-p256-sha256 ", "aws ", "oss ", "oss4-hmac-sha256 ", "obs "}

// storage tells a client of an object store or of a service that signs like
// one, by the kind of its signature; the signature itself is not looked at.
func storage(r *http.Request, kind string) (Form, bool) {
	auth := r.Header.Get("Authorization")
	signed := false
	for _, s := range schemes {
		signed = signed || len(auth) >= len(s) && strings.EqualFold(auth[:len(s)], s)
	}
	service := scope(auth)
	if !signed {
		q := r.URL.Query()
		service = scope(q.Get("X-Amz-Credential"))
		signed = q.Has("X-Amz-Signature") || q.Has("AWSAccessKeyId") || q.Has("OSSAccessKeyId") || r.Header.Get("X-Amz-Content-Sha256") != ""
	}
	object := service == "" || strings.HasPrefix(service, "s3")
	switch {
	case !signed:
		return Problem, false
	case object:
		return S3, true
	case kind == "application/x-www-form-urlencoded":
		return AWSQuery, true
	}
	return AWSJSON, true
}

// scope is the service in the scope of a credential, KEY/DATE/REGION/SERVICE/aws4_request,
// or "".
func scope(credential string) string {
	head, _, ok := strings.Cut(credential, "/aws4_request")
	if !ok {
		return ""
	}
	return head[strings.LastIndexByte(head, '/')+1:]
}

// status is what the form answers with: where the protocol has errors of its
// own, its clients take another status for a broken server.
func (form Form) status(f *Refusal) int {
	switch form {
	case GRPC, GRPCWeb, GRPCWebText, GitFetch, GitPush:
		return http.StatusOK
	}
	return Status(&f.Verdict)
}

// body renders the refusal and sets the headers that belong to the form.
func (form Form) body(f *Refusal, lang string, h http.Header) []byte {
	kind, told := "application/problem+json", contentLanguage[lang]
	var body []byte
	switch form {
	case Page:
		kind, told, body = "text/html; charset=utf-8", "zh-CN, en", page(f)
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Referrer-Policy", "no-referrer")
	case Plain:
		kind, body = "text/plain; charset=utf-8", plain(f, lang)
	case GitFetch:
		kind, body = "application/x-git-upload-pack-result", gitFetch(f, lang)
	case GitPush:
		kind, body = "application/x-git-receive-pack-result", gitPush(f, lang)
	case GRPC:
		kind, told = "application/grpc", ""
	case GRPCWeb, GRPCWebText:
		kind, told = "application/grpc-web+proto", ""
		if form == GRPCWebText {
			kind = "application/grpc-web-text+proto"
		}
		trailer := GRPCTrailer(*f)
		maps.Copy(h, trailer) // some clients read the head and some the frame
		body = grpcWeb(trailer, form == GRPCWebText)
	case S3, AWSQuery:
		kind, body = "application/xml", awsXML(f, form, lang)
		setRecord(h, "X-Amz-Request-Id", f)
	case AWSJSON:
		kind, body = "application/x-amz-json-1.1", problem(f, lang, form)
		h.Set("X-Amzn-Errortype", awsCode(Status(&f.Verdict), form))
		setRecord(h, "X-Amzn-Requestid", f)
	case JSON, NPM:
		kind, body = "application/json", problem(f, lang, form)
	default:
		body = problem(f, lang, form)
	}
	h.Set("Content-Type", kind)
	if told != "" {
		h.Set("Content-Language", told)
	}
	return body
}

func setRecord(h http.Header, name string, f *Refusal) {
	if f.RecordID != "" {
		h.Set(name, f.RecordID)
	}
}
