package traceroot

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/otel/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
	"github.com/traceroot-ai/traceroot-go/internal/env"
	"github.com/traceroot-ai/traceroot-go/internal/gitinfo"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

const defaultHostURL = "https://app.traceroot.ai"

// config is what a client is made from: defaults, then the environment, then options.
type config struct {
	apiKey, hostURL, environment, gitRepo, gitRef, serviceName, spoolDir string

	enabled       bool
	flushInterval time.Duration
	flushAt       int
	timeout       time.Duration

	masks       []otlp.Mask
	noContent   bool
	streamUsage bool
	wantsLive   env.Switch // Unset: where the host is a loopback one
	limits      Limits
	wantsSpool  bool // an option asks for it, not the environment alone

	exporter     sdktrace.SpanExporter
	processors   []sdktrace.SpanProcessor
	joins        *sdktrace.TracerProvider
	sampler      sdktrace.Sampler
	meters       metric.MeterProvider
	integrations []Integration

	// What some options need is named by them alone, so that it is not linked into programs that do without: it would make
	// each of them larger by a megabyte.
	tapTransport func(protocols []string) (restore func()) // [wrapDefaultTransport], with integrations
	startMetrics func(*Client)                             // with a MeterProvider; nil without

	httpClient *http.Client
	logger     *slog.Logger

	problems []problem // told once the logger is known
}

type problem struct {
	message string
	attrs   []slog.Attr
}

func (c *config) problem(message string, attrs ...slog.Attr) {
	c.problems = append(c.problems, problem{message, attrs})
}

func newConfig(opts []Option) config {
	c := config{
		hostURL:       defaultHostURL,
		enabled:       true,
		flushInterval: 5 * time.Second,
		flushAt:       100,
		timeout:       30 * time.Second,
		limits:        defaultLimits(),
	}
	c.readEnvironment()
	for _, opt := range opts {
		if opt != nil {
			opt(&c)
		}
	}
	return c
}

func (c *config) readEnvironment() {
	settings, faults := env.Read(os.LookupEnv)
	for _, fault := range faults {
		c.problem("bad environment variable, default used",
			slog.String("variable", fault.Variable), slog.String("value", fault.Value), slog.String("want", fault.Want))
	}
	setString(&c.apiKey, settings.APIKey)
	setString(&c.hostURL, settings.HostURL)
	setString(&c.environment, settings.Environment)
	setString(&c.gitRepo, settings.GitRepo)
	setString(&c.gitRef, settings.GitRef)
	setString(&c.serviceName, settings.ServiceName)
	setString(&c.spoolDir, settings.SpoolDir)
	c.enabled = !settings.Disabled
	c.wantsLive = settings.Live
	if settings.FlushInterval > 0 {
		c.flushInterval = settings.FlushInterval
	}
	if settings.FlushAt > 0 {
		c.flushAt = settings.FlushAt
	}
	if settings.Timeout > 0 {
		c.timeout = settings.Timeout
	}
}

// destination decides whether there is anywhere for spans to go. The URL is empty when they go to an exporter or to
// processors alone.
func (c *config) destination() (endpoint string, err error) {
	if !c.enabled {
		return "", ErrDisabled
	}
	if c.exporter != nil {
		return "", nil
	}
	endpoint, err = batch.Endpoint(c.hostURL)
	switch {
	case err != nil:
		return "", fmt.Errorf("traceroot: %w", err)
	case c.apiKey != "" || isLoopback(endpoint):
		return endpoint, nil
	case len(c.processors) > 0:
		return "", nil
	default:
		return "", ErrNoAPIKey
	}
}

// isLoopback tells whether endpoint is on this machine, where the local server asks for no key.
func isLoopback(endpoint string) bool {
	u, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// gitContext is the repository and the ref of every span and the directory that source paths are relative to.
func (c *config) gitContext() gitinfo.Info {
	workingDir, err := os.Getwd()
	if err != nil {
		workingDir = ""
	}
	info := gitinfo.Detect(workingDir, os.LookupEnv)
	if c.gitRepo != "" {
		repo, ok := gitinfo.NormalizeRepo(c.gitRepo)
		if ok {
			info.Repo = repo
		} else {
			c.problem("git repository not understood, detection used", slog.String("want", "owner/repo"))
		}
	}
	setString(&info.Ref, c.gitRef)
	if missing := missingGit(info); missing != "" {
		c.problem("git context incomplete, tracing goes on", slog.String("missing", missing),
			slog.String("fix", "set TRACEROOT_GIT_REPO and TRACEROOT_GIT_REF"))
	}
	return info
}

func missingGit(info gitinfo.Info) string {
	switch {
	case info.Repo == "" && info.Ref == "":
		return "repository and ref"
	case info.Repo == "":
		return "repository"
	case info.Ref == "":
		return "ref"
	default:
		return ""
	}
}
