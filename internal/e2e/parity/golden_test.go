package parity_test

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/traceroot-ai/traceroot-go"
)

// TestGolden runs a small program for each golden case of the wire contract that the SDK can produce, and compares what
// arrives with the request of the case: what the platform makes of that one is known.
func TestGolden(t *testing.T) {
	t.Parallel()
	dir := goldenDir(t)
	for _, c := range goldenCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := goldenFacts(c, goldenSpans(t, filepath.Join(dir, c.name+".attrs.json")))
			if c.adjust != nil {
				c.adjust(want)
			}
			got := goldenFacts(c, record(t, c))
			if names, wanted := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(names, wanted) {
				t.Fatalf("got spans %q, want %q", names, wanted)
			}
			for name, known := range want {
				expectFacts(t, name, got[name], known, c.adds)
			}
		})
	}
}

// Every golden case is either run or left out for a reason.
func TestGoldenCasesAreComplete(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(goldenDir(t), "*.attrs.json"))
	if err != nil {
		t.Fatal(err)
	}
	listed := slices.Collect(maps.Keys(goldenLeftOut))
	for _, c := range goldenCases {
		listed = append(listed, c.name)
	}
	slices.Sort(listed)
	var there []string
	for _, file := range files {
		there = append(there, strings.TrimSuffix(filepath.Base(file), ".attrs.json"))
	}
	if !slices.Equal(there, listed) {
		t.Errorf("golden cases there: %q\nrun or left out: %q", there, listed)
	}
}

// goldenDir finds the golden cases, which are no part of this repository.
func goldenDir(t *testing.T) string {
	t.Helper()
	shared := cmp.Or(os.Getenv("TRACEROOT_SHARED"), filepath.Join("..", "..", "..", "..", "shared"))
	dir := filepath.Join(shared, "contract", "golden")
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		t.Skip("GOLDEN CASES NOT CHECKED: set TRACEROOT_SHARED to the directory that holds contract/golden")
	}
	return dir
}

// record runs a case's program and returns what had arrived when it was flushed.
func record(t *testing.T, c goldenCase) []span {
	t.Helper()
	r := newReceiver(t)
	client := traceroot.New(slices.Concat([]traceroot.Option{
		traceroot.WithAPIKey("tr-golden"), traceroot.WithHostURL(r.URL), traceroot.WithLogger(slog.New(slog.DiscardHandler)),
		traceroot.WithGitRepo("acme/agent"), traceroot.WithGitRef("5f1c0ffee5f1c0ffee5f1c0ffee5f1c0ffee5f1c"),
	}, c.options)...)
	finish := c.program(client.Context(t.Context()), client.TracerProvider().Tracer(cmp.Or(c.foreignScope, "traceroot-sdk")))
	if err := client.Flush(t.Context()); err != nil {
		t.Fatalf("flush: %v", err)
	}
	spans := spansOf(r.received())
	if finish != nil {
		finish()
	}
	if err := client.Shutdown(t.Context()); err != nil {
		t.Fatalf("shut down: %v", err)
	}
	return spans
}

// stamped are attributes that the SDK puts on every span, or on all of its own: the requests of the golden cases do not
// always have them.
var stamped = []string{
	"traceroot.sdk.name", "traceroot.sdk.version", "traceroot.git.repo", "traceroot.git.ref",
	"traceroot.span.path", "traceroot.span.ids_path", "traceroot.span.starts_path",
	"traceroot.git.source_file", "traceroot.git.source_line", "traceroot.git.source_function",
}

func expectFacts(t *testing.T, name string, got, want facts, adds []string) {
	t.Helper()
	for key, wanted := range want {
		if !reflect.DeepEqual(got[key], wanted) {
			t.Errorf("%s: %s is %v, want %v", name, key, got[key], wanted)
		}
	}
	for key, f := range got {
		if _, ok := want[key]; !ok && !slices.Contains(stamped, key) && !slices.Contains(adds, key) {
			t.Errorf("%s: %s is %v, want none", name, key, f)
		}
	}
}

var (
	relativeFile = regexp.MustCompile(`^internal/[a-z0-9_/]+\.go$`)
	functionName = regexp.MustCompile(`^[A-Za-z0-9_.]+$`)
)

// goldenFacts are the facts of each span by its name, ids and times replaced by names.
func goldenFacts(c goldenCase, spans []span) map[string]facts {
	slices.SortFunc(spans, func(a, b span) int { return strings.Compare(a.name, b.name) })
	names := make([]string, len(spans))
	for i, s := range spans {
		names[i] = s.name
	}
	n := newNormaliser(spans, names)
	for _, s := range spans {
		n.nameAncestors(s)
	}
	known := map[string]facts{}
	for _, s := range spans {
		f := n.span(s)
		delete(f, "scope.version")
		if c.times {
			f["start"], f["end"] = fact{"I", s.start}, fact{"I", s.end}
		}
		for key := range f {
			if strings.HasPrefix(key, "event 1 ") {
				delete(f, key) // the platform reads no events
			}
		}
		for key, pattern := range map[string]*regexp.Regexp{
			"traceroot.git.source_file": relativeFile, "traceroot.git.source_function": functionName,
		} {
			if text, ok := f[key].value.(string); ok && pattern.MatchString(text) {
				f[key] = fact{"S", "(" + key + ")"}
			}
		}
		known[s.name] = f
	}
	return known
}

// nameAncestors names the ancestors of a span that are not in the batch, in the order in which they are met.
func (n normaliser) nameAncestors(s span) {
	ids, _ := s.attributes["traceroot.span.ids_path"].value.([]any)
	starts, _ := s.attributes["traceroot.span.starts_path"].value.([]any)
	for i, id := range ids {
		id := fmt.Sprint(id)
		if _, ok := n.names[id]; ok {
			continue
		}
		n.names[id] = fmt.Sprintf("ancestor %d", len(n.names))
		if i < len(starts) {
			n.starts[id] = fmt.Sprint(starts[i])
		}
	}
}

// goldenSpans reads a request in OTLP/JSON, where ids are hexadecimal; protobuf's own JSON has them in base64.
func goldenSpans(t *testing.T, file string) []span {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var request any
	if err := json.Unmarshal(raw, &request); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	idsToBase64(request)
	raw, err = json.Marshal(request)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	data := &tracepb.TracesData{}
	if err := protojson.Unmarshal(raw, data); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return spansOf([]upload{{data: data}})
}

func idsToBase64(value any) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			idsToBase64(element)
		}
	case map[string]any:
		for name, member := range value {
			id, ok := member.(string)
			if !ok || !slices.Contains([]string{"traceId", "spanId", "parentSpanId"}, name) {
				idsToBase64(member)
				continue
			}
			if raw, err := hex.DecodeString(id); err == nil {
				value[name] = base64.StdEncoding.EncodeToString(raw)
			}
		}
	}
}
