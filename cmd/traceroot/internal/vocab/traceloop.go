package vocab

import "github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"

// traceloop reads OpenLLMetry's words: those for workflows, and those for model calls that stood before OpenTelemetry's.
func traceloop(f *facts) {
	switch f.a.str("traceloop.span.kind") {
	case "agent":
		f.kind(store.KindAgent)
	case "tool":
		f.kind(store.KindTool)
	case "workflow", "task":
		f.kind(store.KindSpan)
	}
	switch f.a.str("llm.request.type") {
	case "chat", "completion", "embedding":
		f.kind(store.KindLLM)
	}
	if name := f.a.str("traceloop.entity.name"); f.tool() && name != "" && f.a.text(toolKeys...) == "" {
		f.span.Name = name
	}
	f.captured(&f.span.Input, "traceloop.entity.input")
	f.captured(&f.span.Output, "traceloop.entity.output")
	f.streaming("llm.is_streaming")
	f.text(&f.call.Operation, "gen_ai.operation.name", "llm.request.type")
	if f.tools(f.tree("llm.request.functions."), "llm.request.functions.") {
		f.hold("llm.request.functions.")
	}
	if f.llm() {
		f.inBelow("gen_ai.prompt.")
		f.outBelow("gen_ai.completion.")
		f.inBelow("llm.prompts.")
		f.outBelow("llm.completions.")
	}
}
