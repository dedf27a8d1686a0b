package capture

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// Messages of protobuf's opaque API and dynamic ones have no exported fields. They are read by the methods of package
// protoreflect, which this package does not import, so that a program without protobuf pays nothing. Most are reached
// through the interfaces below; those that take or return types of that package are found by name.
type (
	protoField interface {
		Index() int
		TextName() string
	}
	protoValue interface{ Interface() any }
	protoSized interface{ Len() int }
)

// isOpaque recognises a pointer to a message that only its methods can tell about.
func isOpaque(t reflect.Type) bool {
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return false
	}
	method, ok := t.MethodByName("ProtoReflect")
	if !ok || method.Type.NumIn() != 1 || method.Type.NumOut() != 1 || method.Type.Out(0).Kind() != reflect.Interface {
		return false
	}
	_, ok = method.Type.Out(0).MethodByName("Range")
	return ok && len(fieldsOf(t.Elem())) == 0
}

// protoMember is a populated field of a message, an item of a list or an entry of a map.
type protoMember struct {
	index int // of the field in its message
	name  string
	value any
}

func encodeOpaque(t reflect.Type) encodeFunc {
	return func(e *encoder, v reflect.Value) {
		if v.IsNil() {
			e.null()
			return
		}
		fields, ok := protoFields(v)
		if !ok {
			e.unencodable(t)
			return
		}
		if at := refTo(t); e.enter(at, v.Pointer(), 0) {
			e.protoObject(at, fields)
			e.leave()
		}
	}
}

func (e *encoder) protoObject(t *typeRef, members []protoMember) {
	if !e.open('{', t) {
		return
	}
	for i, m := range members {
		e.key(m.name, i == 0)
		e.protoValue(m.value)
		if !e.more() {
			break
		}
	}
	e.close('}')
}

// protoValue writes what a protoreflect.Value holds: a plain Go value, or a Message, a List or a Map, which only their
// methods tell apart.
func (e *encoder) protoValue(v any) {
	rv := reflect.ValueOf(v)
	if isNil(rv) || rv.Kind() != reflect.Pointer && rv.Kind() != reflect.Struct {
		e.any(v)
		return
	}
	if message, ok := protoMessage(rv); ok {
		e.any(message)
		return
	}
	items, keyed, ok := protoItems(rv)
	switch {
	case !ok:
		e.unencodable(rv.Type())
	case keyed:
		e.protoObject(refTo(rv.Type()), items)
	case e.open('[', refTo(rv.Type())):
		for i, item := range items {
			e.comma(i == 0)
			e.protoValue(item.value)
			if !e.more() {
				break
			}
		}
		e.close(']')
	}
}

// protoFields returns the populated fields of a message in the order of their declaration; ok is false when a method
// panics or is not what it should be.
func protoFields(message reflect.Value) (fields []protoMember, ok bool) {
	defer recoverNotOK(&ok)
	reflected := message.MethodByName("ProtoReflect").Call(nil)[0]
	eachOf(reflected.MethodByName("Range"), func(key, value reflect.Value) {
		field, _ := reflect.TypeAssert[protoField](key)
		fields = append(fields, protoMember{index: field.Index(), name: field.TextName(), value: plainProto(value)})
	})
	slices.SortFunc(fields, func(a, b protoMember) int { return cmp.Compare(a.index, b.index) })
	return fields, true
}

// protoMessage returns the message behind a protoreflect.Message.
func protoMessage(v reflect.Value) (message any, ok bool) {
	defer recoverNotOK(&ok)
	if _, isSized := reflect.TypeAssert[protoSized](v); isSized {
		return nil, false
	}
	return v.MethodByName("Interface").Call(nil)[0].Interface(), true
}

// protoItems returns what a protoreflect.List or a protoreflect.Map holds, and whether it has names.
func protoItems(v reflect.Value) (items []protoMember, keyed, ok bool) {
	defer recoverNotOK(&ok)
	if each := v.MethodByName("Range"); each.IsValid() {
		eachOf(each, func(key, value reflect.Value) {
			items = append(items, protoMember{name: fmt.Sprint(plainProto(key)), value: plainProto(value)})
		})
		slices.SortFunc(items, func(a, b protoMember) int { return cmp.Compare(a.name, b.name) })
		return items, true, true
	}
	list, _ := reflect.TypeAssert[protoSized](v)
	get := v.MethodByName("Get")
	for i := range list.Len() {
		items = append(items, protoMember{value: plainProto(get.Call([]reflect.Value{reflect.ValueOf(i)})[0])})
	}
	return items, false, true
}

// plainProto returns what a protoreflect.Value or a protoreflect.MapKey holds.
func plainProto(v reflect.Value) any {
	value, _ := reflect.TypeAssert[protoValue](v)
	return value.Interface()
}

// eachOf calls a method that takes a function of two arguments which goes on as long as it returns true.
func eachOf(method reflect.Value, visit func(a, b reflect.Value)) {
	visitor := reflect.MakeFunc(method.Type().In(0), func(args []reflect.Value) []reflect.Value {
		visit(args[0], args[1])
		return []reflect.Value{reflect.ValueOf(true)}
	})
	method.Call([]reflect.Value{visitor})
}

func recoverNotOK(ok *bool) {
	if recover() != nil {
		*ok = false
	}
}
