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
}

// spoken is the route's dialect; on a Route that [Match] did not make, one that says nothing.
func (r Route) spoken() *dialect { return cmp.Or(r.dialect, &silence) }

var silence = dialect{answer: func(*value, *exchange) {}}

// A dialect is one wire format: how to know it, and how to read what is said in it.
type dialect struct {
	protocol  string
	operation string
	home      provider // who speaks it on hosts that are not known
	vectors   bool     // long arrays of numbers are vectors or tokens, of which only the length counts

	match   func(a address) (model string, ok bool)
	request func(body *value, to *Request) // the body of a request, nil when it is no JSON
	answer  func(body *value, x *exchange) // a whole body that is a JSON object
	stream  func(q *Request) stream        // nil: it never streams
}

// dialects are tried in order: where two could take a path, the one that asks for more stands first.
var dialects = []*dialect{
	&openAIChat,
	&openAIEmbeddings,
}

// address is where a request goes, in the form that dialects match.
type address struct {
	provider provider // zero when the host is not known
	path     string   // escaped, without slashes at its end
}

// Match recognises a request to a model provider by its method and URL; false for any other request.
func Match(method string, u *url.URL) (Route, bool) {
	if method != http.MethodPost || u == nil {
		return Route{}, false
	}
	a := address{provider: providerOf(u.Host), path: strings.TrimRight(u.EscapedPath(), "/")}
	for _, d := range dialects {
		if model, ok := d.match(a); ok {
			by := cmp.Or(a.provider, d.home)
			return Route{by.name, by.system, d.protocol, d.operation, model, d}, true
		}
	}
	return Route{}, false
}

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
