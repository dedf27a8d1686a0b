package providers_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
)

const (
	bedrockModel    = "anthropic.claude-sonnet-4-5-v1:0"
	bedrockRefusal  = `{"message":"The model does not exist."}`
	bedrockOverload = `{"message":"Slow down."}`
	bedrockRefused  = "ResourceNotFoundException: The model does not exist."
	bedrockBusy     = "ThrottlingException: Slow down."
)

var bedrockConverse = wire{
	provider: "aws.bedrock", operation: "chat", model: bedrockModel,

	answer:   says(converseAnswer(`{"text":"It has shipped."}`, "end_turn")),
	toolCall: says(converseAnswer(`{"toolUse":{"toolUseId":"call_2","name":"find_order","input":{"number":1043}}}`, "tool_use")),
	stream: frames(
		frame{"messageStart", `{"role":"assistant"}`},
		frame{"contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"It has "}}`},
		frame{"contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"shipped."}}`},
		frame{"contentBlockStop", `{"contentBlockIndex":0}`},
		frame{"messageStop", `{"stopReason":"end_turn"}`},
		frame{"metadata", `{` + converseUsage + `,"metrics":{"latencyMs":12}}`},
	), beginning: 2,
	refusal:  refuses(http.StatusNotFound, bedrockRefusal, "X-Amzn-Errortype", "ResourceNotFoundException"),
	overload: refuses(http.StatusTooManyRequests, bedrockOverload, "X-Amzn-Errortype", "ThrottlingException"),

	parameters: map[string]any{"temperature": temperature, "max_tokens": float64(maxTokens)},
	usage:      tokens(40, 10, 0),
	finish:     "end_turn", toolFinish: "tool_use",
	refused: bedrockRefused, overloaded: bedrockBusy,
}

// bedrockInvoke is Claude's own format in that of Bedrock.
var bedrockInvoke = wire{
	provider: "aws.bedrock", operation: "chat",
	model: bedrockModel, answeredBy: "claude-sonnet-4-5-20250929", answerID: "msg_1",

	ask:      `{"anthropic_version":"bedrock-2023-05-31",` + claudeAsk + `}`,
	askTools: `{"anthropic_version":"bedrock-2023-05-31",` + claudeAskTools + `}`,
	answer:   says(claudeAnswer), toolCall: says(claudeToolCall),
	stream: chunks(claudeEvents...), beginning: 3,
	refusal:  bedrockConverse.refusal,
	overload: bedrockConverse.overload,

	parameters: anthropicMessages.parameters,
	usage:      anthropicMessages.usage,
	finish:     anthropicMessages.finish, toolFinish: anthropicMessages.toolFinish,
	refused: bedrockRefused, overloaded: bedrockBusy,
}

const converseUsage = `"usage":{"inputTokens":40,"outputTokens":20,"totalTokens":110,"cacheReadInputTokens":40,"cacheWriteInputTokens":10}`

func converseAnswer(block, stopReason string) string {
	return `{"output":{"message":{"role":"assistant","content":[` + block + `]}},"stopReason":"` + stopReason + `",` +
		converseUsage + `,"metrics":{"latencyMs":12}}`
}

// frame is an event of AWS's event stream.
type frame struct{ event, payload string }

// frames is an answer that comes as an event stream.
func frames(all ...frame) answer {
	s := answer{headers: []string{"Content-Type", "application/vnd.amazon.eventstream"}}
	for _, f := range all {
		var encoded bytes.Buffer
		message := eventstream.Message{Payload: []byte(oneLine(f.payload))}
		message.Headers.Set(":message-type", eventstream.StringValue("event"))
		message.Headers.Set(":event-type", eventstream.StringValue(f.event))
		message.Headers.Set(":content-type", eventstream.StringValue("application/json"))
		if err := eventstream.NewEncoder().Encode(&encoded, message); err != nil {
			panic(err)
		}
		s.pieces = append(s.pieces, encoded.String())
	}
	return s
}

// chunks is an event stream of a model's own events.
func chunks(events ...string) answer {
	all := make([]frame, len(events))
	for i, event := range events {
		payload, err := json.Marshal(map[string]string{"bytes": base64.StdEncoding.EncodeToString([]byte(oneLine(event)))})
		if err != nil {
			panic(err)
		}
		all[i] = frame{"chunk", string(payload)}
	}
	return frames(all...)
}
