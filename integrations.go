package traceroot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// Integration names something that [WithIntegrations] can record in the whole process.
type Integration string

// The integrations of the SDK. A provider's protocol is recognised whatever host speaks it. Each also covers the dialects
// that the program has registered with [llmhttp.Register].
const (
	OpenAI      Integration = "openai"       // and the many hosts that speak its protocols
	Anthropic   Integration = "anthropic"    // direct, on Vertex AI and on hosts that speak its protocol
	LangChain   Integration = "langchain"    // needs the tracelangchaingo import
	GoogleGenAI Integration = "google_genai" // Gemini, on AI Studio and on Vertex AI
	Bedrock     Integration = "bedrock"      // whatever model it hosts; AWS's own client needs [Doer]
	Ollama      Integration = "ollama"
	Cohere      Integration = "cohere"
)

// wireProtocols are the integrations that record what passes [http.DefaultTransport], with the beginnings of the names
// of their protocols.
var wireProtocols = map[Integration][]string{
	OpenAI:      {"openai_"},
	Anthropic:   {"anthropic"},
	GoogleGenAI: {"gemini", "vertex_"},
	Bedrock:     {"converse", "invoke", "bedrock_"},
	Ollama:      {"ollama_"},
	Cohere:      {"cohere_"},
}

// registered are the integrations of other packages, by name.
var registered struct {
	sync.Mutex
	installs map[Integration]func(*Client) (restore func(), err error) // guarded by the mutex
}

// RegisterIntegration lets a package add itself, from init, under a name for [WithIntegrations]. install runs at
// Initialize, and must not call that or [Default]; it returns what undoes it, which runs at Shutdown. Its error is warned
// about.
func RegisterIntegration(name Integration, install func(*Client) (restore func(), err error)) {
	registered.Lock()
	defer registered.Unlock()
	if registered.installs == nil {
		registered.installs = map[Integration]func(*Client) (func(), error){}
	}
	registered.installs[name] = install
}

// modelParents find the span that a model call belongs under, where its context does not tell.
var modelParents atomic.Pointer[[]func(context.Context) context.Context]

// RegisterParent lets a package add, from init, what it knows of a framework that hands contexts on unchanged: f gets the
// context of each model call that is about to be recorded, on the caller's goroutine, and returns it with the span that
// the call belongs under, or as it is. It must be safe for concurrent use.
func RegisterParent(f func(ctx context.Context) context.Context) {
	registered.Lock()
	defer registered.Unlock()
	all := []func(context.Context) context.Context{f}
	if before := modelParents.Load(); before != nil {
		all = append(all, *before...)
	}
	modelParents.Store(&all)
}

// modelParent is ctx with the span that a model call belongs under.
func modelParent(ctx context.Context) context.Context {
	if all := modelParents.Load(); all != nil {
		for _, find := range *all {
			ctx = find(ctx) //nolint:fatcontext // as many layers as there are frameworks, which is one
		}
	}
	return ctx
}

// installIntegrations installs each integration that the client asks for once, those at the wire together.
func (c *Client) installIntegrations() {
	var protocols []string
	for i, name := range c.integrations {
		if slices.Contains(c.integrations[:i], name) {
			continue
		}
		if atWire, ok := wireProtocols[name]; ok {
			protocols = append(protocols, atWire...)
			continue
		}
		restore, err := c.install(name)
		if err != nil {
			c.problem("integration not installed", slog.String("integration", string(name)), slog.Any("error", err))
			continue
		}
		if restore != nil {
			c.restore = append(c.restore, restore)
		}
	}
	if len(protocols) > 0 && http.DefaultTransport != nil {
		c.restore = append(c.restore, c.tapTransport(protocols))
	}
}

func (c *Client) install(name Integration) (restore func(), err error) {
	registered.Lock()
	install := registered.installs[name]
	registered.Unlock()
	switch {
	case install != nil:
		return install(c)
	case name == LangChain:
		return nil, errors.New(`import _ "` + modulePath + `/integrations/tracelangchaingo" to have it`)
	default:
		return nil, fmt.Errorf("unknown integration %q", name)
	}
}

// defaultTransport stands in http.DefaultTransport. Taken out, or buried under another transport when it should be, it
// lets everything pass.
type defaultTransport struct {
	modelTransport

	out atomic.Bool
}

// wrapDefaultTransport records the model calls of some protocols that pass http.DefaultTransport.
func wrapDefaultTransport(protocols []string) (restore func()) {
	t := &defaultTransport{modelTransport: modelTransport{base: http.DefaultTransport, traffic: newModelTraffic(nil)}}
	t.traffic.takes = func(route llmhttp.Route) bool {
		return route.Registered() || slices.ContainsFunc(protocols, func(begin string) bool { return strings.HasPrefix(route.Protocol, begin) })
	}
	http.DefaultTransport = t
	return func() {
		t.out.Store(true)
		if http.DefaultTransport == http.RoundTripper(t) {
			http.DefaultTransport = t.base
		}
	}
}

// RoundTrip sends a request and records it when it is a model call.
func (t *defaultTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.out.Load() {
		return t.base.RoundTrip(req)
	}
	return t.modelTransport.RoundTrip(req)
}
