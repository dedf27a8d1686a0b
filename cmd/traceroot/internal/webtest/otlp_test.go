package webtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// sent is a span as OTLP's JSON has it.
type sent struct {
	TraceID    string      `json:"traceId"`
	SpanID     string      `json:"spanId"`
	Parent     string      `json:"parentSpanId,omitempty"`
	Name       string      `json:"name"`
	Start      string      `json:"startTimeUnixNano"`
	End        string      `json:"endTimeUnixNano"`
	Attributes []attribute `json:"attributes"`
}

type attribute struct {
	Key   string `json:"key"`
	Value struct {
		String string `json:"stringValue"`
	} `json:"value"`
}

// span is the n-th of a trace, which starts so many milliseconds after it and lasts one. Attributes are keys and values.
func span(trace string, n, parent int, name string, start int, attributes ...string) sent {
	began := time.Now().Add(-time.Minute).Truncate(time.Minute).Add(time.Duration(start) * time.Millisecond)
	s := sent{
		TraceID: trace, SpanID: fmt.Sprintf("%016x", n), Name: name,
		Start: strconv.FormatInt(began.UnixNano(), 10), End: strconv.FormatInt(began.Add(time.Millisecond).UnixNano(), 10),
	}
	if parent > 0 {
		s.Parent = fmt.Sprintf("%016x", parent)
	}
	for i := 0; i < len(attributes); i += 2 {
		a := attribute{Key: attributes[i]}
		a.Value.String = attributes[i+1]
		s.Attributes = append(s.Attributes, a)
	}
	return s
}

// send sends spans by OTLP.
func (s *world) send(t *testing.T, spans []sent) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"resourceSpans": []any{map[string]any{"scopeSpans": []any{map[string]any{"spans": spans}}}}})
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/v1/traces", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := asking.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the server answered %s", response.Status)
	}
}
