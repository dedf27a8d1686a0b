package providers_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// want are attributes by key: Go values for native ones, and for JSON text what it decodes to.
type want map[string]any

// expect compares some of a span's attributes; nil stands for an attribute that must not be there.
func expect(t *testing.T, s traceroottest.Span, attributes want) {
	t.Helper()
	for key, wanted := range attributes {
		got, ok := s.Attributes[key]
		if wanted == nil {
			if ok {
				t.Errorf("%s is %v, want none", key, got.AsInterface())
			}
			continue
		}
		if value := valueLike(got, wanted); !ok || !reflect.DeepEqual(value, wanted) {
			t.Errorf("%s is %#v, want %#v", key, value, wanted)
		}
	}
}

// valueLike is an attribute's value, decoded when it is JSON text and wanted is no text.
func valueLike(got attribute.Value, wanted any) any {
	value := got.AsInterface()
	text, isText := value.(string)
	if _, wantsText := wanted.(string); !isText || wantsText {
		return value
	}
	var decoded any
	if err := json.Unmarshal([]byte(text), &decoded); err != nil {
		return text
	}
	return decoded
}

// fromJSON is JSON as expect wants it.
func fromJSON(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

// only is the one span that was recorded.
func only(t *testing.T, rec *traceroottest.Recorder) traceroottest.Span {
	t.Helper()
	spans := rec.Spans()
	if len(spans) != 1 {
		t.Fatalf("%d spans, want 1:\n%s", len(spans), rec.Tree())
	}
	return spans[0]
}

// expectNowhere fails when a secret stands in any attribute.
func expectNowhere(t *testing.T, s traceroottest.Span, secret string) {
	t.Helper()
	for key, value := range s.Attributes {
		if strings.Contains(value.String(), secret) {
			t.Errorf("%s holds %q: %s", key, secret, value.String())
		}
	}
}
