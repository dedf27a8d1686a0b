package ingest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/pricing"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// TestGolden sends each golden request as a client would and compares the rows with those of the platform's own
// transform and its prices.
func TestGolden(t *testing.T) {
	t.Parallel()
	folder := golden(t)
	price := prices(t, folder)
	requests, err := filepath.Glob(filepath.Join(folder, "*.attrs.json"))
	if err != nil || len(requests) == 0 {
		t.Fatalf("no golden cases in %s: %v", folder, err)
	}
	for _, request := range requests {
		name := strings.TrimSuffix(filepath.Base(request), ".attrs.json")
		for _, encoding := range []string{protobuf, jsonType} {
			t.Run(fmt.Sprintf("ingest-12 %s in %s", name, path.Base(encoding)), func(t *testing.T) {
				t.Parallel()
				compareGolden(t, folder, name, encoding, price)
			})
		}
	}
}

func compareGolden(t *testing.T, folder, name, encoding string, price func(*store.Batch)) {
	t.Helper()
	var want struct{ Traces, Spans []row }
	decodeFile(t, filepath.Join(folder, name+".backend.json"), &want)
	body, err := os.ReadFile(filepath.Join(folder, name+".attrs.json"))
	if err != nil {
		t.Fatal(err)
	}
	if encoding == protobuf {
		body = protobufOf(t, body)
	}
	var sink kept
	answer := post(t, serve(t, ingest.Config{Sink: &sink})+ingest.OTLPPath, bytes.NewReader(pack(t, body)),
		"Content-Type", encoding, "Content-Encoding", "gzip")
	if answer.status != 200 {
		t.Fatalf("status %d %s", answer.status, answer.body)
	}
	got := sink.batches[0]
	price(&got)
	if len(got.Spans) != len(want.Spans) || len(got.Traces) != len(want.Traces) {
		t.Fatalf("%d spans in %d traces, want %d in %d", len(got.Spans), len(got.Traces), len(want.Spans), len(want.Traces))
	}
	for i := range want.Spans {
		compare(t, "span "+got.Spans[i].Name, spanRow(&got.Spans[i]), want.Spans[i])
	}
	for i := range want.Traces {
		maps.Copy(want.Traces[i], beyondPlatform[name])
		compare(t, "trace "+got.Traces[i].Name, traceRow(&got.Traces[i]), want.Traces[i])
	}
}

// prices are the platform's for the golden cases.
func prices(t *testing.T, folder string) func(*store.Batch) {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, "prices.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	table, err := pricing.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return table.Apply
}

// beyondPlatform is what our own server keeps and the platform loses: the metadata that a root has from its context
// (storage model, section 4).
var beyondPlatform = map[string]row{
	"context_attributes":   {"metadata": `{"feature":"chat"}`},
	"typescript_sdk_shape": {"metadata": `{"m":1,"j":2}`},
}

// row is a row of a table by column. A column of NULL may be missing.
type row map[string]any

func spanRow(s *store.Span) row {
	r := row{
		"trace_id": s.TraceID, "span_id": s.SpanID, "parent_span_id": null(s.ParentSpanID),
		"name": s.Name, "span_kind": string(s.Kind), "status": string(s.Status), "status_message": null(s.StatusMessage),
		"span_start_time": isoTime(s.Start), "span_end_time": isoTime(s.End),
		"input": deref(s.Input), "output": deref(s.Output), "metadata": null(s.Metadata),
		"model_name": null(s.Model), "environment": null(s.Environment),
		"git_source_file": null(s.Source.File), "git_source_function": null(s.Source.Function),
	}
	if s.Source.Line != 0 {
		r["git_source_line"] = float64(s.Source.Line)
	}
	if s.Kind.Evaluation() {
		r["is_evaluation"] = true
	}
	if u := s.Usage; u != nil {
		r["input_tokens"], r["output_tokens"], r["total_tokens"] = float64(u.Input), float64(u.Output), float64(u.Total())
		if !u.Estimated {
			details := make(map[string]any)
			for name, count := range u.Details() {
				details[name] = float64(count)
			}
			r["usage_details"] = details
		}
	}
	if s.Cost != nil {
		r["cost"] = s.Cost.Total.Dollars()
	}
	return r
}

func traceRow(tr *store.Trace) row {
	r := row{
		"trace_id": tr.TraceID, "name": tr.Name, "trace_start_time": isoTime(tr.Start),
		"user_id": null(tr.UserID), "session_id": null(tr.SessionID), "environment": null(tr.Environment),
		"git_repo": null(tr.GitRepo), "git_ref": null(tr.GitRef),
		"input": deref(tr.Input), "output": deref(tr.Output), "metadata": null(tr.Metadata),
	}
	if tr.IsEvaluation {
		r["is_evaluation"] = true
	}
	return r
}

func compare(t *testing.T, what string, got, want row) {
	t.Helper()
	delete(want, "project_id") // there are no projects here
	for column := range want {
		if _, ok := got[column]; !ok {
			got[column] = nil
		}
	}
	for column, value := range got {
		if expected := parsed(want[column]); !reflect.DeepEqual(parsed(value), expected) {
			t.Errorf("%s: %s = %#v, want %#v", what, column, value, want[column])
		}
	}
}

// parsed is the value of JSON text, so that spacing and the order of members do not count.
func parsed(v any) any {
	text, isText := v.(string)
	var value any
	if !isText || json.Unmarshal([]byte(text), &value) != nil {
		return v
	}
	return value
}

func null(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func deref(text *string) any {
	if text == nil {
		return nil
	}
	return *text
}

func isoTime(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	layout := "2006-01-02T15:04:05"
	if at.Nanosecond() != 0 {
		layout += ".000000"
	}
	return at.Format(layout)
}

// golden is the folder of the golden cases, which stand beside the repository.
func golden(tb testing.TB) string {
	tb.Helper()
	shared := os.Getenv("TRACEROOT_SHARED")
	if shared == "" {
		shared = filepath.Join(projectRoot(tb), "..", "shared")
	}
	folder := filepath.Join(shared, "contract", "golden")
	if _, err := os.Stat(folder); err != nil {
		tb.Skipf("golden cases not found, set TRACEROOT_SHARED: %v", err)
	}
	return folder
}

func projectRoot(tb testing.TB) string {
	tb.Helper()
	folder, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.work")); err == nil {
			return folder
		}
		if parent := filepath.Dir(folder); parent != folder {
			folder = parent
			continue
		}
		tb.Skip("not inside the workspace")
	}
}

// protobufOf encodes a request that is kept as OTLP in JSON, which unlike protobuf's own JSON has ids in hex.
func protobufOf(tb testing.TB, otlp []byte) []byte {
	tb.Helper()
	var document any
	if err := json.Unmarshal(otlp, &document); err != nil {
		tb.Fatal(err)
	}
	eachID(document, func(id string) string {
		octets, err := hex.DecodeString(id)
		if err != nil {
			tb.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(octets)
	})
	text, err := json.Marshal(document)
	if err != nil {
		tb.Fatal(err)
	}
	var request coltracepb.ExportTraceServiceRequest
	if err := protojson.Unmarshal(text, &request); err != nil {
		tb.Fatal(err)
	}
	return marshal(tb, &request)
}

func decodeFile(t *testing.T, file string, v any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
