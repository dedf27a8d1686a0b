package llmhttp

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
)

// Route is what the address of a request tells.
type Route struct {
	Provider  string // by host: openai, azure_openai, groq, …; openai_compatible and the like for a host that is not known
	System    string // the same in OpenTelemetry's words (gen_ai.provider.name)
	Protocol  string // the wire format: openai_chat, openai_embeddings, …
	Operation string // chat, embeddings, …
	Model     string // where the address names it: Azure's deployment

	dialect *dialect
	streams bool // the address asks for a stream
	unsure  bool // the body has to prove that this is a model call

	registered bool
}

// Match recognises a request to a model provider by its method, address and headers, without a look at its body; false
// for any other request. It costs nanoseconds and no allocation where the path ends like no provider's.
func Match(r *http.Request) (Route, bool) {
	if r.Method != http.MethodPost || r.URL == nil {
		return Route{}, false
	}
	if route, ok := matchRegistered(r); ok {
		return route, true
	}
	candidates := dialectsEndingIn(lastWord(r.URL.Path))
	if len(candidates) == 0 {
		return Route{}, false
	}
	a := address{provider: providerOf(r.URL.Host), path: strings.TrimRight(r.URL.EscapedPath(), "/"), header: r.Header}
	for _, d := range candidates {
		if to, ok := d.match(a); ok {
			return d.route(cmp.Or(a.provider, *d.home), to, a.provider == provider{}), true
		}
	}
	return Route{}, false
}

func (d *dialect) route(by provider, to place, strange bool) Route {
	return Route{
		Provider: by.name, System: by.system, Protocol: d.protocol, Operation: d.operation, Model: to.model,
		dialect: d, streams: to.streams, unsure: strange && d.proof != nil && !to.sure,
	}
}

// lastWord is what stands after the last slash or colon of a path, but for slashes at its end.
func lastWord(path string) string {
	for path != "" && path[len(path)-1] == '/' {
		path = path[:len(path)-1]
	}
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' || path[i] == ':' {
			return path[i+1:]
		}
	}
	return path
}

// address is where a request goes, in the form that dialects match.
type address struct {
	provider provider // zero when the host is not known
	path     string   // escaped, without slashes at its end
	header   http.Header
}

// place is what an address says beyond who is asked and how.
type place struct {
	model   string
	streams bool // a stream is asked for
	sure    bool // no look at the body is needed, wherever this is
}

// inDeployment matches every path, and reads Azure's name for the model in it.
func inDeployment(a address) (place, bool) { return place{model: deployment(a.path)}, true }

// deployment is Azure's name for a model in a path, "" when there is none.
func deployment(path string) string {
	_, rest, _ := strings.Cut(path, "/deployments/")
	name, _, ok := strings.Cut(rest, "/")
	if !ok {
		return ""
	}
	return unescape(name)
}

// unescape decodes percent signs where they are well formed.
func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
