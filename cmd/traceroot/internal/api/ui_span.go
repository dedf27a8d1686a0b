package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// spanView is one span with its payload.
type spanView struct {
	ID      string       `json:"id"`
	Trace   string       `json:"trace"`
	Parent  string       `json:"parent,omitempty"`
	Name    string       `json:"name"`
	Kind    kind         `json:"kind"`
	Status  store.Status `json:"status"`
	Message string       `json:"message,omitempty"` // of the status
	Start   moment       `json:"start"`
	MS      *float64     `json:"ms"` // null while it runs
	TTFT    float64      `json:"ttft,omitempty"`
	Errors  []errorLink  `json:"errors,omitempty"` // outermost first

	Model         string          `json:"model,omitempty"`
	ResponseModel string          `json:"responseModel,omitempty"`
	Provider      string          `json:"provider,omitempty"`
	Operation     string          `json:"operation,omitempty"`
	ResponseID    string          `json:"responseId,omitempty"`
	RequestID     string          `json:"requestId,omitempty"`
	FinishReasons []string        `json:"finishReasons,omitempty"`
	HTTPStatus    int             `json:"httpStatus,omitempty"`
	Resend        int             `json:"resend,omitempty"` // 1 on the first retry
	Streaming     bool            `json:"streaming,omitempty"`
	Incomplete    bool            `json:"incomplete,omitempty"` // the stream was cut
	ToolCallID    string          `json:"toolCallId,omitempty"`
	Parameters    json.RawMessage `json:"parameters,omitempty"`
	Tools         []toolOffered   `json:"tools,omitempty"`
	Usage         *usageView      `json:"usage,omitempty"`
	Cost          *costView       `json:"cost,omitempty"`
	Window        int64           `json:"window,omitempty"` // tokens that the model takes, where known

	Source    *sourcePlace     `json:"source,omitempty"`
	Input     *textView        `json:"input,omitempty"`
	Output    *textView        `json:"output,omitempty"`
	Metadata  string           `json:"metadata,omitempty"`
	Tags      []string         `json:"tags,omitempty"`
	Truncated map[string]int64 `json:"truncated,omitempty"` // bytes before the cut, by field

	In      []store.Hash `json:"in"`  // messages that the model was shown
	Out     []store.Hash `json:"out"` // and that it answered
	Fresh   *freshView   `json:"fresh,omitempty"`
	Asked   []askedCall  `json:"asked"` // of a model call: the tools that it asked for, in order
	Answers *answersView `json:"answers,omitempty"`

	Attributes json.RawMessage `json:"attributes" ts:"Record<string, unknown>"`
	Resource   json.RawMessage `json:"resource" ts:"Record<string, unknown>"`
	Scope      string          `json:"scope,omitempty"`
	Events     []spanEvent     `json:"events,omitempty"`
	Links      []spanLink      `json:"links,omitempty"`
	Service    string          `json:"service,omitempty"`
	Version    string          `json:"version,omitempty"`
	Env        string          `json:"env,omitempty"`

	Summary *agentSummary `json:"summary,omitempty"` // of an agent
}

// sourcePlace is where a span was made.
type sourcePlace struct {
	File string `json:"file"` // relative to the repository
	Line int    `json:"line"` // 0 where unknown
	Func string `json:"func,omitempty"`
}

// errorLink is one link of a chain of wrapped errors.
type errorLink struct {
	Type    string        `json:"type"`
	Message string        `json:"message"`
	Causes  [][]errorLink `json:"causes,omitempty"` // of joined errors
}

// toolOffered is a tool that a model could ask for.
type toolOffered struct {
	Name        string          `json:"name"`
	Description string          `json:"description,omitempty"`
	Parameters  json.RawMessage `json:"parameters,omitempty"` // a JSON Schema
}

// usageView counts tokens.
type usageView struct {
	In           int64 `json:"in"`  // all input, cached included
	Out          int64 `json:"out"` // all output, reasoning included
	CacheRead    int64 `json:"cacheRead"`
	CacheWrite   int64 `json:"cacheWrite"`
	CacheWrite1h int64 `json:"cacheWrite1h"` // part of cacheWrite
	Reasoning    int64 `json:"reasoning"`
	Estimated    bool  `json:"estimated,omitempty"`
}

// costView is what a call cost, by what was paid for.
type costView struct {
	Total      float64   `json:"total"`
	Input      float64   `json:"input"` // the input that no cache had a part in
	CacheRead  float64   `json:"cacheRead"`
	CacheWrite float64   `json:"cacheWrite"`
	Output     float64   `json:"output"`
	Price      priceView `json:"price"`
}

// priceView is what it was computed with: dollars per token, as decimal text.
type priceView struct {
	Model        string `json:"model"`
	Source       string `json:"source"`
	Date         string `json:"date"`
	Input        string `json:"input,omitempty"`
	Output       string `json:"output,omitempty"`
	CacheRead    string `json:"cacheRead,omitempty"`
	CacheWrite   string `json:"cacheWrite,omitempty"`
	CacheWrite1h string `json:"cacheWrite1h,omitempty"`
}

// spanEvent is something that a span tells of a moment.
type spanEvent struct {
	Name       string          `json:"name"`
	Time       string          `json:"time,omitempty"`
	Attributes json.RawMessage `json:"attributes,omitempty" ts:"Record<string, unknown>"`
}

// spanLink is another span that a span names.
type spanLink struct {
	TraceID    string          `json:"trace_id"`
	SpanID     string          `json:"span_id"`
	Attributes json.RawMessage `json:"attributes,omitempty" ts:"Record<string, unknown>"`
}

func (s *server) span(r *http.Request, who Identity) (any, error) {
	stored, err := s.store.Span(r.Context(), who.Project, r.URL.Query().Get("trace"), r.PathValue("span_id"))
	if errors.Is(err, store.ErrNotFound) {
		return nil, refusal{status: http.StatusNotFound, detail: "Span not found"}
	}
	if err != nil {
		return nil, err
	}
	v, err := s.views.get(r.Context(), who.Project, stored.TraceID)
	if err != nil {
		return nil, err
	}
	shown := newSpanView(&stored)
	v.ask(func(t *verdict.Trace) {
		v.tellCalls(t, &shown)
		shown.Fresh = freshOf(verdict.NewSince(t, stored.SpanID))
	})
	if i, known := v.index[stored.SpanID]; known && stored.Kind == store.KindAgent {
		shown.Summary = v.summarize(i)
	}
	return tagged(shown, fmt.Sprint(s.started, v.sum.Seq)), nil
}

func newSpanView(s *store.Span) spanView {
	shown := spanView{
		ID: s.SpanID, Trace: s.TraceID, Parent: s.ParentSpanID, Name: s.Name, Kind: kindOf(s.Kind),
		Status: s.Status, Message: cut(s.StatusMessage, maxText), Start: moment(s.Start), MS: lasted(s), TTFT: fine(s.TimeToFirstToken),
		Errors: errorLinks(s.Errors), Model: s.Model, Streaming: s.Streaming, Window: verdict.Window(s.Model),
		Input: textOf(s, "input", s.Input), Output: textOf(s, "output", s.Output), Metadata: s.Metadata, Tags: s.Tags,
		Tools: offered(s.Payload.Tools), Truncated: truncated(s.Payload.Attributes), Cost: costViewOf(s.Cost),
		In: []store.Hash{}, Out: []store.Hash{}, Asked: []askedCall{},
		Attributes: rawObject(s.Payload.Attributes), Resource: rawObject(s.Payload.Resource), Scope: s.Payload.Scope,
		Events: readList[spanEvent](s.Payload.Events), Links: readList[spanLink](s.Payload.Links),
		Service: s.Service, Version: s.Version, Env: s.Environment,
	}
	if json.Valid([]byte(s.Payload.Parameters)) {
		shown.Parameters = json.RawMessage(s.Payload.Parameters)
	}
	if at := s.Source; at != (store.Source{}) {
		shown.Source = &sourcePlace{at.File, at.Line, at.Function}
	}
	if u := s.Usage; u != nil {
		shown.Usage = &usageView{u.Input, u.Output, u.CacheRead, u.CacheWrite, u.CacheWrite1h, u.Reasoning, u.Estimated}
	}
	if c := s.Call; c != nil {
		shown.ResponseModel, shown.Provider, shown.Operation = c.ResponseModel, c.Provider, c.Operation
		shown.ResponseID, shown.RequestID, shown.ToolCallID = c.ResponseID, c.RequestID, c.ToolCallID
		shown.FinishReasons, shown.HTTPStatus, shown.Resend, shown.Incomplete = c.FinishReasons, c.HTTPStatus, c.Resend, c.Incomplete
		shown.In, shown.Out = hashesOf(c.In), hashesOf(c.Out)
	}
	return shown
}

func hashesOf(messages []store.Message) []store.Hash {
	hashes := make([]store.Hash, len(messages))
	for i := range messages {
		hashes[i] = messages[i].Hash
	}
	return hashes
}

func errorLinks(links []store.Error) []errorLink {
	var chain []errorLink
	for _, link := range links {
		shown := errorLink{Type: link.Type, Message: cut(link.Message, maxText)}
		for _, cause := range link.Causes {
			shown.Causes = append(shown.Causes, errorLinks(cause))
		}
		chain = append(chain, shown)
	}
	return chain
}

// offered reads tools in the forms that the large providers give them.
func offered(tools string) []toolOffered {
	var all []toolOffered
	if !gjson.Valid(tools) {
		return nil
	}
	for _, tool := range gjson.Parse(tools).Array() {
		if inner := tool.Get("function"); inner.IsObject() {
			tool = inner
		}
		if !tool.IsObject() {
			continue
		}
		shown := toolOffered{Name: tool.Get("name").String(), Description: tool.Get("description").String()}
		for _, member := range []string{"parameters", "input_schema", "inputSchema", "schema"} {
			if schema := tool.Get(member); schema.Exists() && shown.Parameters == nil {
				shown.Parameters = json.RawMessage(schema.Raw)
			}
		}
		all = append(all, shown)
	}
	return all
}

// truncated finds what the sender says that it cut: an object in JSON text, under a key of its own.
func truncated(attributes string) map[string]int64 {
	var lengths map[string]int64
	for key, value := range gjson.Parse(attributes).ForEach {
		if !strings.HasSuffix(key.Str, ".truncated_from") || json.Unmarshal([]byte(value.String()), &lengths) != nil {
			continue
		}
		break
	}
	return lengths
}

func costViewOf(c *store.Cost) *costView {
	if c == nil {
		return nil
	}
	p := c.Price
	return &costView{
		Total: c.Total.Dollars(), Input: c.Input.Dollars(), CacheRead: c.CacheRead.Dollars(), CacheWrite: c.CacheWrite.Dollars(),
		Output: c.Output.Dollars(),
		Price:  priceView{p.Model, p.Source, p.Date, p.Input, p.Output, p.CacheRead, p.CacheWrite, p.CacheWrite1h},
	}
}
