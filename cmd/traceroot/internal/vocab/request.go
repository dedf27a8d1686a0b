package vocab

import (
	"github.com/tidwall/gjson"
)

// parameterNames are the words for a model's parameters, in ours.
var parameterNames = map[string]string{
	"temperature": "temperature", "seed": "seed", "n": "n", "choice.count": "n",
	"top_p": "top_p", "topP": "top_p", "top_k": "top_k", "topK": "top_k",
	"max_tokens": "max_tokens", "maxTokens": "max_tokens", "max_output_tokens": "max_tokens", "maxOutputTokens": "max_tokens",
	"max_completion_tokens": "max_tokens",
	"stop":                  "stop", "stop_sequences": "stop", "stopSequences": "stop",
	"frequency_penalty": "frequency_penalty", "frequencyPenalty": "frequency_penalty",
	"presence_penalty": "presence_penalty", "presencePenalty": "presence_penalty",
	"reasoning_effort": "reasoning_effort", "reasoningEffort": "reasoning_effort",
	"response_format": "response_format", "tool_choice": "tool_choice", "parallel_tool_calls": "parallel_tool_calls",
	"service_tier": "service_tier", "dimensions": "dimensions", "encoding_format": "encoding_format", "encoding_formats": "encoding_format",
	"logprobs": "logprobs", "top_logprobs": "top_logprobs",
}

// requestParameters reads parameters that are attributes of their own.
func (f *facts) requestParameters(prefix string) {
	if f.span.Payload.Parameters != "" {
		return
	}
	o := object{dst: []byte{'{'}}
	for _, key := range f.under(prefix) {
		if name := parameterNames[key[len(prefix):]]; name != "" && f.a.has(key) {
			o.member(name)
			o.dst = appendValue(o.dst, f.a[key])
		}
	}
	if len(o.dst) > 1 {
		f.span.Payload.Parameters = string(append(o.dst, '}'))
	}
}

// parameters reads an object of parameters, in which other parts of a request may stand too.
func (f *facts) parameters(v gjson.Result) {
	if f.span.Payload.Parameters != "" || !v.IsObject() {
		return
	}
	o := object{dst: []byte{'{'}}
	v.ForEach(func(key, value gjson.Result) bool {
		if name := parameterNames[key.Str]; name != "" && given(value) {
			o.member(name)
			o.dst = appendNormal(o.dst, value.Raw)
		}
		return true
	})
	if len(o.dst) > 1 {
		f.span.Payload.Parameters = string(append(o.dst, '}'))
	}
}

// tools reads the tools that a model was offered, in the form of any provider. It reports whether all of them were read.
func (f *facts) tools(v gjson.Result, key string) bool {
	if f.span.Payload.Tools != "" || !v.IsArray() {
		return false
	}
	dst := []byte{'['}
	all := true
	eachOf(v, func(item gjson.Result) {
		before := len(dst)
		dst = nextItem(dst)
		var ok bool
		if dst, ok = appendTool(dst, item); !ok {
			dst, all = dst[:before], false
		}
	})
	if len(dst) == 1 {
		return false
	}
	f.span.Payload.Tools = string(append(dst, ']'))
	if all && key != "" {
		f.hold(key)
	}
	return all
}

// toolWrappers are members that hold the tool itself.
var toolWrappers = []string{"tool", "json_schema", "function", "toolSpec"}

func appendTool(dst []byte, v gjson.Result) ([]byte, bool) {
	for range maxNesting {
		if v.Type == gjson.String {
			v, _ = parseJSON(v.Str)
		}
		for _, wrapper := range toolWrappers {
			if inner := v.Get(wrapper); !v.Get("name").Exists() && inner.Exists() {
				v = inner
				break
			}
		}
	}
	name := fieldsOf(v).first("name", "type")
	if name.Type != gjson.String {
		return dst, false
	}
	o := object{dst: append(dst, '{')}
	o.text("name", name.Str)
	o.textIf("description", v.Get("description").Str)
	schema := fieldsOf(v).first("parameters", "input_schema", "inputSchema", "parameters_json_schema")
	if schema.Type == gjson.String {
		schema, _ = parseJSON(schema.Str)
	}
	if schema.IsObject() {
		o.member("parameters")
		o.dst = appendNormal(o.dst, schema.Raw)
	}
	return append(o.dst, '}'), true
}
