package ingest_test

import (
	"encoding/hex"
	"math"
	"time"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// reference reads a request by way of the generated code, which is what protobuf is. It keeps spans as the decoder does.
func reference(request *coltracepb.ExportTraceServiceRequest) []vocab.RawSpan {
	var spans []vocab.RawSpan
	for _, resource := range request.GetResourceSpans() {
		shared := referenceAttributes(resource.GetResource().GetAttributes())
		if resource.GetResource() == nil {
			shared = nil
		}
		for _, scope := range resource.GetScopeSpans() {
			for _, sent := range scope.GetSpans() {
				span := referenceSpan(sent)
				span.Resource, span.Scope, span.ScopeVersion = shared, scope.GetScope().GetName(), scope.GetScope().GetVersion()
				if whole(&span) {
					spans = append(spans, span)
				}
			}
		}
	}
	return spans
}

func whole(span *vocab.RawSpan) bool {
	plausible := func(t time.Time) bool { return t.Year() >= 2000 && t.Year() < 2100 }
	return len(span.TraceID) == 32 && len(span.SpanID) == 16 && (span.ParentSpanID == "" || len(span.ParentSpanID) == 16) &&
		plausible(span.Start) && (span.End.IsZero() || plausible(span.End))
}

func referenceSpan(sent *tracepb.Span) vocab.RawSpan {
	span := vocab.RawSpan{
		TraceID:       referenceID(sent.GetTraceId()),
		SpanID:        referenceID(sent.GetSpanId()),
		ParentSpanID:  referenceID(sent.GetParentSpanId()),
		Name:          sent.GetName(),
		Start:         referenceTime(sent.GetStartTimeUnixNano()),
		End:           referenceTime(sent.GetEndTimeUnixNano()),
		Failed:        sent.GetStatus().GetCode() == tracepb.Status_STATUS_CODE_ERROR,
		StatusMessage: sent.GetStatus().GetMessage(),
		Attributes:    referenceAttributes(sent.GetAttributes()),
	}
	for _, event := range sent.GetEvents() {
		span.Events = append(span.Events, vocab.Event{
			Name: event.GetName(), Time: referenceTime(event.GetTimeUnixNano()), Attributes: referenceAttributes(event.GetAttributes()),
		})
	}
	for _, link := range sent.GetLinks() {
		span.Links = append(span.Links, vocab.Link{
			TraceID: referenceID(link.GetTraceId()), SpanID: referenceID(link.GetSpanId()), Attributes: referenceAttributes(link.GetAttributes()),
		})
	}
	return span
}

func referenceID(b []byte) string {
	for _, octet := range b {
		if octet != 0 {
			return hex.EncodeToString(b[:min(len(b), 64)])
		}
	}
	return ""
}

func referenceTime(unixNano uint64) time.Time {
	if unixNano == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(min(unixNano, math.MaxInt64))).UTC()
}

func referenceAttributes(sent []*commonpb.KeyValue) vocab.Attributes {
	all := make(vocab.Attributes, len(sent))
	for _, kv := range sent {
		all[kv.GetKey()] = referenceValue(kv.GetValue())
	}
	return all
}

func referenceValue(sent *commonpb.AnyValue) any {
	switch v := sent.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return v.StringValue
	case *commonpb.AnyValue_BoolValue:
		return v.BoolValue
	case *commonpb.AnyValue_IntValue:
		return v.IntValue
	case *commonpb.AnyValue_DoubleValue:
		return referenceNumber(v.DoubleValue)
	case *commonpb.AnyValue_ArrayValue:
		list := make([]any, len(v.ArrayValue.GetValues()))
		for i, item := range v.ArrayValue.GetValues() {
			list[i] = referenceValue(item)
		}
		return list
	case *commonpb.AnyValue_KvlistValue:
		return map[string]any(referenceAttributes(v.KvlistValue.GetValues()))
	}
	return nil
}

func referenceNumber(f float64) any {
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
