package parity_test

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"testing"
)

// place is a part of what one run sent, under a name that both runs have: the request, the resource, then each span.
type place struct {
	name  string
	facts facts
}

// places are what one run sent, with all that differs from run to run replaced by what it stands for.
func places(t *testing.T, uploads []upload) []place {
	t.Helper()
	spans := inTreeOrder(spansOf(uploads))
	if len(spans) == 0 {
		t.Fatal("no span arrived")
	}
	names := labels(spans)
	n := newNormaliser(spans, names)
	all := []place{
		{theRequest, n.request(uploads[0].request)},
		{theResource, n.resource(spans[0].source)},
	}
	for i, s := range spans {
		all = append(all, place{names[i], n.span(s)})
	}
	return all
}

// normaliser turns ids and times of one trace into the names of the spans that they belong to, and what an SDK says of
// itself into what any SDK says.
type normaliser struct {
	names  map[string]string // of spans, by id
	starts map[string]string // Unix nanoseconds, by span id
}

func newNormaliser(spans []span, names []string) normaliser {
	n := normaliser{names: map[string]string{"": "none"}, starts: map[string]string{}}
	for i, s := range spans {
		n.names[s.id] = names[i]
		n.starts[s.id] = fmt.Sprint(s.start)
	}
	return n
}

// request is what the wire contract says of the upload itself.
func (n normaliser) request(r *http.Request) facts {
	known := facts{"method and path": {"S", r.Method + " " + r.URL.Path}}
	for _, header := range []string{
		"Authorization", "Content-Encoding", "Content-Type", "User-Agent", "X-Traceroot-Sdk-Name", "X-Traceroot-Sdk-Version",
	} {
		known[header] = n.normal(header, fact{"S", r.Header.Get(header)})
	}
	return known
}

func (n normaliser) resource(source facts) facts {
	known := facts{}
	for key, f := range source {
		known[key] = n.normal(key, f)
	}
	return known
}

func (n normaliser) span(s span) facts {
	known := facts{
		"name":           {"S", s.name},
		"parent":         {"S", n.names[s.parent]},
		"kind":           {"S", s.kind.String()},
		"status.code":    {"S", s.status.GetCode().String()},
		"status.message": {"S", s.status.GetMessage()},
		"scope.name":     {"S", s.scope},
		"scope.version":  n.normal("scope.version", fact{"S", s.version}),
	}
	for key, f := range s.attributes {
		known[key] = n.normal(key, f)
	}
	n.nameLineage(known)
	for i, e := range s.events {
		known[fmt.Sprintf("event %d", i+1)] = fact{"S", e.name}
		for key, f := range e.attributes {
			known[fmt.Sprintf("event %d %s", i+1, key)] = n.normal(key, f)
		}
	}
	return known
}

var (
	version    = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
	sdkName    = regexp.MustCompile(`^traceroot-(py|go)$`)
	agentFile  = regexp.MustCompile(`^internal/e2e/parity/(testdata/)?agent\.(py|go)$`)
	lineNumber = regexp.MustCompile(`^[1-9]\d*$`)
)

func (n normaliser) normal(key string, f fact) fact {
	switch key {
	case "traceroot.sdk.name", "X-Traceroot-Sdk-Name":
		f.value = sdkName.ReplaceAllString(fmt.Sprint(f.value), "(sdk)")
	case "traceroot.sdk.version", "X-Traceroot-Sdk-Version", "telemetry.sdk.version", "scope.version":
		f.value = version.ReplaceAllString(fmt.Sprint(f.value), "(version)")
	case "traceroot.git.source_file":
		f.value = agentFile.ReplaceAllString(fmt.Sprint(f.value), "(agent)")
	case "traceroot.git.source_line":
		f.value = lineNumber.ReplaceAllString(fmt.Sprint(f.value), "(line)")
	case "exception.stacktrace":
		f.value = "(stack)"
	}
	return f
}

// nameLineage names the ancestors that a span tells of; a start that is not the one of the ancestor beside it stays.
func (n normaliser) nameLineage(known facts) {
	ids, _ := known["traceroot.span.ids_path"].value.([]any)
	if f, ok := known["traceroot.span.starts_path"]; ok {
		starts, _ := f.value.([]any)
		named := slices.Clone(starts)
		for i, start := range starts {
			if i < len(ids) && n.starts[fmt.Sprint(ids[i])] == start {
				named[i] = "start of " + n.names[fmt.Sprint(ids[i])]
			}
		}
		known["traceroot.span.starts_path"] = fact{f.form, named}
	}
	if f, ok := known["traceroot.span.ids_path"]; ok {
		named := slices.Clone(ids)
		for i, id := range ids {
			named[i] = cmp.Or(n.names[fmt.Sprint(id)], fmt.Sprint(id))
		}
		known["traceroot.span.ids_path"] = fact{f.form, named}
	}
}
