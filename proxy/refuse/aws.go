package refuse

import (
	"bytes"
	"encoding/xml"
	"net/http"
)

// awsError is the error document of object stores. It names no resource: that
// would be the client's own text.
type awsError struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	RequestID string `xml:"RequestId,omitempty"`
}

// awsResponse is that of the services that answer queries.
type awsResponse struct {
	XMLName xml.Name `xml:"ErrorResponse"`
	Error   struct {
		Type, Code, Message string
	}
	RequestID string `xml:"RequestId,omitempty"`
}

// awsCode is the error code nearest to a status: clients retry by it, so it
// must be one that they know. The reason code stands in the message.
func awsCode(status int, service Form) string {
	switch status {
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		return "ServiceUnavailable"
	case http.StatusRequestEntityTooLarge:
		if service == S3 {
			return "EntityTooLarge"
		}
		return "RequestEntityTooLarge"
	case http.StatusBadRequest:
		return "InvalidRequest"
	}
	if service == AWSJSON {
		return "AccessDeniedException"
	}
	return "AccessDenied"
}

// awsXML gives the refusal as S3 or a query service would.
func awsXML(f *Refusal, form Form, lang string) []byte {
	code, message := awsCode(Status(&f.Verdict), form), awsMessage(f, lang)
	var doc any = awsError{Code: code, Message: message, RequestID: f.RecordID}
	if form == AWSQuery {
		r := awsResponse{RequestID: f.RecordID}
		r.Error.Type, r.Error.Code, r.Error.Message = "Sender", code, message
		doc = r
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(doc); err != nil {
		panic("refuse: a document of texts cannot be encoded: " + err.Error())
	}
	return append(b.Bytes(), '\n')
}

// awsMessage is what these clients print: the line, and what to do.
func awsMessage(f *Refusal, lang string) string {
	out := line(f, lang)
	if r := describe(f, lang).Remedies; len(r) > 0 {
		out += " - " + r[0]
	}
	return cut(out, 1000)
}
