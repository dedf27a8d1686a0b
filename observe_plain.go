package traceroot

import (
	"context"
	"encoding/json"
	"reflect"
)

// plainTwin wraps functions of the commonest shapes without reflection: a context, then nothing, one value of a plain
// type or two strings, returning a plain type and an error. Other functions are not ok.
func plainTwin(fn reflect.Value, w *wrapper) (twin reflect.Value, ok bool) {
	f := unnamed(fn).Interface()
	for _, try := range []func(any, *wrapper) any{
		plainReturning[string], plainReturning[[]byte], plainReturning[json.RawMessage], plainReturning[any],
		plainReturning[map[string]any],
	} {
		if twin := try(f, w); twin != nil {
			return reflect.ValueOf(twin), true
		}
	}
	return reflect.Value{}, false
}

func plainReturning[O any](fn any, w *wrapper) any {
	switch f := fn.(type) {
	case func(context.Context) (O, error):
		return observe0(f, w)
	case func(context.Context, string) (O, error):
		return observe1(f, w)
	case func(context.Context, []byte) (O, error):
		return observe1(f, w)
	case func(context.Context, json.RawMessage) (O, error):
		return observe1(f, w)
	case func(context.Context, any) (O, error):
		return observe1(f, w)
	case func(context.Context, map[string]any) (O, error):
		return observe1(f, w)
	case func(context.Context, string, string) (O, error):
		return observe2(f, w)
	default:
		return nil
	}
}

// unnamed is fn without the name of its type, so that named function types are recognised, too.
func unnamed(fn reflect.Value) reflect.Value {
	t := fn.Type()
	if t.Name() == "" {
		return fn
	}
	in := make([]reflect.Type, t.NumIn())
	for i := range in {
		in[i] = t.In(i)
	}
	out := make([]reflect.Type, t.NumOut())
	for i := range out {
		out[i] = t.Out(i)
	}
	return fn.Convert(reflect.FuncOf(in, out, t.IsVariadic()))
}
