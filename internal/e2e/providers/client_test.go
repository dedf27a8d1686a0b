package providers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

const key = "sk-of-the-test"

// client is one of the providers' Go clients, cut to what the tests ask of it.
type client struct {
	ask func(context.Context, prompt) (answer any, err error)

	// stream gives the pieces of a streamed answer to each until that fails, and then closes the stream and returns its
	// error. It is nil for a client that has no streams.
	stream func(ctx context.Context, p prompt, each func(piece string) error) error
}

// adapter is a client under test, and the ways in which the SDK is hooked into it.
type adapter struct {
	name  string
	wire  *wire
	plain func(t *testing.T, url string) client // as it comes, for a server at url
	hooks []hook

	unable       []string // columns of the matrix that the client has no means for
	ownTransport bool     // the client does not use http.DefaultTransport
	eitherCancel bool     // whether the client tells of a cancellation depends on which of its goroutines is first, with us and without

	asItComes func(t *testing.T, url string) client // where plain is not, because its hooks have to be compared with something else

	differs func(*wire) // changes what is expected to what this client sends, where others of its wire send something else
}

// expected is the wire as this client speaks it, and as a hook sees it.
func (a adapter) expected(h hook) *wire {
	w := *a.wire
	for _, differs := range []func(*wire){a.differs, h.differs} {
		if differs != nil {
			differs(&w)
		}
	}
	return &w
}

// hook is one way to hook the SDK into a client.
type hook struct {
	name    string
	connect func(t *testing.T, url string) client // nil: the hook is none for this client

	differs func(*wire) // changes what is expected to what this hook sees

	// install is for hooks into what the whole process shares, and lasts until the test ends.
	install func(t *testing.T)
}

// way is an option that hooks the SDK into a client of some library, and part is a part of such a client.
type (
	way[O any] struct {
		name   string
		option func() O
	}
	part[C any] struct {
		name   string
		wire   *wire
		unable []string
		client func(C) client
	}
)

// family are the adapters for the parts of one library's client, each with all the ways.
func family[C, O any](name string, connect func(url string, opts ...O) C, ways []way[O], parts []part[C]) []adapter {
	var all []adapter
	for _, p := range parts {
		a := adapter{
			name: name + p.name, wire: p.wire, unable: p.unable,
			plain: func(_ *testing.T, url string) client { return p.client(connect(url)) },
		}
		for _, w := range ways {
			a.hooks = append(a.hooks, hook{name: w.name, connect: func(_ *testing.T, url string) client {
				return p.client(connect(url, w.option()))
			}})
		}
		all = append(all, a)
	}
	return all
}

// asking makes a client's method that reads its parameters from JSON into an ask.
func asking[P, R, O any](call func(context.Context, P, ...O) (*R, error)) func(context.Context, prompt) (any, error) {
	return func(ctx context.Context, p prompt) (any, error) {
		params, err := decode[P](p.body)
		if err != nil {
			return nil, err
		}
		answer, err := call(ctx, params)
		if err != nil {
			return nil, err
		}
		return answer, nil
	}
}

// eventStream is the shape of the streams of openai-go and anthropic-sdk-go.
type eventStream[E any] interface {
	Next() bool
	Current() E
	Err() error
	Close() error
}

// streaming is asking for streams of events, of which text says what the reader sees.
func streaming[P, E, O any, S eventStream[E]](
	call func(context.Context, P, ...O) S, text func(E) string,
) func(context.Context, prompt, func(string) error) error {
	return func(ctx context.Context, p prompt, each func(string) error) error {
		params, err := decode[P](p.body)
		if err != nil {
			return err
		}
		events := call(ctx, params)
		for events.Next() {
			if err = give(each, text(events.Current())); err != nil {
				break
			}
		}
		return errors.Join(err, events.Err(), events.Close())
	}
}

// give passes a piece on, unless there is nothing in it.
func give(each func(string) error, piece string) error {
	if piece == "" {
		return nil
	}
	return each(piece)
}

func decode[T any](body string) (T, error) {
	var params T
	if err := json.Unmarshal([]byte(body), &params); err != nil {
		return params, fmt.Errorf("read the request as %T: %w", params, err)
	}
	return params, nil
}
