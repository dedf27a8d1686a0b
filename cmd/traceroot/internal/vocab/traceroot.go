package vocab

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
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
		f.call.In = split(f.a.str(attr.SpanInput))
		f.call.Out = split(f.a.str(attr.SpanOutput))
	}
	f.inAt(attr.SpanInput)
	f.inAt(attr.LLMPrompt)
	f.outAt(attr.SpanOutput)
}

// split gives the messages of a list as they were sent; none if one of its items is no message.
func split(list string) []store.Message {
	if !strings.HasPrefix(list, "[") {
		return nil
	}
	parsed, ok := parseJSON(list)
	if !ok {
		return nil
	}
	var messages []store.Message
	parsed.ForEach(func(_, item gjson.Result) bool {
		if ok = strings.HasPrefix(item.Raw, `{"role":"`); ok {
			messages = append(messages, store.NewMessage(item.Raw))
		}
		return ok
	})
	if !ok {
		return nil
	}
	return messages
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
