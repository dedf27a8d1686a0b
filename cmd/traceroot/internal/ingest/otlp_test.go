package ingest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
)

func TestOTLPAccepted(t *testing.T) {
	t.Parallel()
	request := requestOf(spanNamed("agent"))
	inProtobuf, inJSON := marshal(t, request), otlpJSON(t, request)
	for _, tt := range []struct {
		name, contentType, encoding string
		body                        []byte
		want                        string
	}{
		{"protobuf", protobuf, "", inProtobuf, ""},
		{"protobuf, gzip", protobuf, "gzip", pack(t, inProtobuf), ""},
		{"protobuf, zstd", protobuf, "zstd", packZstd(t, inProtobuf), ""},
		{"protobuf, deflate", protobuf, "deflate", packZlib(t, inProtobuf), ""},
		{"JSON", jsonType + "; charset=utf-8", "identity", inJSON, "{}\n"},
		{"JSON, gzip", jsonType, "gzip", pack(t, inJSON), "{}\n"},
		{"JSON, zstd", jsonType, "zstd", packZstd(t, inJSON), "{}\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var sink kept
			url := serve(t, ingest.Config{Sink: &sink}) + ingest.OTLPPath
			got := post(t, url, bytes.NewReader(tt.body), "Content-Type", tt.contentType, "Content-Encoding", tt.encoding)
			if got.status != http.StatusOK || string(got.body) != tt.want || sink.names() != "agent" {
				t.Errorf("status %d %q, kept %q; want 200, %q and the span", got.status, got.body, sink.names(), tt.want)
			}
			if asked, answered := tt.contentType[:16], got.header.Get("Content-Type"); asked[:16] != answered[:16] {
				t.Errorf("asked in %s, answered in %s", asked, answered)
			}
		})
	}
	t.Run("no spans at all is an empty protobuf message", func(t *testing.T) {
		t.Parallel()
		got := post(t, serve(t, ingest.Config{Sink: &kept{}})+ingest.OTLPPath, nil, "Content-Type", protobuf)
		if got.status != http.StatusOK {
			t.Errorf("status %d, want 200", got.status)
		}
	})
}

func TestOTLPPartialSuccess(t *testing.T) {
	t.Parallel()
	bad := spanNamed("bad")
	bad.TraceId = nil
	request := requestOf(bad, spanNamed("good"))
	url := serve(t, ingest.Config{Sink: &kept{}}) + ingest.OTLPPath
	const why = `1 refused: span 1 "bad" (id cdcdcdcdcdcdcdcd): no valid trace id`

	var reply coltracepb.ExportTraceServiceResponse
	got := post(t, url, bytes.NewReader(marshal(t, request)), "Content-Type", protobuf)
	if err := proto.Unmarshal(got.body, &reply); err != nil {
		t.Fatal(err)
	}
	if part := reply.GetPartialSuccess(); part.GetRejectedSpans() != 1 || part.GetErrorMessage() != why {
		t.Errorf("protobuf: %v, want 1 span rejected because %s", part, why)
	}

	got = post(t, url, bytes.NewReader(otlpJSON(t, request)), "Content-Type", jsonType)
	want := map[string]any{"partialSuccess": map[string]any{"rejectedSpans": "1", "errorMessage": why}}
	if members := got.members(t); fmt.Sprint(members) != fmt.Sprint(want) {
		t.Errorf("JSON: %v, want %v", members, want)
	}
}

func TestOTLPRefused(t *testing.T) {
	t.Parallel()
	url := serve(t, ingest.Config{Sink: &kept{err: ingest.ErrBusy}, Limits: ingest.Limits{BodyBytes: 1 << 10, UnpackedBytes: 1 << 12}}) + ingest.OTLPPath
	good := encode(t, spanNamed("agent"))
	for _, tt := range []struct {
		name, contentType, encoding string
		body                        []byte
		status, code                int
		answered                    string
	}{
		{"no type", "", "", good, 415, 12, jsonType},
		{"another type", "text/plain", "", good, 415, 12, jsonType},
		{"another encoding", protobuf, "br", good, 415, 12, protobuf},
		{"not protobuf", protobuf, "", []byte("hello"), 400, 3, protobuf},
		{"not JSON", jsonType, "", []byte("hello"), 400, 3, jsonType},
		{"JSON that is no object", jsonType, "", []byte("[]"), 400, 3, jsonType},
		{"empty JSON", jsonType, "", nil, 400, 3, jsonType},
		{"not gzip", jsonType, "gzip", []byte("hello"), 400, 3, jsonType},
		{"too large", protobuf, "", make([]byte, 1<<11), 413, 8, protobuf},
		{"too large unpacked", protobuf, "gzip", pack(t, make([]byte, 1<<13)), 413, 8, protobuf},
		{"too large unpacked by zstd", protobuf, "zstd", packZstd(t, make([]byte, 1<<13)), 413, 8, protobuf},
		{"busy", protobuf, "", good, 429, 8, protobuf},
		{"busy, in JSON", jsonType, "", otlpJSON(t, requestOf(spanNamed("agent"))), 429, 8, jsonType},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := post(t, url, bytes.NewReader(tt.body), "Content-Type", tt.contentType, "Content-Encoding", tt.encoding)
			if got.status != tt.status || got.header.Get("Content-Type") != tt.answered {
				t.Fatalf("status %d in %s, want %d in %s", got.status, got.header.Get("Content-Type"), tt.status, tt.answered)
			}
			code, message, delay := status(t, got)
			if code != tt.code || message == "" {
				t.Errorf("google.rpc.Status has code %d and message %q, want code %d", code, message, tt.code)
			}
			if retry := tt.status == http.StatusTooManyRequests; (delay == "1s") != retry || (got.header.Get("Retry-After") == "1") != retry {
				t.Errorf("retry delay %q, Retry-After %q", delay, got.header.Get("Retry-After"))
			}
		})
	}
}

// status reads a google.rpc.Status with at most a RetryInfo.
func status(t *testing.T, got reply) (code int, message, delay string) {
	t.Helper()
	if got.header.Get("Content-Type") == jsonType {
		var status struct {
			Code    int
			Message string
			Details []struct {
				Type       string `json:"@type"`
				RetryDelay string
			}
		}
		if err := json.Unmarshal(got.body, &status); err != nil {
			t.Fatal(err)
		}
		for _, detail := range status.Details {
			delay = detail.RetryDelay
		}
		return status.Code, status.Message, delay
	}
	for rest := got.body; len(rest) > 0; {
		field, wireType, n := protowire.ConsumeTag(rest)
		size := protowire.ConsumeFieldValue(field, wireType, rest[n:])
		if n < 0 || size < 0 {
			t.Fatalf("answer %q is no message", got.body)
		}
		value := rest[n : n+size]
		switch int(field) {
		case 1:
			number, _ := protowire.ConsumeVarint(value)
			code = int(number)
		case 2:
			text, _ := protowire.ConsumeBytes(value)
			message = string(text)
		case 3:
			detail, _ := protowire.ConsumeBytes(value)
			delay = retryDelay(t, detail)
		}
		rest = rest[n+size:]
	}
	return code, message, delay
}

// retryDelay reads an Any that holds a RetryInfo.
func retryDelay(t *testing.T, detail []byte) string {
	t.Helper()
	var packed anypb.Any
	if err := proto.Unmarshal(detail, &packed); err != nil {
		t.Fatal(err)
	}
	if packed.GetTypeUrl() != "type.googleapis.com/google.rpc.RetryInfo" {
		t.Fatalf("detail of type %s", packed.GetTypeUrl())
	}
	return retryInfo(t, packed.GetValue())
}

func retryInfo(t *testing.T, message []byte) string {
	t.Helper()
	var delay durationpb.Duration
	inner, n := protowire.ConsumeBytes(message[1:])
	if n < 0 || proto.Unmarshal(inner, &delay) != nil {
		t.Fatalf("%q is no RetryInfo", message)
	}
	return delay.AsDuration().String()
}

func packZstd(tb testing.TB, body []byte) []byte {
	tb.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return w.EncodeAll(body, nil)
}

func packZlib(tb testing.TB, body []byte) []byte {
	tb.Helper()
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(body); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return packed.Bytes()
}
