package ingest

import (
	"net/http"
	"strconv"
	"time"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// OTLP answers POST requests to [OTLPPath] as the OTLP specification says, in protobuf or in JSON as it was asked: with
// an ExportTraceServiceResponse, or with the google.rpc.Status of a failure.
func (s *Server) OTLP() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		accepted, err := s.takeOTLP(w, r)
		asked := contentType(r)
		if err != nil {
			refused := s.refused(r, err)
			refused.setRetryAfter(w.Header())
			answerStatus(w, asked, refused)
			return
		}
		answerExport(w, asked, accepted)
	})
}

func (s *Server) takeOTLP(w http.ResponseWriter, r *http.Request) (Accepted, error) {
	if err := onlyPOST(w, r); err != nil {
		return Accepted{}, err
	}
	var decode func(*decoder, []byte) error
	switch got := contentType(r); got {
	case typeProtobuf:
		decode = (*decoder).protobuf
	case typeJSON:
		decode = (*decoder).json
	default:
		return Accepted{}, unsupportedType(got, typeProtobuf+" or "+typeJSON)
	}
	held := s.budget.share()
	defer held.release()
	sent, err := s.readBody(w, r, held)
	if err != nil {
		return Accepted{}, err
	}
	if len(sent.bytes) == 0 {
		sent.encoding = "" // no spans in protobuf, and nothing at all in an encoding
	}
	return s.take(r, sent, decode, held)
}

func answerExport(w http.ResponseWriter, asked string, accepted Accepted) {
	if asked == typeJSON {
		type partialSuccess struct {
			RejectedSpans string `json:"rejectedSpans"`
			ErrorMessage  string `json:"errorMessage"`
		}
		var reply struct {
			PartialSuccess *partialSuccess `json:"partialSuccess,omitempty"`
		}
		if accepted.Rejected > 0 {
			reply.PartialSuccess = &partialSuccess{strconv.Itoa(accepted.Rejected), accepted.Reason}
		}
		answerJSON(w, http.StatusOK, reply)
		return
	}
	encoded, _ := proto.Marshal(exportReply(accepted)) // its texts are valid UTF-8: it cannot fail
	answerProtobuf(w, http.StatusOK, encoded)
}

// exportReply has a partial success only where there is one: senders warn of it.
func exportReply(accepted Accepted) *coltracepb.ExportTraceServiceResponse {
	reply := &coltracepb.ExportTraceServiceResponse{}
	if accepted.Rejected > 0 {
		reply.PartialSuccess = &coltracepb.ExportTracePartialSuccess{
			RejectedSpans: int64(accepted.Rejected),
			ErrorMessage:  accepted.Reason,
		}
	}
	return reply
}

func answerStatus(w http.ResponseWriter, asked string, refused *refusal) {
	status, code := otlpStatus(refused)
	if asked == typeProtobuf {
		answerProtobuf(w, status, statusMessage(code, refused))
		return
	}
	type detail struct {
		Type       string `json:"@type"`
		RetryDelay string `json:"retryDelay"`
	}
	reply := struct {
		Code    int      `json:"code"`
		Message string   `json:"message"`
		Details []detail `json:"details,omitempty"`
	}{Code: int(code), Message: refused.detail}
	if refused.retryAfter > 0 {
		seconds := strconv.FormatFloat(refused.retryAfter.Seconds(), 'f', -1, 64) + "s"
		reply.Details = []detail{{retryInfoURL, seconds}}
	}
	answerJSON(w, status, reply)
}

func answerProtobuf(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", typeProtobuf)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the sender is gone; nobody is left to tell
}

// code is a status code of gRPC, which google.rpc.Status has too.
type code uint32

const (
	codeInvalidArgument   code = 3
	codeResourceExhausted code = 8
	codeUnimplemented     code = 12
	codeUnavailable       code = 14
)

// otlpStatus is a refusal in OTLP's terms. Its exporters do not come again after a 500, as the platform's SDKs do: to
// them, storage that failed is unavailable.
func otlpStatus(refused *refusal) (status int, c code) {
	switch refused.status {
	case http.StatusTooManyRequests, http.StatusRequestEntityTooLarge:
		return refused.status, codeResourceExhausted
	case http.StatusServiceUnavailable, http.StatusInternalServerError:
		return http.StatusServiceUnavailable, codeUnavailable
	case http.StatusMethodNotAllowed, http.StatusUnsupportedMediaType:
		return refused.status, codeUnimplemented
	}
	return refused.status, codeInvalidArgument
}

const retryInfoURL = "type.googleapis.com/google.rpc.RetryInfo"

// statusMessage encodes a google.rpc.Status. Its generated code would bring a large module for three fields.
func statusMessage(c code, refused *refusal) []byte {
	message := protowire.AppendTag(nil, 1, protowire.VarintType)
	message = protowire.AppendVarint(message, uint64(c))
	message = appendField(message, 2, []byte(refused.detail))
	if refused.retryAfter > 0 {
		packed := appendField(nil, 1, []byte(retryInfoURL))
		packed = appendField(packed, 2, retryInfo(refused.retryAfter))
		message = appendField(message, 3, packed)
	}
	return message
}

// retryInfo encodes a google.rpc.RetryInfo: one field, a google.protobuf.Duration.
func retryInfo(delay time.Duration) []byte {
	duration := protowire.AppendTag(nil, 1, protowire.VarintType)
	duration = protowire.AppendVarint(duration, uint64(delay/time.Second)) //nolint:gosec // one of our own, above zero
	return appendField(nil, 1, duration)
}

func appendField(message []byte, field protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(message, field, protowire.BytesType), value)
}
