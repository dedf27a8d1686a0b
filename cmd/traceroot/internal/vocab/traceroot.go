package vocab

import (
	"github.com/traceroot-ai/traceroot-go/attr"
)

// ownSDK is what our SDK calls itself. The messages of the model calls that it saw on the wire are in our form already.
const ownSDK = "traceroot-go"

// ownWords reads what TraceRoot's own SDKs say.
func ownWords(f *facts) {
	f.json(&f.span.Payload.Parameters, attr.LLMModelParameters)
	f.json(&f.span.Payload.Tools, attr.LLMTools)
	f.text(&f.call.RequestID, attr.LLMRequestID)
	if complete, sent := f.a[attr.LLMComplete].(bool); sent && !complete {
		f.call.Incomplete = true
	}
	if !f.llm() {
		return
	}
	if f.a.str(attr.SDKName) == ownSDK && f.a.has(attr.GenAIProviderName) {
		f.call.In = split(f.a.str(attr.SpanInput), *f.before)
		f.call.Out = split(f.a.str(attr.SpanOutput), nil)
		*f.before = f.call.In
	}
	f.inAt(attr.SpanInput)
	f.inAt(attr.LLMPrompt)
	f.outAt(attr.SpanOutput)
}

// json fills a column of JSON with an attribute that holds such.
func (f *facts) json(column *string, key string) {
	if *column != "" {
		return
	}
	if _, ok := parseJSON(f.a.str(key)); ok {
		*column = f.a.str(key)
		f.hold(key)
	}
}
