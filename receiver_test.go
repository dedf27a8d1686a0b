package traceroot_test

import (
	"compress/gzip"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

var quiet = slog.New(slog.DiscardHandler)

// receiver is a TraceRoot server as far as uploads go: it keeps what arrives.
type receiver struct {
	*httptest.Server

	mu       sync.Mutex
	requests []*http.Request             // guarded by mu
	data     []*tracepb.TracesData       // guarded by mu
	answers  []func(http.ResponseWriter) // given before it accepts, one each; guarded by mu
}

// newReceiver starts a server that first gives answers, then accepts everything.
func newReceiver(tb testing.TB, answers ...func(http.ResponseWriter)) *receiver {
	tb.Helper()
	r := &receiver{answers: answers}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	tb.Cleanup(r.Close)
	return r
}

// answer is an answer with that status and those headers.
func answer(status int, headers ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for pair := range slices.Chunk(headers, 2) {
			w.Header().Set(pair[0], pair[1])
		}
		w.WriteHeader(status)
	}
}

func (r *receiver) serve(w http.ResponseWriter, request *http.Request) {
	if request.URL.Path == "/api/live" { // as a server that knows nothing of it
		http.NotFound(w, request)
		return
	}
	data, err := decode(request)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = append(r.requests, request)
	if len(r.answers) > 0 {
		next := r.answers[0]
		r.answers = r.answers[1:]
		next(w)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.data = append(r.data, data)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"status":"ok","file_key":"events/otel/p/x.json"}`)
}

func decode(request *http.Request) (*tracepb.TracesData, error) {
	body, err := gzip.NewReader(request.Body)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	data := &tracepb.TracesData{}
	return data, proto.Unmarshal(raw, data)
}

// sent is a span as it arrived.
type sent struct {
	name, id, parent, trace string
	failure                 string // the status description of a failed span
	attributes              map[string]any
	events                  []map[string]any
	scope, scopeVersion     string
	resource                map[string]any
}

// spans are the spans that arrived, in the order in which they did.
func (r *receiver) spans() []sent {
	r.mu.Lock()
	defer r.mu.Unlock()
	var spans []sent
	for _, data := range r.data {
		for _, rs := range data.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				for _, s := range ss.Spans {
					span := sent{
						name: s.Name, id: hex.EncodeToString(s.SpanId), parent: hex.EncodeToString(s.ParentSpanId),
						trace: hex.EncodeToString(s.TraceId), attributes: plain(s.Attributes), scope: ss.Scope.GetName(),
						scopeVersion: ss.Scope.GetVersion(), resource: plain(rs.Resource.GetAttributes()),
					}
					if s.Status.GetCode() == tracepb.Status_STATUS_CODE_ERROR {
						span.failure = s.Status.Message
					}
					for _, e := range s.Events {
						span.events = append(span.events, plain(e.Attributes))
					}
					spans = append(spans, span)
				}
			}
		}
	}
	return spans
}

// uploads are the requests that came, failed ones included.
func (r *receiver) uploads() []*http.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// plain is attributes as Go values: string, bool, int64, float64 or []any.
func plain(attributes []*commonpb.KeyValue) map[string]any {
	values := map[string]any{}
	for _, kv := range attributes {
		values[kv.Key] = plainValue(kv.Value)
	}
	return values
}

func plainValue(v *commonpb.AnyValue) any {
	switch v := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return v.StringValue
	case *commonpb.AnyValue_BoolValue:
		return v.BoolValue
	case *commonpb.AnyValue_IntValue:
		return v.IntValue
	case *commonpb.AnyValue_DoubleValue:
		return v.DoubleValue
	case *commonpb.AnyValue_ArrayValue:
		list := []any{}
		for _, element := range v.ArrayValue.Values {
			list = append(list, plainValue(element))
		}
		return list
	default:
		return nil
	}
}
