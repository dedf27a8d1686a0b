package demo

import (
	"context"
	"fmt"
	"net/http"

	"github.com/traceroot-ai/traceroot-go"
)

const codingRules = `You are a programmer at work in one Go repository. Read before you change anything, change as little as you can, and run the tests after each change.
Stop when the tests pass and say in two sentences what you did.`

// maxChanges stops a model that never gets its tests to pass. The time that it is given runs out earlier, mostly.
const maxChanges = 40

// codingAgent changes the files of a workspace until its tests pass.
type codingAgent struct {
	model *claude
}

func newCodingAgent(client *http.Client, url string) *codingAgent {
	return &codingAgent{model: &claude{
		http: traceroot.HTTPClient(client), // Each call of the model becomes a span.
		url:  url + "/anthropic", key: "demo", model: "claude-sonnet-4-5",
	}}
}

// solve works on the task until the model is content, or until ctx is done.
func (a *codingAgent) solve(ctx context.Context, t codingTask, files *workspace) (string, error) {
	ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: t.user, SessionID: t.session, Tags: t.tags})
	return traceroot.Do(ctx, "coding-agent", func(ctx context.Context) (string, error) {
		return a.work(ctx, t.task, files.skills())
	}, traceroot.Type(traceroot.KindAgent), traceroot.Input(t.task))
}

func (a *codingAgent) work(ctx context.Context, task string, skills []skill) (string, error) {
	messages := []claudeMessage{claudeText("user", task)}
	for range maxChanges {
		said, err := a.model.ask(ctx, codingRules, skills, messages)
		if err != nil {
			return "", err
		}
		uses := said.uses()
		if len(uses) == 0 {
			return said.text(), nil
		}
		messages = append(messages, said)
		results := claudeMessage{Role: "user"}
		for _, use := range uses { // One after the other: the tests are to see the change.
			result, err := useSkill(ctx, skills, use.Name, use.Input)
			if ctx.Err() != nil {
				return "", fmt.Errorf("out of time: %w", err)
			}
			if err != nil {
				result = failure(err)
			}
			results.Content = append(results.Content,
				claudeBlock{Type: "tool_result", ToolUseID: use.ID, Content: result, IsError: err != nil})
		}
		messages = append(messages, results)
	}
	return "", fmt.Errorf("the tests do not pass after %d changes", maxChanges)
}
