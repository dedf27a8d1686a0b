package vocab

import "slices"

// dialects are the vocabularies that we know, in the order in which they are asked: what one says, those after it do not
// change. A new one is a file with its reader and a line here.
var dialects = []struct {
	read func(*facts)
	of   []string // how its keys begin; it is asked about spans that have such a key, and about all if it names none
}{
	{exported, []string{callMessages}},
	{ownWords, []string{namespace}},
	{vercelAI, []string{"ai.", "operation.name"}},
	{logfire, []string{"logfire.", "pydantic_ai.", "all_messages_events", "events", "request_data", "agent_name", "model_request_parameters"}},
	{openInference, []string{"openinference.", "llm.", "input.", "output.", "tool.", "tool_call.", "embedding.", "retrieval.", "reranker."}},
	{traceloop, []string{"traceloop.", "llm.", "gen_ai.prompt.", "gen_ai.completion."}},
	{genAI, []string{"gen_ai."}},
	{genAIEvents, nil},
	{plainSpan, nil},
}

func (f *facts) readDialects() {
	for _, d := range dialects {
		if d.of == nil || slices.ContainsFunc(d.of, f.has) {
			d.read(f)
		}
	}
}
