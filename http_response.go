package traceroot

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/llmhttp"
)

// maxModelFailure bounds what is read of an error's body before the caller gets it: clients that retry close such a body
// without a look at it.
const maxModelFailure = 64 << 10

// modelCall is one attempt of a model call, from the request to the end of its answer. The answer is read on the
// caller's goroutine, and may be closed or given up on another.
type modelCall struct {
	*modelQuestion

	client   *Client
	span     *Span
	cfg      *spanConfig
	named    bool          // by the program
	original *http.Request // as the caller made it
	attempt  modelAttempt

	status     int  // of the answer, 0 without one; set before its body is read
	addedUsage bool // the SDK has asked for a chunk that the caller must not see

	mu     sync.Mutex
	parser *llmhttp.Parser // nil when nothing of the answer can be read; guarded by mu
	body   unpacker        // writes to the parser; guarded by mu
	unhook func() bool     // of the request's context; guarded by mu
	spoke  bool            // the first token has come; guarded by mu
	ended  bool            // guarded by mu
}

// run sends the request and sees to it that the span ends.
func (m *modelCall) run(sent *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	returned := false
	defer func() {
		if !returned {
			m.abandon(recover())
		}
	}()
	res, err := next(sent)
	returned = true
	if res != nil && res.Request == sent {
		res.Request = m.original // what the SDK put into the context stays inside
	}
	if err != nil || res == nil || res.Body == nil {
		m.end(err)
		return res, err
	}
	m.take(res)
	return res, nil
}

// take begins to read the answer: that of a failure at once, any other one as the caller reads it.
func (m *modelCall) take(res *http.Response) {
	m.begin(res)
	switch {
	case res.StatusCode >= http.StatusBadRequest:
		m.readFailure(res)
	case res.StatusCode == http.StatusSwitchingProtocols:
		m.end(nil) // the body is a connection, which must stay what it is
	default:
		body := &modelBody{body: res.Body, call: m}
		runtime.AddCleanup(body, func(m *modelCall) { m.end(nil) }, m) // nobody will read or close it
		res.Body = body
		if m.addedUsage {
			hideUsage(res)
		}
		m.watch()
	}
}

func (m *modelCall) begin(res *http.Response) {
	defer m.survive()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.settle() {
		m.describeRequest()
	}
	m.status = res.StatusCode
	m.span.describeModelResponse(res)
	parser := m.asked.Parser(res.StatusCode, res.Header)
	if m.body = newUnpacker(res.Header.Get("Content-Encoding"), parser); m.body != nil {
		m.parser = parser
		if text := m.client.feed.follow(m.span, m.cfg); text != nil {
			parser.Follow(text.add)
		}
	}
}

// readFailure reads the body of an error and gives the caller the same bytes again.
func (m *modelCall) readFailure(res *http.Response) {
	body := res.Body
	read, err := io.ReadAll(io.LimitReader(body, maxModelFailure))
	rest := io.Reader(body)
	if err != nil {
		rest = failingReader{err}
	}
	res.Body = replay(read, rest, body)
	m.read(read, io.EOF)
}

// watch ends the span when the request's context ends, for a caller that neither reads on nor closes.
func (m *modelCall) watch() {
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx := m.original.Context()
	m.unhook = context.AfterFunc(ctx, func() { m.end(ctx.Err()) })
}

// read takes what the caller has just read.
func (m *modelCall) read(p []byte, err error) {
	defer m.survive()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended {
		return
	}
	if m.parser != nil {
		m.body.write(p)
		if !m.spoke && m.parser.HasOutput() {
			m.spoke = true
			m.span.FirstToken()
		}
		if m.parser.Terminal() {
			m.endLocked(nil)
			return
		}
	}
	switch {
	case errors.Is(err, io.EOF):
		m.endLocked(nil)
	case err != nil:
		m.endLocked(err)
	}
}

// end ends the span; the first end counts.
func (m *modelCall) end(err error) {
	defer m.survive()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.endLocked(err)
}

// endLocked ends the span with what has arrived. A caller that cancelled has had enough, which is no error once there is
// an answer.
func (m *modelCall) endLocked(err error) {
	if m.ended {
		return
	}
	m.ended = true
	defer m.finish()
	err = m.orTimeout(err)
	if m.settle() { // there was no answer
		m.describeRequest()
	}
	m.client.attempts.ended(m.attempt, mayBeRetried(m.status) || m.status == 0 && err != nil)
	if m.unhook != nil {
		m.unhook()
		if !errors.Is(err, context.DeadlineExceeded) && errors.Is(m.original.Context().Err(), context.Canceled) {
			err = nil
		}
	}
	if m.parser != nil {
		m.body.close()
		answer := m.parser.Finish(err != nil)
		m.correctOperation(answer.Operation)
		m.span.describeModelAnswer(m.cfg, m.asked, answer)
		if answer.Error != nil {
			m.span.failModel(answer.Error)
			return
		}
	}
	m.span.failTransport(err)
}

// correctOperation renames the span where the answer shows that it is about something else.
func (m *modelCall) correctOperation(operation string) {
	if operation == "" || operation == m.asked.Operation {
		return
	}
	m.asked.Operation = operation
	m.span.set(attribute.String(attr.GenAIOperationName, operation))
	if !m.named {
		m.span.otel.SetName(modelSpanName(m.asked))
	}
}

// finish ends the span, unless that is its owner's to do.
func (m *modelCall) finish() {
	if !m.span.foreign.Load() {
		m.span.end()
	}
}

// abandon ends the span of a round trip that did not return, and lets its panic go on.
func (m *modelCall) abandon(panicked any) {
	if panicked != nil {
		m.span.recordPanic(panicked)
	}
	m.finish()
	if panicked != nil {
		panic(panicked)
	}
}

// orTimeout is err, or the deadline that is behind it: a client that runs out of time cancels its request, which may be
// seen before the end of the time itself.
func (m *modelCall) orTimeout(err error) error {
	deadline, ok := m.original.Context().Deadline()
	if err == nil || !ok || time.Now().Before(deadline) {
		return err
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return err
	}
	return context.DeadlineExceeded
}

// survive keeps a fault of ours from the caller. The span goes on without content.
func (m *modelCall) survive() {
	fault := recover()
	if fault == nil {
		return
	}
	m.client.warn("recovered from a fault", slog.String("function", "model answer"), slog.Any("fault", fault))
	m.mu.Lock()
	defer m.mu.Unlock()
	m.parser = nil
}

// modelBody is the body of an answer, read along. Of the body's methods it has Read and Close only: any other one would
// let bytes pass unseen.
type modelBody struct {
	body io.ReadCloser
	call *modelCall
}

func (b *modelBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.call.read(p[:max(n, 0)], err)
	return n, err
}

func (b *modelBody) Close() error {
	err := b.body.Close()
	b.call.end(nil)
	return err
}
