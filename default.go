package traceroot

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

// tracing tells in one atomic load whether a call has to be looked at any closer. It is what keeps wrappers free when
// tracing is off.
var tracing atomic.Uint32

const (
	tracingUnknown uint32 = iota // nobody has called anything yet: the environment decides
	tracingOff                   // no client records
	tracingOn                    // the default client records, or one that a context carries
)

var defaults struct {
	sync.Mutex
	boundLive int // clients that contexts carry and that record; guarded by the mutex
	client    atomic.Pointer[Client]
	implicit  bool // the client was made from the environment; guarded by the mutex
	absent    bool // the client stands for "the environment has none"; guarded by the mutex

	contexts atomic.Bool // some context carries a client, or suppresses
}

// starting has one default client made at a time. It is not the mutex of defaults, which a client that ends needs: one
// whose provider is being shut down, while another client waits for that provider to register with it.
var starting sync.Mutex

type clientKey struct{}

// nothing is the client under [Suppress]: it records nothing.
var nothing = &Client{err: ErrDisabled}

// Initialize makes a client from the environment and opts, makes it [Default] and returns it. It never returns nil and
// never stops the program: without an API key (and without [WithExporter], [WithSpanProcessor] or a loopback host) the
// client is off, which is logged once and told by [Client.Err].
//
// A process that has an OpenTelemetry SDK TracerProvider keeps it, and the client joins. Otherwise the client makes one
// and registers it and the W3C propagator globally, so that third-party spans land in the same traces. A global provider
// of another kind stays where it is, with a warning; the client then keeps its own to itself.
//
// While a default client is live, a second call changes nothing, warns and returns it; after Shutdown it starts afresh.
// A client that started implicitly, from the environment, is replaced without a warning and loses no span.
func Initialize(opts ...Option) *Client {
	c, tell := initialize(opts)
	tell() // with no lock held: a log handler is the program's, and may be traced itself
	return c
}

// initialize makes the default client, unless there is one, and returns how to tell the program what was wrong.
func initialize(opts []Option) (c *Client, tell func()) {
	starting.Lock()
	defer starting.Unlock()
	current, implicit, _ := currentDefault()
	if current != nil && current != nothing && !current.closed.Load() && !implicit {
		return current, func() { current.warnOfSecondStart(opts) }
	}
	if current == nil {
		// What the program's callbacks trace while the client is made must not wait for it, or they wait for themselves.
		setDefault(nothing, false, false)
	}
	c = newClient(opts)
	if implicit && current.Enabled() {
		c.retired = current
	}
	c.startGlobally()
	if c.retired != nil {
		c.retired.isRetired.Store(true)
	}
	setDefault(c, false, false)
	return c, c.tellProblems
}

// warnOfSecondStart tells it to the logger of the call that had no effect, which is where its author looks.
func (c *Client) warnOfSecondStart(opts []Option) {
	logger := newConfig(opts).logger
	if logger == nil {
		logger = c.log()
	}
	problems.warn(logger, "already initialized", "already initialized, call ignored")
}

// startGlobally starts an enabled client on the process's provider, with its integrations.
func (c *Client) startGlobally() {
	if c.err != nil {
		return
	}
	c.start((*Client).globalProvider)
	c.installIntegrations()
}

// Default returns the current default client, never nil. If there was none yet, one is made from the environment.
func Default() *Client {
	c, tell := defaultClient()
	tell()
	return c
}

func defaultClient() (c *Client, tell func()) {
	starting.Lock()
	defer starting.Unlock()
	if c, _, absent := currentDefault(); c != nil && !absent {
		return c, func() {}
	}
	c = newClient(nil)
	c.startGlobally()
	setDefault(c, true, false)
	return c, c.tellProblems
}

// SetDefault makes c the default client; nil turns the default off. The earlier default keeps running.
func SetDefault(c *Client) {
	if c == nil {
		c = nothing
	}
	starting.Lock()
	defer starting.Unlock()
	setDefault(c, false, false)
}

// Flush is [Client.Flush] of the default client; without one it does nothing.
func Flush(ctx context.Context) error { return defaults.client.Load().Flush(ctx) }

// Shutdown is [Client.Shutdown] of the default client; without one it does nothing.
func Shutdown(ctx context.Context) error { return defaults.client.Load().Shutdown(ctx) }

// startImplicitly gives observed code a client from the environment, where the environment has one: with only
// TRACEROOT_API_KEY or a loopback TRACEROOT_HOST_URL set, a program is traced without any call of ours. Without them it
// stays silent, since a library that is traced may serve a program that is not.
func startImplicitly() {
	c := implicitClient()
	if c != nil && !c.lacksOnlyKey() {
		c.tellProblems()
	}
}

// implicitClient makes the default client from the environment; nil when there is a default.
func implicitClient() *Client {
	starting.Lock()
	defer starting.Unlock()
	if defaults.client.Load() != nil {
		return nil
	}
	c := newClient(nil)
	c.startGlobally()
	setDefault(c, true, c.err != nil)
	return c
}

func setDefault(c *Client, implicit, absent bool) {
	defaults.Lock()
	defer defaults.Unlock()
	defaults.client.Store(c)
	defaults.implicit, defaults.absent = implicit, absent
	refreshTracingLocked()
}

// currentDefault returns the default client, nil before there is one, and whether the environment alone made it.
func currentDefault() (c *Client, implicit, absent bool) {
	defaults.Lock()
	defer defaults.Unlock()
	return defaults.client.Load(), defaults.implicit, defaults.absent
}

// bind notes that a context carries c.
func bind(c *Client) {
	defaults.contexts.Store(true)
	if c.bound.Load() || !c.Enabled() {
		return
	}
	defaults.Lock()
	defer defaults.Unlock()
	if c.bound.CompareAndSwap(false, true) {
		defaults.boundLive++
		refreshTracingLocked()
	}
}

// forget follows the end of c.
func forget(c *Client) {
	defaults.Lock()
	defer defaults.Unlock()
	if c.bound.CompareAndSwap(true, false) {
		defaults.boundLive--
	}
	refreshTracingLocked()
}

func refreshTracingLocked() {
	current := defaults.client.Load()
	switch {
	case current.Enabled() || defaults.boundLive > 0:
		tracing.Store(tracingOn)
	case current != nil:
		tracing.Store(tracingOff)
	default:
		tracing.Store(tracingUnknown)
	}
}

// isOff tells that a call needs no look at its context: nothing records.
func isOff() bool { return tracing.Load() == tracingOff }

// clientFor returns the client that records under ctx; nil when none does.
func clientFor(ctx context.Context) *Client {
	if ctx != nil && defaults.contexts.Load() {
		if c, ok := ctx.Value(clientKey{}).(*Client); ok {
			return c.ifEnabled()
		}
	}
	if defaults.client.Load() == nil {
		startImplicitly()
	}
	return defaults.client.Load().ifEnabled()
}

func (c *Client) ifEnabled() *Client {
	if c.Enabled() {
		return c
	}
	return nil
}

// Suppress returns a context under which no span is exported: the SDK makes none, and those of third-party
// instrumentation are dropped when they end.
func Suppress(ctx context.Context) context.Context {
	defaults.contexts.Store(true)
	return context.WithValue(orBackground(ctx), clientKey{}, nothing)
}

// leavesOut tells that a span which starts in ctx is not the client's to export: because nothing under ctx is, because
// ctx carries another client, or because it belongs to an upload. Instrumentation of the client that makes uploads would
// record each of them, and each record would be uploaded in turn.
func (c *Client) leavesOut(ctx context.Context) bool {
	if carried, ok := ctx.Value(clientKey{}).(*Client); ok && carried != c && carried != c.retired {
		return true
	}
	return batch.IsUpload(ctx)
}
