package traceroot

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/env"
)

// Option configures a [Client]. An option beats its environment variable, and the variable beats the default. An empty
// string or a nil counts as not given; a number out of range is warned about, and leaves what would be without the option.
type Option func(*config)

// WithAPIKey sets the key that uploads carry as a bearer token, instead of TRACEROOT_API_KEY. Space around it is removed,
// and it is never logged. A key that cannot stand in a header disables the client ([Client.Err] says so).
func WithAPIKey(key string) Option {
	return func(c *config) { setString(&c.apiKey, strings.TrimSpace(key)) }
}

// WithHostURL sets where spans go, instead of TRACEROOT_HOST_URL; the default is https://app.traceroot.ai. A path prefix
// is kept. A loopback host needs no key. A bad URL disables the client ([Client.Err] says so): data that was meant for
// your host must not go to the public one.
func WithHostURL(url string) Option {
	return func(c *config) { setString(&c.hostURL, strings.TrimSpace(url)) }
}

// WithEnabled switches tracing on or off, instead of TRACEROOT_ENABLED; the default is on.
func WithEnabled(on bool) Option {
	return func(c *config) { c.enabled = on }
}

// WithEnvironment names the deployment on every span ("production"), instead of TRACEROOT_ENVIRONMENT.
func WithEnvironment(name string) Option {
	return func(c *config) { setString(&c.environment, name) }
}

// WithFlushInterval sends what has been waiting for that long, instead of TRACEROOT_FLUSH_INTERVAL; the default is 5 s.
func WithFlushInterval(d time.Duration) Option {
	return func(c *config) { setPositive(c, &c.flushInterval, d, "WithFlushInterval") }
}

// WithFlushAt sends a batch once it holds that many spans, instead of TRACEROOT_FLUSH_AT; the default is 100. A batch
// goes out earlier when it reaches [Limits].BatchBytes or the age of [WithFlushInterval].
func WithFlushAt(spans int) Option {
	return func(c *config) { setPositive(c, &c.flushAt, spans, "WithFlushAt") }
}

// WithTimeout bounds one upload request, instead of TRACEROOT_TIMEOUT; the default is 30 s. Flush and Shutdown without a
// deadline of their own are bounded by it, too.
func WithTimeout(d time.Duration) Option {
	return func(c *config) { setPositive(c, &c.timeout, d, "WithTimeout") }
}

// WithGitRepo sets the repository ("owner/repo") of every span, instead of TRACEROOT_GIT_REPO or what is detected from
// the working directory. URL forms are normalised, and credentials in them are dropped.
func WithGitRepo(repo string) Option {
	return func(c *config) { setString(&c.gitRepo, repo) }
}

// WithGitRef sets the commit, tag or branch of every span, instead of TRACEROOT_GIT_REF or what is detected: CI
// variables, the .git directory above the working directory, the build's VCS revision. Git itself is never run.
func WithGitRef(ref string) Option {
	return func(c *config) { setString(&c.gitRef, ref) }
}

// WithIntegrations records the model traffic of every client in the process that uses [http.DefaultTransport], until
// Shutdown. Call it before making provider clients: some copy the transport they find. For a single client, [Middleware]
// and [HTTPClient] do the same without touching anything that is shared. [New] ignores it.
func WithIntegrations(integrations ...Integration) Option {
	return func(c *config) {
		c.integrations = append(c.integrations, integrations...)
		c.tapTransport = wrapDefaultTransport
	}
}

// WithMask passes every string value that leaves the process through mask, off the caller's path, just before it is
// sent: text is the exact text, field is input, output, prompt, metadata, messages, model_parameters, error, tags,
// user_id, session_id or, for any other attribute (those of third-party spans, too), its key. It returns the text to send
// instead; "" drops the value. A panic replaces the value by "[masked]" and counts in [Stats].MaskFails. Given several
// times, masks apply in that order. Processors given by [WithSpanProcessor] and those of a provider that the client
// joined see unmasked values.
//
// See [MaskKeys] and [MaskRegexp] for the two common masks.
func WithMask(mask func(field, text string) string) Option {
	return func(c *config) {
		if mask != nil {
			c.masks = append(c.masks, mask)
		}
	}
}

// WithContent says whether content is sent; off, there are no inputs, outputs, prompts and messages; metadata, models and token usage stay.
func WithContent(on bool) Option {
	return func(c *config) { c.noContent = !on }
}

// WithLimits bounds what a client keeps and sends; zero fields keep their defaults.
func WithLimits(limits Limits) Option {
	return func(c *config) { c.setLimits(limits) }
}

// WithSpool keeps what cannot be sent in files below dir, instead of TRACEROOT_SPOOL_DIR, so that it outlives the process and
// takes no memory: batches that wait while the host fails, those beyond half of [Limits].QueueBytes, and what is left when the
// time of a Flush or Shutdown ends. They are sent when the host works again, or by the next client with the same host and key.
// [Limits].SpoolBytes bounds them; the oldest go first. Without a spool, which is the default, they wait in memory only.
//
// What is in the files has passed the masks, but is not encrypted; the user of the process alone can read them. Any number of
// processes may share dir. A folder that cannot be used, or a full disk, costs a warning and nothing else.
func WithSpool(dir string) Option {
	return func(c *config) {
		setString(&c.spoolDir, dir)
		c.wantsSpool = c.wantsSpool || dir != ""
	}
}

// WithExporter hands finished spans, masked and in batches, to exporter instead of uploading them. No key is needed. The
// client shuts the exporter down with itself.
func WithExporter(exporter sdktrace.SpanExporter) Option {
	return func(c *config) { c.exporter = exporter }
}

// WithSpanProcessor adds a processor to the client's provider, in addition to the uploads. It sees raw, unmasked spans.
// No key is needed: without one, the processor is all there is. Repeatable. The client shuts it down with itself.
func WithSpanProcessor(processor sdktrace.SpanProcessor) Option {
	return func(c *config) {
		if processor != nil {
			c.processors = append(c.processors, &attached{SpanProcessor: processor})
		}
	}
}

// WithTracerProvider joins provider instead of making one: its sampler and resource rule, and Shutdown leaves it running.
func WithTracerProvider(provider *sdktrace.TracerProvider) Option {
	return func(c *config) { c.joins = provider }
}

// WithSampler sets the sampler of the provider that the client makes, instead of OTEL_TRACES_SAMPLER; the default is
// parent-based, always on. A span for which it panics is recorded. A client that joins a provider ignores it with a warning.
func WithSampler(sampler sdktrace.Sampler) Option {
	return func(c *config) { c.sampler = sampler }
}

// WithMeterProvider reports what [Client.Stats] counts as metrics, too: spans started, live, queued, processed and exported
// under OpenTelemetry's names (otel.sdk.…, losses by error.type), and what these do not know under traceroot.delivery.…. They
// are read when provider collects, until Shutdown. The default is none, also where there is a global MeterProvider.
func WithMeterProvider(provider metric.MeterProvider) Option {
	return func(c *config) {
		c.meters = provider
		c.startMetrics = (*Client).registerMetrics
	}
}

// WithServiceName sets the resource attribute service.name, instead of TRACEROOT_SERVICE_NAME or OTEL_SERVICE_NAME; the
// default is the name of the executable.
func WithServiceName(name string) Option {
	return func(c *config) { setString(&c.serviceName, name) }
}

// WithHTTPClient uploads with client: for proxies, TLS and tests. Uploads are never traced.
func WithHTTPClient(client *http.Client) Option {
	return func(c *config) { c.httpClient = client }
}

// WithLogger sends the client's diagnostics to logger; the default is [slog.Default]. Each distinct problem is logged at
// most once a minute.
func WithLogger(logger *slog.Logger) Option {
	return func(c *config) { c.logger = logger }
}

// WithStreamUsage asks servers of OpenAI's protocol for token usage in streams, which they send only when asked,
// and keeps the extra chunk from the caller. The default is off: nothing is added to a request.
func WithStreamUsage(on bool) Option {
	return func(c *config) { c.streamUsage = on }
}

// WithLive says whether the host is asked, once at the start, if it shows running traces, and then told when spans start
// and what text has streamed so far, instead of TRACEROOT_LIVE. By default only a loopback host is asked. Such messages
// are extra: they pass the masks, are dropped where the host is slow or refuses them, and change nothing about finished
// spans. A client with an exporter of its own sends none.
func WithLive(on bool) Option {
	return func(c *config) {
		c.wantsLive = env.Off
		if on {
			c.wantsLive = env.On
		}
	}
}

func setString(field *string, value string) {
	if value != "" {
		*field = value
	}
}

func setPositive[N int | time.Duration](c *config, field *N, value N, option string) {
	if value <= 0 {
		c.outOfRange(option, value)
		return
	}
	*field = value
}

func (c *config) outOfRange(option string, value any) {
	c.problem("option out of range, ignored",
		slog.String("option", option), slog.Any("value", value), slog.String("want", "more than 0"))
}
