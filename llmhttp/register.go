package llmhttp

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
)

// A Dialect is a wire format that this package does not know, or a place where it is spoken: see [Register].
type Dialect struct {
	// Match recognises a request by its method, address and headers; it must not touch its body. The model is the one that
	// the address names, "" when it names none. It runs for every request that passes the SDK, on many goroutines.
	Match func(r *http.Request) (model string, ok bool)

	Provider string // who answers, for [Route]; needed
	System   string // the same in OpenTelemetry's words, Provider by default

	// Speaks names the format by one of [Protocols], such as openai_chat. Then nothing below is needed.
	Speaks string

	Protocol  string // the name of a format of its own
	Operation string // chat by default

	// Request reads the body of a request, as compact JSON with texts cut to the limits.
	Request func(body json.RawMessage, to *Request)
	// Answer reads the body of an answer, the same way, when that is one JSON object.
	Answer func(body json.RawMessage, to *Response)
	// Event reads one event of a stream, server-sent or a line of JSON; Data is nil for one that is no JSON. It tells
	// whether the event brought something that the model made, and whether it was the last one. Nil: it never streams.
	Event func(e Event, to *Response) (output, last bool)
}

// Event is one piece of a stream.
type Event struct {
	Name string // of a server-sent event, mostly ""
	Data json.RawMessage
}

// Protocols are the names of the wire formats that this package reads.
func Protocols() []string {
	var names []string
	for _, d := range dialects {
		if !slices.Contains(names, d.protocol) {
			names = append(names, d.protocol)
		}
	}
	slices.Sort(names)
	return names
}

var registered struct {
	sync.Mutex
	dialects atomic.Pointer[[]registration]
}

type registration struct {
	match func(r *http.Request) (model string, ok bool)
	by    provider
	*dialect
}

// Register adds a dialect, before those that this package knows, for the whole process; the last one registered is asked
// first. It is for private gateways: call it from main, before the first request. The error says what the dialect lacks.
func Register(d Dialect) error {
	r, err := d.registration()
	if err != nil {
		return fmt.Errorf("register dialect of %q: %w", d.Provider, err)
	}
	registered.Lock()
	defer registered.Unlock()
	all := []registration{r}
	if before := registered.dialects.Load(); before != nil {
		all = append(all, *before...)
	}
	registered.dialects.Store(&all)
	return nil
}

func (d Dialect) registration() (registration, error) {
	r := registration{match: d.Match, by: provider{d.Provider, d.System}}
	if r.by.system == "" {
		r.by.system = d.Provider
	}
	switch {
	case d.Match == nil:
		return r, errors.New("without Match it would never be recognised")
	case d.Provider == "":
		return r, errors.New("it has no Provider")
	case d.Speaks != "":
		i := slices.IndexFunc(dialects, func(known *dialect) bool { return known.protocol == d.Speaks })
		if i < 0 {
			return r, fmt.Errorf("no protocol is named %q: take one of %q", d.Speaks, Protocols())
		}
		r.dialect = dialects[i]
	case d.Protocol == "" || d.Answer == nil:
		return r, errors.New("without Speaks it needs a Protocol and an Answer")
	default:
		r.dialect = d.own()
	}
	return r, nil
}

// own is the dialect as this package drives it.
func (d Dialect) own() *dialect {
	own := &dialect{
		protocol: d.Protocol, operation: d.Operation,
		answer: func(body *value, x *exchange) { d.Answer(body.raw(), &x.Response) },
	}
	if own.operation == "" {
		own.operation = "chat"
	}
	if d.Request != nil {
		own.request = func(body *value, to *Request) {
			before := *to
			if d.Request(body.raw(), to); to.dialect == nil { // it was assigned as a whole
				to.Route, to.limits = before.Route, before.limits
			}
		}
	}
	if d.Event != nil {
		own.stream = func(*Request) stream { return &registeredStream{read: d.Event} }
		own.lines = true
	}
	return own
}

type registeredStream struct {
	read func(e Event, to *Response) (output, last bool)
	last bool
}

func (s *registeredStream) take(e event, x *exchange) (m mark) {
	counts := x.Stream
	output, last := s.read(Event{Name: e.name, Data: e.data.raw()}, &x.Response)
	x.Stream = counts // a Response that is assigned as a whole has none
	if output {
		m |= hasOutput
	}
	if last || e.done {
		s.last = true
		m |= isTerminal
	}
	return m
}

func (s *registeredStream) finish(x *exchange) { x.Complete = s.last && x.Error == nil }

func matchRegistered(r *http.Request) (Route, bool) {
	all := registered.dialects.Load()
	if all == nil {
		return Route{}, false
	}
	for _, d := range *all {
		if model, ok := d.match(r); ok {
			route := d.route(d.by, place{model: model, sure: true}, true)
			route.registered = true
			return route, true
		}
	}
	return Route{}, false
}

// Registered tells that the request speaks a dialect of [Register].
func (r Route) Registered() bool { return r.registered }
