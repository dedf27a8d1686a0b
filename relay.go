package traceroot

import (
	"context"
	"reflect"
)

// relay passes the items of in on through a channel of the same type and capacity, and ends st when in is closed or ctx
// is done. The span ends before the consumer sees the end of the channel. It works by reflection, for Chan and Observe
// alike: an item costs about a microsecond more.
func relay(ctx context.Context, st *stream, in reflect.Value) reflect.Value {
	out := reflect.MakeChan(reflect.ChanOf(reflect.BothDir, in.Type().Elem()), in.Cap())
	go func() {
		defer out.Close()
		defer st.end()
		st.stopped = !st.relay(ctx, in, out)
	}()
	return out.Convert(in.Type())
}

// relay tells whether in was passed on to its end. A channel that is closed when ctx is already done was left before it:
// that is how a producer stops.
func (st *stream) relay(ctx context.Context, in, out reflect.Value) (ended bool) {
	for {
		item, open, done := receive(ctx, in)
		switch {
		case done:
			st.relayWaiting(in, out)
			return false
		case !open:
			return ctx.Err() == nil
		}
		// An item that nobody takes is not one of the stream's. It is noted before it is sent, while nobody else changes it.
		before := *st
		st.add(item.Interface())
		if !send(ctx, out, item) {
			*st = before
			return false
		}
	}
}

// relayWaiting passes on what already waits in in, as far as there is room: the consumer could have had it without us.
func (st *stream) relayWaiting(in, out reflect.Value) {
	for out.Len() < out.Cap() {
		item, open := in.TryRecv()
		if !open {
			return
		}
		st.add(item.Interface())
		out.Send(item)
	}
}

func receive(ctx context.Context, in reflect.Value) (item reflect.Value, open, done bool) {
	chosen, item, open := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: in},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
	})
	return item, open, chosen == 1
}

// send waits for room in out; false when ctx is done first.
func send(ctx context.Context, out, item reflect.Value) bool {
	if out.TrySend(item) {
		return true
	}
	chosen, _, _ := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectSend, Chan: out, Send: item},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
	})
	return chosen == 0
}
