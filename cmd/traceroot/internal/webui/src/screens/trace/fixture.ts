// A model call as a Go test fixture: a server that gives the recorded answer, and the test around it.
import type { Message, Span } from "../../wire";

export function fixtureOf(span: Span, messages: Message[], answers: Message[], name: string): string {
  const test = name.replace(/(^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, __, c: string) => c.toUpperCase()).replace(/[^A-Za-z0-9]/g, "") || "Recorded";
  const messagesJson = JSON.stringify(messages.map(bare), null, "\t");
  const answerJson = JSON.stringify(answers.map(bare), null, "\t");
  return `package agent_test

import (
	"encoding/json"
	"testing"
)

// Recorded from span ${span.id} of trace ${span.trace}, model ${span.model ?? "unknown"}, ${span.start}.
const (
	recordedMessages = ${goString(messagesJson)}

	recordedAnswer = ${goString(answerJson)}
)

func Test${test}(t *testing.T) {
	t.Parallel()
	var messages, answer []struct {
		Role      string          \`json:"role"\`
		Content   json.RawMessage \`json:"content"\`
		ToolCalls []struct {
			ID        string          \`json:"id"\`
			Name      string          \`json:"name"\`
			Arguments json.RawMessage \`json:"arguments"\`
		} \`json:"tool_calls"\`
	}
	if err := json.Unmarshal([]byte(recordedMessages), &messages); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(recordedAnswer), &answer); err != nil {
		t.Fatal(err)
	}
	// Give messages to the agent, and answer as what its model says next.
}
`;
}

const bare = ({ role, name, toolCallId, content, tool_calls }: Message) => ({ role, name, tool_call_id: toolCallId, content, tool_calls });

// goString is a raw string literal; what one cannot hold stands in interpreted ones.
function goString(text: string): string {
  if (!/[`\r\u0000]/.test(text)) return `\`${text}\``;
  return text.split("`").map((part) => (part.includes("\r") || part.includes("\u0000") ? JSON.stringify(part) : `\`${part}\``)).join(' + "`" + ');
}
