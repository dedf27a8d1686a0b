package providers_test

import (
	"log/slog"
	"slices"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
)

// adapters are all clients under test, in the order of the table.
var adapters = withDefaultTransport(slices.Concat(openAIv3(), openAIv2(), openAIv1(), goOpenAI()))

// TestMatrix runs every client, with every hook, through every kind of call, beside the same client without the SDK. It
// changes what the whole process shares, so it is not parallel.
func TestMatrix(t *testing.T) {
	results := newTable()
	without := baselines(t)
	for _, ofProcess := range []bool{true, false} {
		t.Run(map[bool]string{true: "process", false: "clients"}[ofProcess], func(t *testing.T) {
			for _, a := range adapters {
				for _, h := range a.hooks {
					if ofProcess == (h.install != nil) {
						runHook(t, a, h, without[a.name], results)
					}
				}
			}
		})
	}
	compareWithPage(t, results)
}

// baselines are the outcomes of all clients without the SDK, by client and column.
func baselines(t *testing.T) map[string]map[string]outcome {
	t.Helper()
	var mu sync.Mutex
	all := map[string]map[string]outcome{}
	t.Run("without", func(t *testing.T) {
		for _, a := range adapters {
			all[a.name] = map[string]outcome{}
			for _, c := range columns {
				if slices.Contains(a.unable, c.name) {
					continue
				}
				t.Run(a.name+" "+c.name, func(t *testing.T) {
					t.Parallel()
					seen := call(t.Context(), t, a.plain, a.expected(), c)
					if len(seen.asked) == 0 {
						t.Fatalf("asked nothing: %s", seen.err)
					}
					mu.Lock()
					defer mu.Unlock()
					all[a.name][c.name] = seen
				})
			}
		}
	})
	return all
}

// runHook runs a row of the matrix.
func runHook(t *testing.T, a adapter, h hook, without map[string]outcome, results *table) {
	t.Helper()
	t.Run(a.name+", "+h.name, func(t *testing.T) {
		if h.install == nil {
			t.Parallel()
		} else {
			h.install(t)
		}
		for _, c := range columns {
			if slices.Contains(a.unable, c.name) || h.connect == nil {
				results.set(a, h, c, unable)
				continue
			}
			fine := t.Run(c.name, func(t *testing.T) {
				with := callTraced(t, h, a.expected(), c)
				judgeDifference(t, with, without[c.name])
				c.judge(t, a.expected(), with)
			})
			if fine {
				results.set(a, h, c, works)
			} else {
				results.set(a, h, c, fails)
			}
		}
	})
}

// withDefaultTransport adds the hook that needs none of a client's options.
func withDefaultTransport(all []adapter) []adapter {
	for i, a := range all {
		h := hook{name: "WithIntegrations", connect: a.plain, install: throughDefault}
		if a.ownTransport {
			h.install = nil
			h.connect = nil
		}
		all[i].hooks = append(a.hooks, h)
	}
	return all
}

// throughDefault records what passes http.DefaultTransport, until the test ends.
func throughDefault(t *testing.T) {
	t.Helper()
	tracing := traceroot.Initialize(traceroot.WithEnabled(true), traceroot.WithExporter(tracetest.NewNoopExporter()),
		traceroot.WithLogger(slog.New(slog.DiscardHandler)), traceroot.WithIntegrations(traceroot.OpenAI, traceroot.Anthropic,
			traceroot.GoogleGenAI, traceroot.Bedrock, traceroot.Ollama, traceroot.Cohere))
	t.Cleanup(func() {
		if err := tracing.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		traceroot.SetDefault(nil)
	})
}
