package tracelangchaingo_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/tmc/langchaingo/chains"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracelangchaingo"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestHooksOfTheRootNestInTheHandlersSpans(t *testing.T) {
	t.Run("integrations-17 HTTPClient of an executor's model", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		executor := newExecutor(t, chatServer(t).URL, traceroot.HTTPClient(nil), tracelangchaingo.NewHandler(), search{})
		if _, err := chains.Run(ctx, executor, "why?"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, agentTree)
		wantOneTrace(t, rec.Spans())
	})
	t.Run("integrations-17 HTTPClient below a span of the program", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		ctx, request := traceroot.Start(ctx, "request")
		chain := newChain(newOpenAI(t, chatServer(t).URL, traceroot.HTTPClient(nil)), "Say {{.it}}", tracelangchaingo.NewHandler())
		if _, err := chains.Run(ctx, chain, "hi"); err != nil {
			t.Fatal(err)
		}
		request.End()
		wantTree(t, rec, "span request\n  span chain\n    llm chat gpt-4o\n")
	})
	t.Run("integrations-17 HTTPClient of two runs at the same time, with one context", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		const runs = 2
		client := traceroot.HTTPClient(&http.Client{Transport: meetingOf(runs)})
		executor := newExecutor(t, chatServer(t).URL, client, tracelangchaingo.NewHandler(), search{})
		var done sync.WaitGroup
		for i := range runs {
			done.Go(func() {
				if _, err := chains.Run(ctx, executor, fmt.Sprint("question ", i)); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		wantRuns(t, rec, runs)
	})
}

// meetingOf holds the first requests back until there are n of them, and lets all that follow pass.
func meetingOf(n int) http.RoundTripper {
	var missing sync.WaitGroup
	missing.Add(n)
	seats := make(chan struct{}, n)
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		select {
		case seats <- struct{}{}:
			missing.Done()
		default:
		}
		missing.Wait()
		return http.DefaultTransport.RoundTrip(req)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
