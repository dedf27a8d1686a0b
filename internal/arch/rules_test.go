package arch_test

// root is the module that applications import, and the prefix of every other module's path.
const root = "github.com/traceroot-ai/traceroot-go"

// goLine is the go line of every go.mod and of go.work: the oldest release that builds this repository.
const goLine = "1.26.0"

// imports says who may import whom inside this repository; a pair that no row allows fails TestImports. Paths are
// below the root module, "." is the root package itself, and "x/..." is x with all that lies below it. What stands
// under tests is allowed to _test.go files only; they always may import their own package and what is in its testdata.
//
// Data flows one way through the server, ingest → vocab → pricing → store → api → webui, and app alone wires the
// rooms. bench and internal/e2e drive the server as a process, never by import.
var imports = []importRule{
	{room: "attr"},
	{room: "llmhttp", may: "attr"},
	{room: "internal/arch"},
	{room: "internal/env"},
	{room: "internal/gitinfo"},
	{room: "internal/source"},
	{room: "internal/capture"},
	{room: "internal/spool"},
	{room: "internal/otlp", may: "attr internal/capture"},
	{room: "internal/batch", may: "internal/otlp internal/spool"},
	{
		room: ".", tests: "traceroottest",
		may: "attr llmhttp internal/env internal/gitinfo internal/source internal/capture internal/spool internal/otlp internal/batch",
	},
	{room: "traceroottest", may: ". attr"},

	{room: "integrations/...", may: ". attr", tests: "traceroottest"},
	{room: "examples/...", may: ". attr integrations/...", tests: "traceroottest"},
	{room: "bench/...", may: ". attr traceroottest integrations/... examples/..."},
	{room: "internal/e2e/...", may: ". attr traceroottest integrations/... examples/..."},

	{room: "cmd/traceroot/internal/store"},
	{room: "cmd/traceroot/internal/webui", tests: "."}, // the snippet that a page shows has to compile
	{room: "cmd/traceroot/internal/vocab", may: "attr cmd/traceroot/internal/store"},
	{room: "cmd/traceroot/internal/pricing", may: "attr cmd/traceroot/internal/store"},
	{
		room: "cmd/traceroot/internal/ingest", may: "cmd/traceroot/internal/vocab",
		tests: "cmd/traceroot/internal/store/... cmd/traceroot/internal/pricing",
	},
	{room: "cmd/traceroot/internal/store/sqlite", may: "cmd/traceroot/internal/store", tests: "cmd/traceroot/internal/store/storetest/..."},
	{room: "cmd/traceroot/internal/store/storetest", may: "cmd/traceroot/internal/store"},
	{room: "cmd/traceroot/internal/store/storetest/memory", may: "cmd/traceroot/internal/store", tests: "cmd/traceroot/internal/store/storetest"},
	{room: "cmd/traceroot/internal/verdict", may: "cmd/traceroot/internal/store", tests: ". attr cmd/traceroot/internal/vocab cmd/traceroot/internal/demo"}, // no rule may fire on good runs
	{
		room: "cmd/traceroot/internal/api", may: "cmd/traceroot/internal/store cmd/traceroot/internal/verdict",
		tests: "cmd/traceroot/internal/store/...",
	},
	{
		room: "cmd/traceroot/internal/server",
		may: "cmd/traceroot/internal/ingest cmd/traceroot/internal/vocab cmd/traceroot/internal/pricing cmd/traceroot/internal/store " +
			"cmd/traceroot/internal/store/sqlite cmd/traceroot/internal/api cmd/traceroot/internal/live cmd/traceroot/internal/webui .",
	},
	{room: "cmd/traceroot/internal/live", may: "attr cmd/traceroot/internal/store cmd/traceroot/internal/vocab cmd/traceroot/internal/api"},
	{room: "cmd/traceroot/internal/client"},
	{room: "cmd/traceroot/internal/webtest", tests: ". attr cmd/traceroot/internal/..."},
	{room: "cmd/traceroot/internal/webtest/gauge", may: "cmd/traceroot/internal/store cmd/traceroot/internal/store/sqlite"},
	{room: "cmd/traceroot/internal/webtest/figures", may: "cmd/traceroot/internal/server cmd/traceroot/internal/webtest/gauge"},
	{room: "cmd/traceroot/internal/webui/shots", may: ". cmd/traceroot/internal/server cmd/traceroot/internal/demo"},
	{room: "cmd/traceroot/internal/term", may: "cmd/traceroot/internal/store"},
	{room: "cmd/traceroot/internal/demo", may: ".", tests: "traceroottest"},
	{room: "cmd/traceroot/internal/app", may: ". attr cmd/traceroot/internal/..."}, // main hands it everything, SDK included
	{
		room: "cmd/traceroot",
		may:  ". attr cmd/traceroot/internal/app cmd/traceroot/internal/demo cmd/traceroot/internal/term",
	},
}

// stdOnly are the rooms whose code needs nothing but the standard library and what imports allows them.
var stdOnly = []string{
	"attr", "llmhttp", "internal/env", "internal/gitinfo", "internal/source", "internal/capture", "internal/spool",
}

// rootRequires is all that the published SDK may require directly. A new entry reaches every user's build: argue it in
// the commit that adds it (lines saved, modules it brings, licence, who maintains it).
var rootRequires = []string{
	"github.com/klauspost/compress",
	"go.opentelemetry.io/otel",
	"go.opentelemetry.io/otel/metric",
	"go.opentelemetry.io/otel/sdk",
	"go.opentelemetry.io/otel/trace",
	"go.opentelemetry.io/proto/slim/otlp",
	"google.golang.org/protobuf",
}

// outsideWorkspace are modules of tests that go.work cannot use, with the reason. .ci/run tests each by itself.
var outsideWorkspace = map[string]string{
	"internal/e2e/genkit": "genkit's dotprompt and anthropic-sdk-go need versions of jsonschema that exclude each other",
}

// bannedBelowRoot are modules that no program gets by importing the SDK, which writes OTLP itself and speaks plain HTTP.
var bannedBelowRoot = []string{"google.golang.org/grpc", "google.golang.org/protobuf", "go.opentelemetry.io/proto"}

// wireKeys says where the words of the wire are written. Tests may spell a key by hand: that is how they notice when
// one changes.
var wireKeys = []keyRule{
	{prefix: "traceroot.", rooms: "attr"},
	// Masking and the server's vocabulary also know keys that only other SDKs send.
	{prefix: "gen_ai.", rooms: "attr internal/otlp cmd/traceroot/internal/vocab"},
}
