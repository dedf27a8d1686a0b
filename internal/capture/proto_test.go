package capture_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// reply is what protoc-gen-go makes of a message with a oneof.
type (
	reply struct {
		Role  string      `protobuf:"bytes,1,opt,name=role,proto3" json:"role,omitempty"`
		Part  isReplyPart `protobuf_oneof:"part"`
		Index int32       `protobuf:"varint,4,opt,name=index,proto3" json:"index,omitempty"`
	}
	isReplyPart interface{ isReplyPart() }
	replyText   struct {
		Text string `protobuf:"bytes,2,opt,name=text,proto3,oneof"`
	}
	replyToolCall struct {
		ToolCall *structpb.Struct `protobuf:"bytes,3,opt,name=tool_call,json=toolCall,proto3,oneof"`
	}
)

func (*replyText) isReplyPart()     {}
func (*replyToolCall) isReplyPart() {}

func TestProtobufMessages(t *testing.T) {
	t.Parallel()

	t.Run("generated structs have their fields, and no internals", func(t *testing.T) {
		message := &descriptorpb.FieldDescriptorProto{
			Name: new("query"), Number: new(int32(1)), Options: &descriptorpb.FieldOptions{Deprecated: new(true)},
		}
		if _, err := proto.Marshal(message); err != nil { // It fills internals that are empty before.
			t.Fatal(err)
		}
		arguments, err := structpb.NewStruct(map[string]any{"city": "Oslo", "days": 3})
		if err != nil {
			t.Fatal(err)
		}
		expectTexts(t, map[string]any{
			`{"name":"query","number":1,"options":{"deprecated":true}}`: message,
			`{"city":"Oslo","days":3}`:                                  arguments,
			`{"at":{"seconds":1770294600}}`:                             map[string]any{"at": timestamppb.New(time.Unix(1770294600, 0))},
			`[{"type_url":"type.googleapis.com/x","value":"abc"}]`:      []any{&anypb.Any{TypeUrl: "type.googleapis.com/x", Value: []byte("abc")}},
		})
	})

	t.Run("a oneof is the member that it holds", func(t *testing.T) {
		arguments, err := structpb.NewStruct(map[string]any{"city": "Oslo"})
		if err != nil {
			t.Fatal(err)
		}
		expectTexts(t, map[string]any{
			`{"role":"model","text":"hi","index":2}`:                 &reply{"model", &replyText{"hi"}, 2},
			`[{"text":""},{"tool_call":{"city":"Oslo"}}]`:            []reply{{Part: &replyText{}}, {Part: &replyToolCall{arguments}}},
			`[{"index":1},{"role":"model"}]`:                         []*reply{{Index: 1}, {Role: "model", Part: (*replyText)(nil)}},
			`{"reply":{"role":"model","tool_call":null,"index":12}}`: map[string]*reply{"reply": {"model", &replyToolCall{}, 12}},
		})
	})

	t.Run("messages without exported fields are read by their methods", func(t *testing.T) {
		call := dynamicpb.NewMessage(callDescriptor(t))
		fields := call.Descriptor().Fields()
		set := func(name string, v protoreflect.Value) { call.Set(fields.ByName(protoreflect.Name(name)), v) }
		set("tool", protoreflect.ValueOfString("weather"))
		set("score", protoreflect.ValueOfFloat64(.5))
		set("raw", protoreflect.ValueOfBytes([]byte("é")))
		set("kind", protoreflect.ValueOfEnum(1))
		cities := call.Mutable(fields.ByName("cities")).List()
		cities.Append(protoreflect.ValueOfString("Oslo"))
		cities.Append(protoreflect.ValueOfString("Bergen"))
		labels := call.Mutable(fields.ByName("labels")).Map()
		labels.Set(protoreflect.ValueOfString("b").MapKey(), protoreflect.ValueOfInt64(2))
		labels.Set(protoreflect.ValueOfString("a").MapKey(), protoreflect.ValueOfInt64(1))
		inner := call.Mutable(fields.ByName("cause")).Message()
		inner.Set(fields.ByName("tool"), protoreflect.ValueOfString("search"))

		expectTexts(t, map[string]any{
			`{"tool":"weather","score":0.5,"raw":"é","kind":1,"cities":["Oslo","Bergen"],"labels":{"a":1,"b":2},"cause":{"tool":"search"}}`: call,
			`[{},null]`: []proto.Message{dynamicpb.NewMessage(callDescriptor(t)), (*dynamicpb.Message)(nil)},
		})
	})
}

// callDescriptor describes a message with a field of each kind.
func callDescriptor(t *testing.T) protoreflect.MessageDescriptor {
	t.Helper()
	type field = descriptorpb.FieldDescriptorProto
	one, many := descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(), descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	text, number := descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(), descriptorpb.FieldDescriptorProto_TYPE_INT64.Enum()
	message := descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: new("call.proto"), Syntax: new("proto3"), Package: new("test"),
		EnumType: []*descriptorpb.EnumDescriptorProto{{Name: new("Kind"), Value: []*descriptorpb.EnumValueDescriptorProto{
			{Name: new("UNKNOWN"), Number: new(int32(0))}, {Name: new("READ"), Number: new(int32(1))},
		}}},
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: new("Call"),
			Field: []*field{
				{Name: new("tool"), Number: new(int32(1)), Label: one, Type: text},
				{Name: new("score"), Number: new(int32(2)), Label: one, Type: descriptorpb.FieldDescriptorProto_TYPE_DOUBLE.Enum()},
				{Name: new("raw"), Number: new(int32(3)), Label: one, Type: descriptorpb.FieldDescriptorProto_TYPE_BYTES.Enum()},
				{Name: new("kind"), Number: new(int32(4)), Label: one, Type: descriptorpb.FieldDescriptorProto_TYPE_ENUM.Enum(), TypeName: new(".test.Kind")},
				{Name: new("cities"), Number: new(int32(5)), Label: many, Type: text},
				{Name: new("labels"), Number: new(int32(6)), Label: many, Type: message, TypeName: new(".test.Call.LabelsEntry")},
				{Name: new("cause"), Number: new(int32(7)), Label: one, Type: message, TypeName: new(".test.Call")},
			},
			NestedType: []*descriptorpb.DescriptorProto{{
				Name: new("LabelsEntry"), Options: &descriptorpb.MessageOptions{MapEntry: new(true)},
				Field: []*field{
					{Name: new("key"), Number: new(int32(1)), Label: one, Type: text},
					{Name: new("value"), Number: new(int32(2)), Label: one, Type: number},
				},
			}},
		}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file.Messages().ByName("Call")
}
