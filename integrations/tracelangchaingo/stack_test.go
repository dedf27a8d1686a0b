package tracelangchaingo_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tmc/langchaingo/callbacks"
	"github.com/tmc/langchaingo/chains"
	"github.com/tmc/langchaingo/llms"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracelangchaingo"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestContexts(t *testing.T) {
	t.Run("a context derived inside a chain belongs to it", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		client := tracedClient()
		client.Timeout = time.Minute // net/http derives a context for it
		inner := newChain(newOpenAI(t, chatServer(t).URL, client), "Say {{.it}}", handler)
		outer := reportedTransform{handler, func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			defer cancel()
			_, err := chains.Run(ctx, inner, "hi")
			return err
		}}
		if err := outer.run(ctx); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, "span chain\n  span chain\n    llm chat gpt-4o\n")
	})
	t.Run("a span of the program inside a chain is nearer", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		inner := newChain(newOpenAI(t, chatServer(t).URL, tracedClient()), "Say {{.it}}", handler)
		outer := reportedTransform{handler, func(ctx context.Context) error {
			return traceroot.Run(ctx, "step", func(ctx context.Context) error {
				_, err := chains.Run(ctx, inner, "hi")
				return err
			})
		}}
		_ = traceroot.Run(ctx, "request", outer.run)
		wantTree(t, rec, "span request\n  span chain\n  span step\n    span chain\n      llm chat gpt-4o\n")
	})
	t.Run("contexts that cannot be compared, or are nil, break nothing", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		odd := incomparable{Context: ctx}
		handler.HandleChainStart(odd, nil)
		handler.HandleChainEnd(odd, nil)
		off := tracelangchaingo.NewHandler()
		off.HandleChainStart(nil, nil) //nolint:staticcheck // what is tested
		off.HandleChainEnd(nil, nil)   //nolint:staticcheck // what is tested
		wantTree(t, rec, "")
	})
	t.Run("what is not sampled stays so all the way down", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t, traceroot.WithSampler(&firstRootDropped{}))
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), tracelangchaingo.NewHandler(), search{})
		if _, err := chains.Run(ctx, executor, "why?"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, "")
	})
}

// firstRootDropped drops the first trace and samples all others: what loses its parent is seen.
type firstRootDropped struct{ dropped atomic.Bool }

func (s *firstRootDropped) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	parent := trace.SpanContextFromContext(p.ParentContext)
	if parent.IsValid() && !parent.IsSampled() || !parent.IsValid() && !s.dropped.Swap(true) {
		return sdktrace.SamplingResult{Decision: sdktrace.Drop}
	}
	return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample}
}

func (*firstRootDropped) Description() string { return "the first root dropped" }

// reportedTransform is a chain that reports itself and runs a function.
type reportedTransform struct {
	handler *tracelangchaingo.Handler
	do      func(context.Context) error
}

func (r reportedTransform) run(ctx context.Context) error {
	r.handler.HandleChainStart(ctx, map[string]any{"in": 1})
	err := r.do(ctx)
	r.handler.HandleChainEnd(ctx, map[string]any{"out": 2})
	return err
}

// chain is the same as a chain that chains.Call reports.
func (r reportedTransform) chain() chains.Chain {
	transform := chains.NewTransform(func(ctx context.Context, _ map[string]any, _ ...chains.ChainCallOption) (map[string]any, error) {
		return map[string]any{"out": 2}, r.do(ctx)
	}, []string{"in"}, []string{"out"})
	return reportingChain{transform, r.handler}
}

// reportingChain gives a chain a handler.
type reportingChain struct {
	chains.Chain

	handler callbacks.Handler
}

func (c reportingChain) GetCallbackHandler() callbacks.Handler { return c.handler }

type incomparable struct {
	context.Context //nolint:containedctx // it is one

	_ []int
}

func TestStacks(t *testing.T) {
	t.Run("nothing is kept once all has ended", func(t *testing.T) {
		ctx, _ := traceroottest.New(t)
		executor := newExecutor(t, chatServer(t).URL, tracedClient(), tracelangchaingo.NewHandler(), search{})
		var done sync.WaitGroup
		for i := range 20 {
			done.Go(func() { _, _ = chains.Run(ctx, executor, []string{"why?", "break down"}[i%2]) })
		}
		done.Wait()
		if n := tracelangchaingo.OpenStacks(); n != 0 {
			t.Errorf("%d stacks are left", n)
		}
	})
	t.Run("a chain that has panicked does not take in what comes next", func(t *testing.T) {
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		run := func(model llms.Model) {
			defer func() { _ = recover() }()
			executor := reportedTransform{handler, func(ctx context.Context) error {
				_, err := chains.Run(ctx, newChain(model, "Say {{.it}}", handler), "hi")
				return err
			}}
			_, _ = chains.Run(ctx, executor.chain(), "hi")
		}
		run(nil)
		run(quiet{})
		run(nil)
		run(quiet{})
		const panicked = "span chain ✗ the chain was left by a panic\n  span chain ✗ the chain was left by a panic\n"
		const good = "span chain\n  span chain\n"
		wantTree(t, rec, panicked+good+panicked+good)
		if n := tracelangchaingo.OpenStacks(); n != 0 {
			t.Errorf("%d stacks are left", n)
		}
	})
	t.Run("chains that never end are forgotten at last", func(t *testing.T) {
		defer tracelangchaingo.ForgetAll()
		ctx, rec := traceroottest.New(t)
		handler := tracelangchaingo.NewHandler()
		var done sync.WaitGroup
		for range tracelangchaingo.MaxStacks + 10 {
			done.Go(func() { handler.HandleChainStart(ctx, nil) })
		}
		done.Wait()
		if n := tracelangchaingo.OpenStacks(); n != tracelangchaingo.MaxStacks {
			t.Errorf("%d stacks are kept, want %d", n, tracelangchaingo.MaxStacks)
		}
		rec.Reset()
		if _, err := chains.Run(ctx, newChain(quiet{}, "Say {{.it}}", handler), "hi"); err != nil {
			t.Fatal(err)
		}
		wantTree(t, rec, "span chain\n")
	})
}

type idle struct{ closed bool }

func (*idle) RoundTrip(*http.Request) (*http.Response, error) { return nil, http.ErrNotSupported }
func (i *idle) CloseIdleConnections()                         { i.closed = true }

func TestTransport(t *testing.T) {
	t.Run("idle connections can be closed through it", func(t *testing.T) {
		t.Parallel()
		base := &idle{}
		(&http.Client{Transport: tracelangchaingo.Transport(base)}).CloseIdleConnections()
		if !base.closed {
			t.Error("they are not closed")
		}
	})
	t.Run("other requests pass as they are", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		server := bodies(t, "{}")
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/weather", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := tracedClient().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		wantTree(t, rec, "")
	})
	t.Run("a model called outside any chain is a trace of its own", func(t *testing.T) {
		t.Parallel()
		ctx, rec := traceroottest.New(t)
		model := newOpenAI(t, chatServer(t).URL, tracedClient())
		for i := range 2 {
			if _, err := llms.GenerateFromSinglePrompt(ctx, model, fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
		}
		wantTree(t, rec, "llm chat gpt-4o\nllm chat gpt-4o\n")
	})
}
