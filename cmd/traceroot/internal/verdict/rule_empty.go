package verdict

import "github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"

// wordless is how many tokens an answer without any text may have cost. More are text that was not captured.
const wordless = 8

// emptyAnswer finds a last answer in which the model said nothing and asked for nothing.
func emptyAnswer(v *view) *finding {
	i, _ := v.lastAnswer(func(call *store.Call) string {
		if call.Incomplete || len(call.Out) == 0 || !chats(call) {
			return ""
		}
		for _, sent := range call.Out {
			m := v.message(sent)
			if !m.known || m.role != "assistant" || m.media || len(m.calls) > 0 || m.said() != "" {
				return ""
			}
		}
		return "empty"
	})
	if i < 0 {
		return nil
	}
	usage := v.spans[i].Usage
	if usage == nil || usage.Estimated || usage.Output-usage.Reasoning > wordless {
		return nil
	}
	said := []Part{v.link(i), say(" answered without any text or tool call")}
	if usage.Reasoning > 0 {
		said = append(said, say(", after "+grouped(usage.Reasoning)+" tokens of reasoning"))
	}
	return &finding{status: Warning, head: "Empty answer.", explain: true, said: said}
}
