package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

const researchRules = `You research questions of a bicycle shop. Search first, have the best sources read, then answer from what the readers report.
Name the source of each claim, and say what you could not find out.`

const readerRules = `You read one source and report what it says about the question: figures with their units, conditions, dates. Three sentences at most.`

// researchAgent answers a question from the web: one model plans and writes, and a reader for each source works beside
// the others.
type researchAgent struct {
	model  *gemini
	http   *http.Client
	web    string // URL that pages are fetched through
	skills []skill
}

func newResearchAgent(client *http.Client, url string, retryDelay time.Duration) *researchAgent {
	a := &researchAgent{
		http: client, web: url + "/web",
		model: &gemini{
			http: traceroot.HTTPClient(client), // Each call of the model becomes a span.
			url:  url + "/gemini", key: "demo", model: "gemini-2.5-flash", delay: retryDelay,
		},
	}
	a.skills = []skill{
		newSkill("web_search", "Searches the web.",
			`{"type":"object","properties":{"query":{"type":"string"}},"required":["query"]}`, a, (*researchAgent).search),
		newSkill("read_source", "Has a reader report what a source says about a question.",
			`{"type":"object","properties":{"url":{"type":"string"},"question":{"type":"string"}},"required":["url","question"]}`, a, (*researchAgent).read),
	}
	return a
}

// inquiry is a question, and who asks it.
type inquiry struct {
	user, session string
	question      string
}

func (a *researchAgent) answer(ctx context.Context, q inquiry) (string, error) {
	ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{UserID: q.user, SessionID: q.session, Tags: []string{"deep"}})
	return traceroot.Do(ctx, "research-agent", func(ctx context.Context) (string, error) {
		contents := []geminiContent{geminiText("user", q.question)}
		for range maxSteps {
			said, err := a.model.ask(ctx, researchRules, a.skills, contents)
			if err != nil {
				return "", err
			}
			calls := said.calls()
			if len(calls) == 0 {
				return said.text(), nil
			}
			contents = append(contents, said, geminiContent{Role: "user", Parts: a.useTools(ctx, calls)})
		}
		return "", fmt.Errorf("%s found no answer in %d steps", a.model.model, maxSteps)
	}, traceroot.Type(traceroot.KindAgent), traceroot.Input(q.question))
}

// useTools runs the tools side by side. Their responses come in the order of the calls; an error is a response, too.
func (a *researchAgent) useTools(ctx context.Context, calls []geminiCall) []geminiPart {
	parts := make([]geminiPart, len(calls))
	var wg sync.WaitGroup
	for i, call := range calls {
		wg.Go(func() {
			response := make(map[string]any)
			result, err := useSkill(ctx, a.skills, call.Name, call.Args)
			if err != nil {
				response["error"] = failureOf(err)
			} else {
				response["result"] = json.RawMessage(result)
			}
			parts[i] = geminiPart{FunctionResponse: &geminiResponse{ID: call.ID, Name: call.Name, Response: response}}
		})
	}
	wg.Wait()
	return parts
}

type searchQuery struct {
	Query string `json:"query"`
}

type searchHit struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}

// search finds the pages that a query was made up for.
func (a *researchAgent) search(ctx context.Context, q searchQuery) ([]searchHit, error) {
	if err := pause(ctx, a.model.delay/4); err != nil {
		return nil, err
	}
	hits := []searchHit{}
	for _, source := range sources {
		if strings.Contains(q.Query, source.topic) {
			hits = append(hits, searchHit{source.URL, source.page.Title})
		}
	}
	return hits, nil
}

type sourceQuestion struct {
	URL      string `json:"url"`
	Question string `json:"question"`
}

// read is a sub-agent with a conversation of its own.
func (a *researchAgent) read(ctx context.Context, q sourceQuestion) (report string, err error) {
	return traceroot.Do(ctx, "source-reader", func(ctx context.Context) (string, error) {
		found, err := a.fetch(ctx, q.URL)
		if err != nil {
			return "", err
		}
		prompt := fmt.Sprintf("Question: %s\n\nSource: %s\n%s\n\n%s", q.Question, q.URL, found.Title, found.Text)
		said, err := a.model.ask(ctx, readerRules, nil, []geminiContent{geminiText("user", prompt)})
		return said.text(), err
	}, traceroot.Type(traceroot.KindAgent), traceroot.Input(q))
}

type page struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

func (a *researchAgent) fetch(ctx context.Context, url string) (page, error) {
	return traceroot.Do(ctx, "fetch_page", func(ctx context.Context) (found page, err error) {
		err = callService(ctx, a.http, http.MethodGet, a.web+"/"+strings.TrimPrefix(url, "https://"), nil, &found)
		return found, err
	}, traceroot.Type(traceroot.KindTool), traceroot.Input(url))
}
