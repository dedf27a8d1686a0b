package otlp_test

import (
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

func TestMalformedRequestsAreErrors(t *testing.T) {
	t.Parallel()
	for name, malformed := range map[string]string{
		"a tag that ends":              "\x80",
		"a tag too long":               strings.Repeat("\xff", 10) + "\x01",
		"field number 0":               "\x02\x00",
		"a field number too large":     "\x82\x80\x80\x80\x10\x00",
		"no varint":                    "\x08",
		"no length":                    "\x0a",
		"a length beyond the end":      "\x0a\x05abcd",
		"a length beyond all measure":  "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		"32 bits that end":             "\x0d\x01\x02\x03",
		"64 bits that end":             "\x09\x01\x02\x03",
		"a group, which OTLP has none": "\x0b\x0c",
		"no wire type":                 "\x0f",
	} {
		whole := marshal(stub(1).Snapshot(), stub(2).Snapshot())
		for depth, fields := range [][]protowire.Number{{}, {1}, {1, 2}} { // a request, of a resource, of a scope
			data := slices.Concat(whole, nest([]byte(malformed), fields))
			if _, _, err := otlp.Halves(data); err == nil {
				t.Errorf("%s, at depth %d: Halves split it", name, depth)
			}
		}
		for depth, fields := range [][]protowire.Number{
			{}, {1}, {1, 2}, {1, 2, 2}, // a span
			{1, 2, 2, 9}, {1, 2, 2, 9, 2}, {1, 2, 2, 9, 2, 5}, {1, 2, 2, 9, 2, 6}, // an attribute, its value, a list, a map
			{1, 2, 2, 11}, {1, 2, 2, 11, 3}, {1, 2, 2, 13}, {1, 2, 2, 13, 4}, {1, 2, 2, 15}, // an event, a link and theirs, a status
		} {
			data := slices.Concat(whole, nest([]byte(malformed), fields))
			if _, err := otlp.CutValues(data, 10); err == nil {
				t.Errorf("%s, at depth %d: CutValues cut it", name, depth)
			}
		}
	}
}

// nest makes data the content of fields within fields, the first of which is the outermost.
func nest(data []byte, fields []protowire.Number) []byte {
	for _, number := range slices.Backward(fields) {
		data = protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), data)
	}
	return data
}

// A field that is none of ours may have any number, and one of ours with another wire type is such a field.
func TestUnknownFieldsAreKept(t *testing.T) {
	t.Parallel()
	const unknown = "\x08\x01" + "\x11abcdefgh" + "\x1dabcd" + "\xfa\xff\xff\xff\x0f\x03abc"
	whole := slices.Concat(marshal(stub(1, attribute.String("k", "v")).Snapshot(), stub(2).Snapshot()), []byte(unknown))
	first, second, err := otlp.Halves(whole)
	if err != nil {
		t.Fatal(err)
	}
	short, err := otlp.CutValues(whole, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{first, second, short} {
		if got := string(decode(t, data).ProtoReflect().GetUnknown()); got != unknown {
			t.Errorf("unknown fields are %q, want %q", got, unknown)
		}
	}
}
