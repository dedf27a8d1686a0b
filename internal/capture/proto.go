package capture

import (
	"reflect"
	"strings"
	"sync"
)

// A generated protobuf message is a struct like others: its fields are exported and have json tags, its internals are
// neither exported nor tagged. Only a oneof is not readable so, since generated code has an interface there, which holds
// a struct of one field for each choice. It is written as the protobuf JSON mapping does, as a member with the name of
// the choice.

// isOneof recognises the field of a oneof by the tag that protoc-gen-go gives it.
func isOneof(sf reflect.StructField) bool {
	return sf.Type.Kind() == reflect.Interface && sf.Tag.Get("protobuf_oneof") != ""
}

// oneof writes the choice that v holds, if it holds one.
func (e *encoder) oneof(v reflect.Value, first bool) bool {
	wrapper := v.Elem()
	if !wrapper.IsValid() || wrapper.Kind() != reflect.Pointer || wrapper.IsNil() {
		return first
	}
	choice := choiceOf(wrapper.Type())
	if choice == nil {
		return first
	}
	e.label(choice, first)
	choice.plan.made().encode(e, wrapper.Elem().Field(0))
	return false
}

var choices sync.Map // reflect.Type → *field

// choiceOf returns the member for a wrapper, which is a pointer to a struct with one field; nil for other types.
func choiceOf(wrapper reflect.Type) *field {
	if known, ok := choices.Load(wrapper); ok {
		return known.(*field) //nolint:errcheck // the map holds nothing else
	}
	var choice *field
	if t := wrapper.Elem(); t.Kind() == reflect.Struct && t.NumField() == 1 && t.Field(0).IsExported() {
		f := newField(t.Field(0), protoName(t.Field(0)), nil)
		choice = &f
	}
	choices.Store(wrapper, choice)
	return choice
}

// protoName is the field's name in the .proto file, which is what json tags have, too.
func protoName(sf reflect.StructField) string {
	for part := range strings.SplitSeq(sf.Tag.Get("protobuf"), ",") {
		if name, ok := strings.CutPrefix(part, "name="); ok {
			return name
		}
	}
	return ""
}
