package ingest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	coltracepb "go.opentelemetry.io/proto/slim/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// TestGolden sends each golden request as a client would and compares the rows with those of the platform's own
// transform. Costs are left out, and tokens where the platform estimates them: package pricing will bring both, and then
// these cases may claim row ingest-12.
func TestGolden(t *testing.T) {
	t.Parallel()
	folder := golden(t)
	requests, err := filepath.Glob(filepath.Join(folder, "*.attrs.json"))
	if err != nil || len(requests) == 0 {
		t.Fatalf("no golden cases in %s: %v", folder, err)
	}
	for _, request := range requests {
		name := strings.TrimSuffix(filepath.Base(request), ".attrs.json")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want struct{ Traces, Spans []row }
			decodeFile(t, filepath.Join(folder, name+".backend.json"), &want)
			var sink memory
			body := protobufOf(t, request)
			status, answer := post(t, serve(t, &sink, ingest.Limits{}), bytes.NewReader(pack(t, body)),
				"Content-Type", protobuf, "Content-Encoding", "gzip")
			if status != 200 {
				t.Fatalf("status %d %v", status, answer)
			}
			got := sink.batches[0]
			if len(got.Spans) != len(want.Spans) || len(got.Traces) != len(want.Traces) {
				t.Fatalf("%d spans in %d traces, want %d in %d", len(got.Spans), len(got.Traces), len(want.Spans), len(want.Traces))
			}
			for i := range want.Spans {
				compare(t, "span "+got.Spans[i].Name, spanRow(&got.Spans[i]), expectedSpan(want.Spans[i]))
			}
			for i := range want.Traces {
				if ours, ok := beyondPlatform[name]; ok {
					want.Traces[i]["metadata"] = ours
				}
				compare(t, "trace "+got.Traces[i].Name, traceRow(&got.Traces[i]), want.Traces[i])
			}
		})
	}
}

// beyondPlatform is the trace metadata of cases in which the root has metadata from its context, which the platform
// loses and our own server keeps (storage model, section 4).
var beyondPlatform = map[string]string{
	"context_attributes":   `{"feature":"chat"}`,
	"typescript_sdk_shape": `{"m":1,"j":2}`,
}

// row is a row of a table by column. A column of NULL may be missing.
type row map[string]any

func expectedSpan(want row) row {
	delete(want, "cost")
	if want["usage_details"] == nil {
		for _, estimated := range []string{"input_tokens", "output_tokens", "total_tokens"} {
			delete(want, estimated)
		}
	}
	return want
}

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
		details := make(map[string]any)
		for name, count := range u.Details() {
			details[name] = float64(count)
		}
		r["usage_details"] = details
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
func golden(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("TRACEROOT_SHARED")
	if shared == "" {
		shared = filepath.Join(projectRoot(t), "..", "shared")
	}
	folder := filepath.Join(shared, "contract", "golden")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("golden cases not found, set TRACEROOT_SHARED: %v", err)
	}
	return folder
}

func projectRoot(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.work")); err == nil {
			return folder
		}
		if parent := filepath.Dir(folder); parent != folder {
			folder = parent
			continue
		}
		t.Skip("not inside the workspace")
	}
}

// protobufOf encodes a request that is kept as OTLP in JSON, which unlike protobuf's own JSON has ids in hex.
func protobufOf(t *testing.T, file string) []byte {
	t.Helper()
	var document any
	decodeFile(t, file, &document)
	base64IDs(t, document)
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	var request coltracepb.ExportTraceServiceRequest
	if err := protojson.Unmarshal(text, &request); err != nil {
		t.Fatal(err)
	}
	body, err := proto.Marshal(&request)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func base64IDs(t *testing.T, node any) {
	t.Helper()
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			base64IDs(t, item)
		}
	case map[string]any:
		for key, member := range node {
			switch key {
			case "traceId", "spanId", "parentSpanId":
				id, err := hex.DecodeString(fmt.Sprint(member))
				if err != nil {
					t.Fatal(err)
				}
				node[key] = base64.StdEncoding.EncodeToString(id)
			default:
				base64IDs(t, member)
			}
		}
	}
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
