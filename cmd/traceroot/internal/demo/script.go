package demo

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Model is the one model that a [ModelServer] has.
const Model = "gpt-4.1-mini"

// snapshot is the dated name by which OpenAI answers for Model.
const snapshot = "gpt-4.1-mini-2025-04-14"

// nextTurn reads the conversation and says what the model answers: first which tools it needs, then, from what they
// returned, the answer itself. A conversation that has no place in the script is refused.
func nextTurn(req chatRequest) (turn, *refusal) {
	if req.Model != Model {
		return turn{}, unknownModel(req.Model)
	}
	question, results, refused := read(req.Messages)
	switch {
	case refused != nil:
		return turn{}, refused
	case len(results) == 0:
		return plan(question, req.Tools)
	default:
		return report(results), nil
	}
}

// read finds the user's question and what the tools returned, by their names.
func read(messages []message) (question string, results map[string]string, refused *refusal) {
	results = make(map[string]string)
	asked := make(map[string]string) // call id → tool
	for i, m := range messages {
		switch m.Role {
		case "user":
			question = m.text()
		case "assistant":
			for _, call := range m.ToolCalls {
				asked[call.ID] = call.Function.Name
			}
		case "tool":
			name, ok := asked[m.ToolCallID]
			if !ok {
				return "", nil, invalid("messages[%d] is no response to a preceding tool call.", i)
			}
			results[name] = m.text()
			delete(asked, m.ToolCallID)
		}
	}
	for id := range asked {
		return "", nil, invalid("No message with role 'tool' responds to tool_call_id '%s'.", id)
	}
	return question, results, nil
}

var (
	orderNumber   = regexp.MustCompile(`\b\d{5}\b`)
	articleNumber = regexp.MustCompile(`\b[A-Z]{2}-\d{4}\b`)
)

// plan is the first turn: the tools that a question about one order and one article needs.
func plan(question string, tools []toolDefinition) (turn, *refusal) {
	orderID, article := orderNumber.FindString(question), articleNumber.FindString(question)
	if orderID == "" || article == "" {
		return turn{}, invalid("This model follows a script. Ask about one order and one article: %s", Example().Question)
	}
	t := turn{
		id:    rand.Text(),
		model: snapshot,
		first: 310 * time.Millisecond,
		total: 1020 * time.Millisecond,
		usage: usage{PromptTokens: 612, CompletionTokens: 48, TotalTokens: 660},
	}
	for i, use := range []functionCall{
		{Name: "get_order", Arguments: fmt.Sprintf(`{"order_id":%q}`, orderID)},
		{Name: "check_stock", Arguments: fmt.Sprintf(`{"article":%q}`, article)},
	} {
		if !slices.ContainsFunc(tools, func(t toolDefinition) bool { return t.Function.Name == use.Name }) {
			return turn{}, invalid("This model follows a script, which needs the tool '%s'.", use.Name)
		}
		t.calls = append(t.calls, toolCall{Index: i, ID: "call_" + rand.Text(), Type: "function", Function: use})
	}
	return t, nil
}

// report is the last turn: what the tools returned, in words.
func report(results map[string]string) turn {
	return turn{
		id:    rand.Text(),
		model: snapshot,
		text:  delivery(results["get_order"]) + "\n\n" + availability(results["check_stock"]),
		first: 220 * time.Millisecond,
		total: 2030 * time.Millisecond,
		usage: usage{
			PromptTokens: 1702, CompletionTokens: 139, TotalTokens: 1841,
			PromptTokensDetails: promptDetails{CachedTokens: 1024},
		},
	}
}

func delivery(result string) string {
	var o order
	if err := json.Unmarshal([]byte(result), &o); err != nil {
		return fmt.Sprintf("I could not look up the order (%s).", result)
	}
	return fmt.Sprintf("It was delivered on %s: the courier left it with %s. The parcel (%s, tracking number %s) holds %s.",
		o.Delivered.Format("Monday, 2 January at 15:04"), o.ReceivedBy, o.Carrier, o.Tracking, strings.Join(o.Items, " and "))
}

func availability(result string) string {
	var s stock
	if err := json.Unmarshal([]byte(result), &s); err != nil {
		return fmt.Sprintf("I could not check the stock (%s).", result)
	}
	return fmt.Sprintf("Another %s is yours if you like: we have %d in %s, at %s each. Order before 17:00 and it leaves the "+
		"warehouse today; sending one back is free for 30 days. If the parcel is not there after all, answer this message "+
		"and I will have the courier search for it.", s.Article, s.Pieces, s.Warehouse, s.Price)
}
