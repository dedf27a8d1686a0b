package tracemcp_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracemcp"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestClientAndServerShareATrace(t *testing.T) {
	t.Parallel()
	for _, transport := range transports {
		t.Run("integrations-18 tool calls "+transport.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			w := newWorld()
			w.addTool(func(ctx context.Context, text string) (string, error) {
				return traceroot.Do(ctx, "lookup", func(context.Context) (string, error) { return "red " + text, nil })
			})
			session := transport.connect(ctx, t, w)

			err := traceroot.Run(ctx, "answer", func(ctx context.Context) error {
				_, err := session.CallTool(ctx, searchFor("shoes"))
				return err
			}, traceroot.Type(traceroot.KindAgent))
			if err != nil {
				t.Fatal(err)
			}
			want := "agent answer\n  tool search\n    tool search\n      span lookup\n"
			if got := rec.Tree(); got != want {
				t.Fatalf("got\n%swant\n%s", got, want)
			}
			spans := rec.Spans()
			for _, side := range spans[1:3] {
				if in, ok := side.Input.(map[string]any); !ok || in["text"] != "shoes" || side.Output != "red shoes" {
					t.Errorf("input %v and output %v, want the arguments and the text", side.Input, side.Output)
				}
			}
			for _, span := range spans {
				if span.TraceID != spans[0].TraceID {
					t.Errorf("%s is in trace %s, want %s", span.Name, span.TraceID, spans[0].TraceID)
				}
			}
		})
	}
}

func TestConcurrentCallsKeepApart(t *testing.T) {
	t.Parallel()
	for _, transport := range transports {
		t.Run("integrations-18 concurrent calls "+transport.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			w := newWorld()
			w.addTool(func(_ context.Context, text string) (string, error) { return text, nil })
			session := transport.connect(ctx, t, w)

			const calls = 20
			var wg sync.WaitGroup
			for i := range calls {
				wg.Go(func() {
					if _, err := session.CallTool(ctx, searchFor(fmt.Sprint(i))); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()

			spans := rec.Spans()
			if len(spans) != 2*calls {
				t.Fatalf("%d spans, want a client's and a server's for each of %d calls", len(spans), calls)
			}
			client := map[string]traceroottest.Span{}
			for _, span := range spans {
				if span.ParentID == "" {
					client[span.SpanID] = span
				}
			}
			for _, span := range spans {
				if span.ParentID == "" {
					continue
				}
				parent := client[span.ParentID]
				if parent.TraceID != span.TraceID || parent.Output != span.Output {
					t.Errorf("the server answered %v under a call that got %v", span.Output, parent.Output)
				}
			}
			if len(client) != calls {
				t.Errorf("%d traces, want %d", len(client), calls)
			}
		})
	}
}

func TestServerAloneBeginsATrace(t *testing.T) {
	t.Parallel()
	for _, transport := range transports {
		t.Run(transport.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			w := untracedWorld()
			w.server.AddReceivingMiddleware(tracemcp.NewServerMiddleware())
			w.addTool(func(_ context.Context, text string) (string, error) { return text, nil })
			session := transport.connect(ctx, t, w)

			for range 2 {
				err := traceroot.Run(ctx, "answer", func(ctx context.Context) error {
					_, err := session.CallTool(ctx, searchFor("shoes"))
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			traces := map[string]bool{}
			for _, span := range rec.Spans() {
				traces[span.TraceID] = true
				if span.ParentID != "" {
					t.Errorf("%s has a parent, though nothing carried one", span.Name)
				}
			}
			if len(traces) != 4 {
				t.Errorf("%d traces, want one for each call on each side", len(traces))
			}
		})
	}
}

func TestClientAloneTracesItsSide(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	w := untracedWorld()
	w.client.AddSendingMiddleware(tracemcp.NewClientMiddleware())
	w.addTool(func(_ context.Context, text string) (string, error) { return text, nil })

	if _, err := connectInMemory(ctx, t, w).CallTool(ctx, searchFor("shoes")); err != nil {
		t.Fatal(err)
	}
	if got, want := rec.Tree(), "tool search\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestServerContinuesTheTraceOfHTTPHeaders(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	w := untracedWorld()
	w.server.AddReceivingMiddleware(tracemcp.NewServerMiddleware())
	w.addTool(func(_ context.Context, text string) (string, error) { return text, nil })

	inner, span := traceroot.Start(ctx, "answer")
	session := connectHTTP(ctx, t, w, roundTripper(func(req *http.Request) (*http.Response, error) {
		req = req.Clone(req.Context())
		traceroot.Inject(inner, req.Header) // as the transport of another tracing library does
		return http.DefaultTransport.RoundTrip(req)
	}))
	if _, err := session.CallTool(ctx, searchFor("shoes")); err != nil {
		t.Fatal(err)
	}
	span.End()
	if got, want := rec.Tree(), "span answer\n  tool search\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestOtherMethodsHaveNoSpan(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	w := newWorld()
	w.addTool(func(_ context.Context, text string) (string, error) { return text, nil })
	session := connectInMemory(ctx, t, w)

	if err := session.Ping(ctx, nil); err != nil {
		t.Error(err)
	}
	if _, err := session.ListTools(ctx, nil); err != nil {
		t.Error(err)
	}
	if spans := rec.Spans(); len(spans) != 0 {
		t.Errorf("got\n%swant no span", rec.Tree())
	}
}

func TestOptionsApplyToEverySpan(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	w := untracedWorld()
	w.client.AddSendingMiddleware(tracemcp.NewClientMiddleware(
		traceroot.Tags("shop"), traceroot.CaptureInput(false),
		traceroot.MapOutput(func(out any) any {
			result, ok := out.(*mcp.CallToolResult)
			return ok && len(result.Content) == 1
		})))
	w.addTool(func(_ context.Context, text string) (string, error) { return text, nil })

	if _, err := connectInMemory(ctx, t, w).CallTool(ctx, searchFor("shoes")); err != nil {
		t.Fatal(err)
	}
	span := rec.Span("search")
	if span.Input != nil || span.Output != true || len(span.Tags) != 1 || span.Tags[0] != "shop" {
		t.Errorf("input %v, output %v, tags %v", span.Input, span.Output, span.Tags)
	}
}
