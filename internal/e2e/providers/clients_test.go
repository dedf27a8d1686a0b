package providers_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	optionv1 "github.com/openai/openai-go/option"
	"github.com/openai/openai-go/v3/option"

	"github.com/traceroot-ai/traceroot-go"
)

const key = "sk-of-the-test"

// client is one of the providers' Go clients, cut to what the tests ask of it. Requests are given as JSON and read by the
// client's own types, so that all of them send the same.
type client interface {
	ask(ctx context.Context, request string) (message any, err error)
	stream(ctx context.Context, request string) (*pieces, error)
	embed(ctx context.Context, request string) (dimensions int, err error)
	models(ctx context.Context) error
}

// pieces are the texts of a streamed answer.
type pieces struct {
	next  func() (text string, err error) // io.EOF after the last one
	close func() error
}

func (p *pieces) readAll() (text string, err error) {
	for {
		piece, err := p.next()
		if errors.Is(err, io.EOF) {
			return text, p.close()
		}
		if err != nil {
			return text, errors.Join(err, p.close())
		}
		text += piece
	}
}

// hooked is a client under test: which one, and how the SDK is hooked into it.
type hooked struct {
	name    string
	retries bool // the client tries again by itself
	connect func(baseURL string) client
}

// hookedClients are the ways into one client that its documentation offers.
var hookedClients = []hooked{
	{"openai-go v3, middleware", true, func(url string) client {
		return newOpenAI(url, option.WithMiddleware(traceroot.Middleware()))
	}},
	{"openai-go v3, client", true, func(url string) client {
		return newOpenAI(url, option.WithHTTPClient(traceroot.HTTPClient(nil)))
	}},
	{"openai-go v1, middleware", true, func(url string) client {
		return newOpenAIv1(url, optionv1.WithMiddleware(traceroot.Middleware()))
	}},
	{"openai-go v1, client", true, func(url string) client {
		return newOpenAIv1(url, optionv1.WithHTTPClient(traceroot.HTTPClient(nil)))
	}},
	{"go-openai, client", false, func(url string) client {
		return newGoOpenAI(url, traceroot.HTTPClient(nil))
	}},
	{"go-openai, doer", false, func(url string) client {
		return newGoOpenAI(url, traceroot.Doer(&http.Client{}))
	}},
}

// plainClients are the same clients as they come.
var plainClients = map[string]func(baseURL string) client{
	"openai-go v3": func(url string) client { return newOpenAI(url) },
	"openai-go v1": func(url string) client { return newOpenAIv1(url) },
	"go-openai":    func(url string) client { return newGoOpenAI(url, nil) },
}

func decode[T any](request string) (T, error) {
	var params T
	if err := json.Unmarshal([]byte(request), &params); err != nil {
		return params, fmt.Errorf("read the request as %T: %w", params, err)
	}
	return params, nil
}
