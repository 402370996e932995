package refuse

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/datacustoms/customs/policy"
)

// Codes of gRPC.
const (
	grpcInvalidArgument   = 3
	grpcPermissionDenied  = 7
	grpcResourceExhausted = 8
	grpcUnavailable       = 14
)

// maxDetails bounds the details of a status: many clients take heads of 8 KiB.
const maxDetails = 3 << 10

// GRPCCode returns the gRPC status code of a refusal.
func GRPCCode(v *policy.Verdict) int {
	switch Status(v) {
	case http.StatusBadRequest:
		return grpcInvalidArgument
	case http.StatusRequestEntityTooLarge:
		return grpcResourceExhausted
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return grpcUnavailable
	}
	return grpcPermissionDenied
}

// GRPCTrailer returns the trailer that ends a gRPC call with a refusal:
// grpc-status, grpc-message and the details of google.rpc.Status.
func GRPCTrailer(f Refusal) http.Header {
	f.complete()
	message := line(&f, English)
	h := http.Header{}
	h.Set("Grpc-Status", strconv.Itoa(GRPCCode(&f.Verdict)))
	h.Set("Grpc-Message", percent(message))
	if b, err := proto.Marshal(details(&f, message)); err == nil {
		h.Set("Grpc-Status-Details-Bin", base64.RawStdEncoding.EncodeToString(b))
	}
	return h
}

// details puts the refusal into the messages that gRPC clients know: as many
// of them as there is room for, the most telling first.
func details(f *Refusal, message string) *status.Status {
	doc := describe(f, English)
	about := map[string]string{"action": doc.Action, "reasons": cut(strings.Join(codes(&f.Verdict), ","), 500)}
	for k, v := range map[string]string{"record": f.RecordID, "ticket": f.Ticket, "filing": doc.Filing, "need": doc.Need} {
		if v != "" {
			about[k] = v
		}
	}
	parts := []proto.Message{&errdetails.ErrorInfo{Reason: string(f.Verdict.Reasons[0].Code), Domain: "datacustoms", Metadata: about}}
	if s := f.retryAfter(); s > 0 {
		parts = append(parts, &errdetails.RetryInfo{RetryDelay: durationpb.New(time.Duration(s) * time.Second)})
	}
	help := &errdetails.Help{}
	for i, m := range append(doc.Remedies, doc.Next...) {
		if i < 4 {
			help.Links = append(help.Links, &errdetails.Help_Link{Description: m, Url: doc.Type})
		}
	}
	if len(help.Links) > 0 {
		parts = append(parts, help)
	}
	for _, lang := range []string{Chinese, English} {
		d := describe(f, lang)
		parts = append(parts, &errdetails.LocalizedMessage{Locale: contentLanguage[lang], Message: d.Title + ": " + d.Detail})
	}
	s := &status.Status{Code: int32(GRPCCode(&f.Verdict)), Message: message}
	for _, p := range parts {
		if a, err := anypb.New(p); err == nil && proto.Size(s)+proto.Size(a) < maxDetails {
			s.Details = append(s.Details, a)
		}
	}
	return s
}

// percent encodes a text for grpc-message.
func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '%' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// grpcWeb is the trailer as the one frame of a grpc-web answer.
func grpcWeb(trailer http.Header, text bool) []byte {
	var lines strings.Builder
	for _, k := range []string{"Grpc-Status", "Grpc-Message", "Grpc-Status-Details-Bin"} {
		fmt.Fprintf(&lines, "%s: %s\r\n", strings.ToLower(k), trailer.Get(k))
	}
	frame := binary.BigEndian.AppendUint32([]byte{0x80}, uint32(lines.Len()))
	frame = append(frame, lines.String()...)
	if text {
		return []byte(base64.StdEncoding.EncodeToString(frame))
	}
	return frame
}
