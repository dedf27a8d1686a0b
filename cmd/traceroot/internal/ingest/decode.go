package ingest

import (
	"encoding/hex"
	"math"
	"time"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// decode reads an export request. A span that has no valid ids or no start time is skipped and counted; it costs the
// others nothing.
func decode(body []byte) (raws []vocab.RawSpan, skipped int, err error) {
	var request coltracepb.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &request); err != nil {
		return nil, 0, err
	}
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, sent := range scope.GetSpans() {
				raw, ok := rawSpan(sent, scope.GetScope().GetName())
				if !ok {
					skipped++
					continue
				}
				raws = append(raws, raw)
			}
		}
	}
	return raws, skipped, nil
}

func rawSpan(sent *tracepb.Span, scope string) (raw vocab.RawSpan, ok bool) {
	raw = vocab.RawSpan{
		TraceID:       id(sent.GetTraceId()),
		SpanID:        id(sent.GetSpanId()),
		ParentSpanID:  id(sent.GetParentSpanId()),
		Scope:         scope,
		Name:          sent.GetName(),
		Start:         instant(sent.GetStartTimeUnixNano()),
		End:           instant(sent.GetEndTimeUnixNano()),
		Failed:        sent.GetStatus().GetCode() == tracepb.Status_STATUS_CODE_ERROR,
		StatusMessage: sent.GetStatus().GetMessage(),
		Attributes:    attributes(sent.GetAttributes()),
	}
	for _, event := range sent.GetEvents() {
		raw.Events = append(raw.Events, vocab.Event{Name: event.GetName(), Attributes: attributes(event.GetAttributes())})
	}
	return raw, len(raw.TraceID) == 32 && len(raw.SpanID) == 16 && !raw.Start.IsZero()
}

// id is empty for bytes that are all zero: OpenTelemetry's way to say that there is none.
func id(b []byte) string {
	for _, octet := range b {
		if octet != 0 {
			return hex.EncodeToString(b)
		}
	}
	return ""
}

// instant is the zero time for 0, and for times that no clock shows.
func instant(unixNano uint64) time.Time {
	if unixNano == 0 || unixNano > math.MaxInt64 {
		return time.Time{}
	}
	return time.Unix(0, int64(unixNano)).UTC()
}

// attributes keeps the last of several values under one key.
func attributes(sent []*commonpb.KeyValue) vocab.Attributes {
	all := make(vocab.Attributes, len(sent))
	for _, kv := range sent {
		all[kv.GetKey()] = value(kv.GetValue())
	}
	return all
}

func value(sent *commonpb.AnyValue) any {
	switch v := sent.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return v.StringValue
	case *commonpb.AnyValue_BoolValue:
		return v.BoolValue
	case *commonpb.AnyValue_IntValue:
		return v.IntValue
	case *commonpb.AnyValue_DoubleValue:
		return finite(v.DoubleValue)
	case *commonpb.AnyValue_ArrayValue:
		list := make([]any, len(v.ArrayValue.GetValues()))
		for i, item := range v.ArrayValue.GetValues() {
			list[i] = value(item)
		}
		return list
	case *commonpb.AnyValue_KvlistValue:
		return map[string]any(attributes(v.KvlistValue.GetValues()))
	}
	return nil // bytes, which no column holds
}

// finite writes what JSON has no number for as the SDKs do.
func finite(f float64) any {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return f
}
