package providers_test

import (
	"slices"
	"sync"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
)

// adapters are all clients under test, in the order of the table.
var adapters = withDefaultTransport(slices.Concat(openAIv3(), openAIv2(), openAIv1(), goOpenAI(), anthropicSDK(), genaiSDK(),
	ollamaAPI(), cohereSDK(), bedrockruntimeSDK(), azureOpenAI(), langChain(), eino()))

// TestMatrix runs every client, with every hook, through every kind of call, beside the same client without the SDK. It
// changes what the whole process shares, so it is not parallel.
func TestMatrix(t *testing.T) {
	// Initialize would set it for the clients that are run with the SDK only, and some send what it says.
	propagator := otel.GetTextMapPropagator()
	otel.SetTextMapPropagator(propagation.TraceContext{})
	t.Cleanup(func() { otel.SetTextMapPropagator(propagator) })

	results := newTable()
	without := baselines(t)
	for name, ofProcess := range steps {
		t.Run(name, func(t *testing.T) {
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

// steps puts the hooks of the whole process behind the others, since what Initialize registers globally stays.
func steps(yield func(name string, ofProcess bool) bool) {
	_ = yield("clients", false) && yield("process", true)
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
					seen := callUntraced(t, a, c)
					if len(seen.asked) == 0 || c.may != either && (seen.err == "") != (c.may == succeed) {
						t.Errorf("%d requests, and the error %q", len(seen.asked), seen.err)
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
				with := callTraced(t, h, a.expected(h), c)
				judgeDifference(t, with, without[c.name], a.eitherCancel && c.name == "cancel")
				c.judge(t, a.expected(h), with)
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
		all[i].hooks = append(all[i].hooks, h)
	}
	return all
}

// throughDefault records what passes http.DefaultTransport, until the test ends.
func throughDefault(t *testing.T) {
	t.Helper()
	initialize(t, traceroot.WithExporter(tracetest.NewNoopExporter()), traceroot.WithIntegrations(traceroot.OpenAI,
		traceroot.Anthropic, traceroot.GoogleGenAI, traceroot.Bedrock, traceroot.Ollama, traceroot.Cohere))
}

// initialize is [traceroot.Initialize] until the test ends.
func initialize(t *testing.T, opts ...traceroot.Option) *traceroot.Client {
	t.Helper()
	c, stop := begin(opts)
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}
