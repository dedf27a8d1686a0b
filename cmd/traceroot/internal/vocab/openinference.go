package vocab

import (
	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// openInference reads Arize's conventions, which TraceRoot's TypeScript SDK speaks too.
func openInference(f *facts) {
	if f.a.str(openInferenceKind) == "EMBEDDING" {
		f.embeds, f.call.Operation = true, "embeddings"
	}
	f.text(&f.call.Provider, "llm.provider", "llm.system")
	f.text(&f.call.ToolCallID, "tool_call.id", "tool.id")
	f.text(&f.span.Model, "embedding.model_name", "reranker.model_name")
	asked := f.value("llm.invocation_parameters")
	f.parameters(asked)
	f.span.Streaming = f.span.Streaming || asked.Get("stream").Bool()
	if reason := f.a.text("llm.finish_reason"); reason != "" {
		f.finished([]string{reason})
	}
	if f.tools(f.tree("llm.tools."), "llm.tools.") {
		f.hold("llm.tools.")
	}
	if f.llm() {
		if f.has("llm.input_messages.") && f.call.Operation == "" && f.a.text(attr.GenAIOperationName) == "" {
			f.call.Operation = "chat"
		}
		f.inBelow("llm.input_messages.")
		f.outBelow("llm.output_messages.")
		f.inBelow("llm.prompts.")
		f.outBelow("llm.choices.")
		if f.embeds {
			f.in(texted(f.tree("embedding.embeddings."), "embedding.text"))
		}
		f.inAt(inputValue)
		f.outAt(outputValue)
	}
	f.found()
}

// found gives a retrieval the documents that it found as its output.
func (f *facts) found() {
	for _, prefix := range []string{"retrieval.documents.", "reranker.output_documents."} {
		documents := f.tree(prefix)
		if f.span.Output != nil || !documents.IsArray() {
			continue
		}
		f.span.Output = new(unwrapped(documents, "document"))
		f.hold(prefix)
	}
}

// unwrapped is the list of what items hold under one name.
func unwrapped(list gjson.Result, name string) string {
	dst := []byte{'['}
	eachOf(list, func(item gjson.Result) {
		dst = nextItem(dst)
		if inner := item.Get(name); inner.Exists() {
			item = inner
		}
		dst = append(dst, item.Raw...)
	})
	return string(append(dst, ']'))
}

// texted is the list of the texts that items hold at path.
func texted(list gjson.Result, path string) gjson.Result {
	if !list.IsArray() {
		return gjson.Result{}
	}
	dst := []byte{'['}
	eachOf(list, func(item gjson.Result) {
		text := item.Get(path)
		if text.Type != gjson.String {
			text = item.Get("embedding").Get("text")
		}
		if text.Type != gjson.String {
			return
		}
		dst = nextItem(dst)
		dst = appendText(dst, text.Str)
	})
	return gjson.ParseBytes(append(dst, ']'))
}
