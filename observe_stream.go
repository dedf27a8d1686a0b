package traceroot

import (
	"context"
	"reflect"
)

// followerOf tells how to follow a result of type t; nil for one that is no stream. Sequences are recognised by shape,
// so that named ones and those of older packages count, too.
func followerOf(t reflect.Type) streamFollower {
	switch {
	case t.Kind() == reflect.Chan && t.ChanDir() != reflect.SendDir:
		return followChannel
	case isSequence(t):
		return followSequence
	default:
		return nil
	}
}

// isStream tells whether a T is followed.
func isStream[T any]() bool { return followerOf(reflect.TypeFor[T]()) != nil }

// isSequence recognises func(yield func(V) bool) and func(yield func(K, V) bool).
func isSequence(t reflect.Type) bool {
	if t.Kind() != reflect.Func || t.IsVariadic() || t.NumIn() != 1 || t.NumOut() != 0 {
		return false
	}
	yield := t.In(0)
	return yield.Kind() == reflect.Func && !yield.IsVariadic() && (yield.NumIn() == 1 || yield.NumIn() == 2) &&
		yield.NumOut() == 1 && yield.Out(0).Kind() == reflect.Bool
}

func followChannel(in reflect.Value, begin func() (context.Context, *stream)) reflect.Value {
	ctx, st := begin()
	return relay(ctx, st, in)
}

func followSequence(sequence reflect.Value, begin func() (context.Context, *stream)) reflect.Value {
	t := sequence.Type()
	return reflect.MakeFunc(t, func(loop []reflect.Value) []reflect.Value {
		_, st := begin()
		if st == nil {
			return sequence.Call(loop)
		}
		yield := loop[0]
		watched := reflect.MakeFunc(t.In(0), func(step []reflect.Value) (more []reflect.Value) {
			item, err := stepItem(step)
			st.deliver(item, err, func() bool {
				more = yield.Call(step)
				return more[0].Bool()
			})
			return more
		})
		st.follow(func() { sequence.Call([]reflect.Value{watched}) })
		return nil
	})
}

// stepItem is what the span shows of one step of a sequence.
func stepItem(step []reflect.Value) (item any, err error) {
	if len(step) == 1 {
		return step[0].Interface(), nil
	}
	if step[1].Type() == errorType {
		err, _ = reflect.TypeAssert[error](step[1])
		return keyBeside(step[0].Interface(), err), err
	}
	return []any{step[0].Interface(), step[1].Interface()}, nil
}
