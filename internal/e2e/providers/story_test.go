package providers_test

// The story that every client tells, in its own types: somebody asks where an order is, and in its longer form a tool has
// told of one order and the model asks for the next.
const (
	system   = "Be brief."
	question = "Where is order 1042?"

	toolName   = "find_order"
	toolAbout  = "Finds an order."
	toolCallID = "call_1"
	toolResult = "shipped"

	temperature = 0.25
	maxTokens   = 64

	firstWords  = "It has "
	secondWords = "shipped."
	wholeAnswer = firstWords + secondWords
)

// toolSchema is what the tool takes, as JSON schema.
func toolSchema() map[string]any {
	return map[string]any{"type": "object", "properties": map[string]any{"number": map[string]any{"type": "integer"}}}
}

// toolArguments are those of the call that has been answered.
func toolArguments() map[string]any { return map[string]any{"number": 1042} }

func toolArgumentsText() string { return `{"number":1042}` }

// prompt is one of the story's two forms.
type prompt struct {
	body  string // in the provider's wire format, for clients whose types read it
	tools bool   // the longer one
}

// The story as spans show it.
const (
	inputShown     = `[{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"}]`
	toolInputShown = `[{"role":"system","content":"Be brief."},{"role":"user","content":"Where is order 1042?"},
		{"role":"assistant","content":[],"tool_calls":[{"id":"call_1","name":"find_order","arguments":{"number":1042}}]},
		{"role":"tool","tool_call_id":"call_1","content":"shipped"}]`
	toolsShown = `[{"name":"find_order","description":"Finds an order.",
		"parameters":{"type":"object","properties":{"number":{"type":"integer"}}}}]`
	outputShown     = `[{"role":"assistant","content":"It has shipped."}]`
	toolOutputShown = `[{"role":"assistant","content":[],
		"tool_calls":[{"id":"call_2","name":"find_order","arguments":{"number":1043}}]}]`
	beginningShown = `[{"role":"assistant","content":"It has "}]`
)
