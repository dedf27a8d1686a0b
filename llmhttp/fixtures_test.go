package llmhttp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// A recorded exchange, as the shared fixtures keep it.
type fixture struct {
	request struct {
		Method, URL string
		Headers     map[string]string
		Body        json.RawMessage
	}
	meta struct {
		Status   int
		Headers  map[string]string
		BodyEnds string `json:"body_ends"`
	}
	body     []byte
	expected map[string]any
}

// TestMain prints what passed and failed of each provider behind all else that -v prints.
func TestMain(m *testing.M) {
	m.Run()
	if testing.Verbose() {
		_, _ = os.Stdout.WriteString(summary.String())
	}
}

// summary is written by tests that have all their subtests behind them.
var summary lockedBuilder

type lockedBuilder struct {
	sync.Mutex
	strings.Builder
}

// TestFixtures reads every recorded exchange and wants exactly the facts that are written down beside it, wherever the
// answer is cut into reads. With -v its last lines count what passed and failed of each provider.
func TestFixtures(t *testing.T) { readAll(t, filepath.Join(shared(t), "fixtures")) }

// TestCases does the same with the small exchanges of this repository, which were written for it.
func TestCases(t *testing.T) { readAll(t, filepath.Join("testdata", "cases")) }

func readAll(t *testing.T, root string) {
	t.Helper()
	t.Parallel()
	var results tally
	for _, dir := range exchangeDirs(t, root) {
		provider := filepath.Base(filepath.Dir(dir))
		results.add(t, provider, provider+"/"+filepath.Base(dir), func(t *testing.T) {
			t.Helper()
			f := loadFixture(t, dir)
			route, ok := match(t, f.request.Method, f.request.URL, headers(f.request.Headers))
			if !ok {
				t.Fatalf("%s is not recognised", f.request.URL)
			}
			for _, size := range []int{len(f.body) + 1, 1, 7, 1024} {
				got := facts(t, f, route, size)
				if diff := difference(got, f.expected); diff != "" {
					t.Fatalf("read %d bytes at a time: %s", size, diff)
				}
			}
		})
	}
	summary.Lock()
	defer summary.Unlock()
	fmt.Fprintf(&summary, "\n%s\n%s", root, results.String())
}

// tally counts the tests of each provider.
type tally struct {
	passed, failed map[string]int
}

func (r *tally) add(t *testing.T, provider, name string, test func(*testing.T)) {
	t.Helper()
	if r.passed == nil {
		r.passed, r.failed = map[string]int{}, map[string]int{}
	}
	if t.Run(name, test) {
		r.passed[provider]++
	} else {
		r.failed[provider]++
	}
}

func (r *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-18s %7s %7s\n", "provider", "passed", "failed")
	passed, failed := 0, 0
	providers := maps.Clone(r.passed)
	maps.Copy(providers, r.failed)
	for _, provider := range slices.Sorted(maps.Keys(providers)) {
		fmt.Fprintf(&b, "%-18s %7d %7d\n", provider, r.passed[provider], r.failed[provider])
		passed, failed = passed+r.passed[provider], failed+r.failed[provider]
	}
	fmt.Fprintf(&b, "%-18s %7d %7d\n", "all", passed, failed)
	return b.String()
}

func headers(given map[string]string) http.Header {
	header := http.Header{}
	for name, v := range given {
		header.Set(name, v)
	}
	return header
}

// facts gives what was read from an exchange in the form of expected.json.
func facts(t *testing.T, f fixture, route llmhttp.Route, size int) map[string]any {
	t.Helper()
	q := route.Request(f.request.Body, llmhttp.Limits{})
	if !q.IsModelCall() {
		t.Errorf("the body of the request is not taken for that of a model call")
	}
	parser := q.Parser(f.meta.Status, headers(f.meta.Headers))
	for chunk := range chunks(f.body, size) {
		if n, err := parser.Write(chunk); n != len(chunk) || err != nil {
			t.Fatalf("Write = %d, %v for %d bytes", n, err, len(chunk))
		}
	}
	r := parser.Finish(f.meta.BodyEnds != "eof")
	out := map[string]any{
		"provider": q.Provider, "system": q.System, "protocol": q.Protocol, "operation": q.Operation,
		"streaming": q.Streaming, "model_parameters": q.Parameters, "tools": toolNames(q.Tools),
		"input_messages": wide(t, q.Messages), "output_messages": wide(t, r.Messages),
		"finish_reasons": reasons(r.FinishReasons), "usage": usage(r.Usage), "complete": r.Complete,
	}
	for key, text := range map[string]string{"request_model": q.Model, "response_model": r.Model, "response_id": r.ID} {
		if text != "" {
			out[key] = text
		}
	}
	if r.Embeddings != nil {
		out["embeddings"] = r.Embeddings
	}
	if r.Moderation != nil {
		out["moderation"] = r.Moderation
	}
	if r.Rerank != nil {
		out["rerank"] = r.Rerank
	}
	if r.Operation != "" {
		out["operation"] = r.Operation
	}
	if r.Error != nil {
		out["error"] = failure(r.Error)
	}
	if s := r.Stream; s != nil {
		stream := map[string]any{"events": s.Events}
		if s.FirstOutput >= 0 {
			stream["first_output_event"], stream["first_output_offset"] = s.FirstOutput, s.FirstOutputOffset
		}
		out["stream"] = stream
	}
	return roundTrip(t, out)
}

// wide writes the content of messages as lists of parts, whatever they hold.
func wide(t *testing.T, messages []llmhttp.Message) []map[string]any {
	t.Helper()
	list := []map[string]any{}
	decode(t, llmhttp.AppendMessages(nil, messages), &list)
	for _, m := range list {
		if text, ok := m["content"].(string); ok {
			m["content"] = []any{map[string]any{"type": "text", "text": text}}
		}
	}
	return list
}

func toolNames(tools []llmhttp.Tool) []string {
	names := []string{}
	for _, tool := range tools {
		names = append(names, tool.Name)
	}
	return names
}

func reasons(sent []string) []any {
	list := []any{}
	for _, reason := range sent {
		if reason == "" {
			list = append(list, nil)
		} else {
			list = append(list, reason)
		}
	}
	return list
}

func usage(u llmhttp.Usage) map[string]int64 {
	out := map[string]int64{}
	for key, c := range map[string]llmhttp.Count{
		"input_tokens": u.Input, "output_tokens": u.Output, "total_tokens": u.Total,
		"cached_input_tokens": u.CacheRead, "cache_creation_tokens": u.CacheWrite, "reasoning_tokens": u.Reasoning,
	} {
		if c.Known {
			out[key] = c.N
		}
	}
	return out
}

func failure(e *llmhttp.Error) map[string]any {
	out := map[string]any{"http_status": e.Status}
	for key, text := range map[string]string{"type": e.Type, "message": e.Message, "code": e.Code} {
		if text != "" {
			out[key] = text
		}
	}
	return out
}

// difference says where two trees of JSON values part, "" when they are the same.
func difference(got, want map[string]any) string {
	var diffs []string
	for key := range want {
		if !reflect.DeepEqual(got[key], want[key]) {
			diffs = append(diffs, key)
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok {
			diffs = append(diffs, key)
		}
	}
	var b strings.Builder
	for _, key := range diffs {
		g, _ := json.Marshal(got[key])
		w, _ := json.Marshal(want[key])
		b.WriteString("\n" + key + "\n\tgot  " + string(g) + "\n\twant " + string(w))
	}
	return b.String()
}

func exchangeDirs(t *testing.T, root string) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(root, "*", "*", "expected.json"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no exchanges below %s: %v", root, err)
	}
	for i, path := range dirs {
		dirs[i] = filepath.Dir(path)
	}
	return dirs
}

// shared finds the recorded exchanges, which are no part of this repository.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TRACEROOT_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared")
	}
	if _, err := os.Stat(filepath.Join(dir, "fixtures")); err != nil {
		t.Skip("the recorded exchanges are not here: set TRACEROOT_SHARED to their directory")
	}
	return dir
}

func loadFixture(t *testing.T, dir string) fixture {
	t.Helper()
	var f fixture
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	decode(t, read("request.http.json"), &f.request)
	decode(t, read("response.meta.json"), &f.meta)
	decode(t, read("expected.json"), &f.expected)
	f.body = read("response.body")
	correct(filepath.Base(filepath.Dir(dir))+"/"+filepath.Base(dir), f.expected)
	return f
}

// correct sets right what the reference, which wrote expected.json, reads otherwise than a program would.
func correct(name string, expected map[string]any) {
	switch name {
	case "azure_openai/chat-prompt-filter-no-choices":
		// Azure sends a number where others send the type of an error; here it is text.
		if e, ok := expected["error"].(map[string]any); ok {
			e["type"] = "400"
		}
	case "together/chat-stream":
		// Each chunk says the same in "text" and in "delta"; the reference adds both: "11,,  22,,".
		expected["output_messages"] = []any{map[string]any{
			"role": "assistant", "content": []any{map[string]any{"type": "text", "text": "1, 2, 3, 4, 5."}},
		}}
	}
}

func roundTrip(t *testing.T, v any) map[string]any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	decode(t, data, &out)
	return out
}

func decode(t *testing.T, data []byte, to any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(to); err != nil {
		t.Fatalf("decode %.200s: %v", data, err)
	}
}
