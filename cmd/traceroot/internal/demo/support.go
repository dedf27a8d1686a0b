package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/sashabaranov/go-openai"

	"github.com/traceroot-ai/traceroot-go"
)

const supportRules = `You are the support agent of a bicycle shop with a workshop. Look things up before you answer: stock, prices and policies are never to be guessed.

How we work
- For a return label you need the order, the weight of the part and the customer's address as it stands on the order.
- Ids, codes and addresses are copied letter by letter from what a tool has returned.
- A tool that fails may be tried a second time. After that a colleague takes over.
- The shop is open from 10 to 18, on Sundays from 11 to 16; on Sundays the workshop is closed.
- Keep it short: what you have done, and what comes next.`

// maxSteps stops a model that uses tools for ever.
const maxSteps = 8

// supportAgent answers customers: a model decides, the tools of the desk act, and what they cannot do goes to a person.
// It is safe for concurrent use.
type supportAgent struct {
	model    *claude
	desk     *desk
	handover *handoverWriter
	sessions *sessions
}

func newSupportAgent(client *http.Client, url string, retryDelay time.Duration) *supportAgent {
	openAI := openai.DefaultConfig("demo")
	openAI.BaseURL = url + "/openai/v1"
	openAI.HTTPClient = traceroot.HTTPClient(client)
	return &supportAgent{
		model: &claude{
			http: traceroot.HTTPClient(client), // Each call of the model becomes a span.
			url:  url + "/anthropic", key: "demo", model: "claude-sonnet-4-5",
		},
		desk:     newDesk(client, url, retryDelay),
		handover: &handoverWriter{client: openai.NewClientWithConfig(openAI), model: "gpt-4.1-mini", delay: retryDelay},
		sessions: newSessions(retryDelay / 5),
	}
}

// ticket is what a customer says, and where.
type ticket struct {
	user, session string
	question      string
	tags          []string
}

func (t ticket) saying(question string, tags ...string) ticket {
	t.question, t.tags = question, tags
	return t
}

// StepError says at which step of its work the support agent gave up.
type StepError struct {
	Step    int
	TraceID string // where to look; "" when tracing is off
	Err     error
}

// Error names the step before the reason.
func (e *StepError) Error() string {
	return fmt.Sprintf("step %d: the same call failed twice: %v", e.Step, e.Err)
}

// Unwrap returns the reason.
func (e *StepError) Unwrap() error { return e.Err }

// answer returns the answer to the ticket. The error is a *StepError when a person has to take over.
func (a *supportAgent) answer(ctx context.Context, t ticket) (string, error) {
	ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: t.user, SessionID: t.session, Tags: t.tags})
	return traceroot.Do(ctx, "support-agent", func(ctx context.Context) (string, error) {
		return a.converse(ctx, t)
	}, traceroot.Type(traceroot.KindAgent), traceroot.Input(t.question))
}

func (a *supportAgent) converse(ctx context.Context, t ticket) (string, error) {
	messages, err := a.sessions.load(ctx, t.session)
	if err != nil {
		return "", err
	}
	messages = append(messages, claudeText("user", t.question))
	failed := make(map[string]bool) // calls of tools, by name and arguments
	for step := 1; step <= maxSteps; step++ {
		said, err := a.model.ask(ctx, supportRules, a.desk.skills, messages)
		if err != nil {
			return "", err
		}
		messages = append(messages, said)
		uses := said.uses()
		if len(uses) == 0 {
			a.sessions.add(t.session, t.question, said.text())
			return said.text(), nil
		}
		results, errs := a.useTools(ctx, uses)
		messages = append(messages, claudeMessage{Role: "user", Content: results})
		for i, use := range uses {
			call := use.Name + string(use.Input)
			if errs[i] != nil && failed[call] {
				err := &StepError{Step: step, TraceID: traceroot.TraceID(ctx), Err: errs[i]}
				return "", a.handOver(ctx, t, messages, err)
			}
			failed[call] = failed[call] || errs[i] != nil
		}
	}
	return "", fmt.Errorf("%s found no answer in %d steps", a.model.model, maxSteps)
}

// useTools runs the tools side by side. Their results come in the order of the uses; an error is a result, too.
func (a *supportAgent) useTools(ctx context.Context, uses []claudeBlock) (results []claudeBlock, errs []error) {
	results, errs = make([]claudeBlock, len(uses)), make([]error, len(uses))
	var wg sync.WaitGroup
	for i, use := range uses {
		wg.Go(func() {
			result, err := useSkill(ctx, a.desk.skills, use.Name, use.Input)
			if err != nil {
				result = failure(err)
			}
			errs[i] = err
			results[i] = claudeBlock{Type: "tool_result", ToolUseID: use.ID, Content: result, IsError: err != nil}
		})
	}
	wg.Wait()
	return results, errs
}

// handOver gives the case to a person and returns why, since the customer still has no answer.
func (a *supportAgent) handOver(ctx context.Context, t ticket, messages []claudeMessage, why *StepError) error {
	history, err := json.MarshalIndent(messages, "", " ")
	if err != nil {
		return err
	}
	reference, err := a.handover.write(ctx, string(history), why)
	if err != nil {
		return fmt.Errorf("%w; and no colleague could be told: %w", why, err)
	}
	a.sessions.add(t.session, t.question, "I could not finish this and have asked a colleague to take over ("+reference+").")
	return why
}

// sessions remember what was said to whom. They are safe for concurrent use.
type sessions struct {
	delay time.Duration // of the store behind them

	mu   sync.Mutex
	said map[string][]claudeMessage // by session; guarded by mu
}

func newSessions(delay time.Duration) *sessions {
	return &sessions{delay: delay, said: make(map[string][]claudeMessage)}
}

func (s *sessions) load(ctx context.Context, session string) ([]claudeMessage, error) {
	return traceroot.Do(ctx, "load_session", func(ctx context.Context) ([]claudeMessage, error) {
		if err := pause(ctx, s.delay); err != nil {
			return nil, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return append([]claudeMessage{}, s.said[session]...), nil
	}, traceroot.Input(session))
}

func (s *sessions) add(session, question, answer string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said[session] = append(s.said[session], claudeText("user", question), claudeText("assistant", answer))
}
