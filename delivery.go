package traceroot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
	"github.com/traceroot-ai/traceroot-go/internal/spool"
)

// newQueue makes the client's way out: to the host or to the exporter given instead. It is nil when spans go to
// processors alone.
func (c *Client) newQueue() (*batch.Queue, error) {
	sender, err := c.newSender()
	if sender == nil || err != nil {
		return nil, err
	}
	return batch.New(sender, batch.Config{
		Spool:         c.openSpool(),
		FlushAt:       c.flushAt,
		FlushInterval: c.flushInterval,
		Timeout:       c.timeout,
		BatchBytes:    c.limits.BatchBytes,
		QueueBytes:    c.limits.QueueBytes,
		Warn:          func(problem string, attrs ...slog.Attr) { c.warn(problem, attrs...) },
	}), nil
}

func (c *Client) newSender() (batch.Sender, error) {
	switch {
	case c.exporter != nil:
		return batch.NewExporter(c.exporter, c.redactor), nil
	case c.endpoint == "":
		return nil, nil
	}
	sender, err := batch.NewHTTP(batch.HTTPConfig{
		Endpoint:   c.endpoint,
		APIKey:     c.apiKey,
		SDKName:    sdkName,
		SDKVersion: Version,
		Client:     c.httpClient,
		Redactor:   c.redactor,
	})
	if err != nil {
		return nil, fmt.Errorf("traceroot: uploads: %w", err)
	}
	return sender, nil
}

// openSpool opens the client's place on disk; nil where it wants or gets none.
func (c *Client) openSpool() batch.Spool {
	switch {
	case c.spoolDir == "":
		return nil
	case c.exporter != nil:
		if c.wantsSpool { // the variable may be meant for another client
			c.problem("a spool is of no use with an exporter, spans wait in memory only", slog.String("option", "WithSpool"))
		}
		return nil
	}
	opened, err := spool.Open(c.spoolDir, c.spoolName(), int64(c.limits.SpoolBytes))
	if err != nil {
		c.problem("spool not opened, undelivered spans wait in memory only", slog.Any("error", err))
		return nil
	}
	return opened
}

// spoolName tells destinations apart without telling the key: what was meant for one must not go out with another.
func (c *Client) spoolName() string {
	sum := sha256.Sum256([]byte(c.endpoint + "\x00" + c.apiKey))
	return hex.EncodeToString(sum[:16])
}

// deliver has every span that ended so far delivered.
func (c *Client) deliver(ctx context.Context) error { return c.drain(ctx, (*batch.Queue).Flush) }

// drain runs deliver on the client's queue, and at the same time on that of the client it replaced: a host that does not
// answer must not use up the time of one that does.
func (c *Client) drain(ctx context.Context, deliver func(*batch.Queue, context.Context) error) error {
	var own, retired error
	var both sync.WaitGroup
	if c.retired != nil && c.retired.queue != nil {
		both.Go(func() { retired = deliver(c.retired.queue, ctx) })
	}
	if c.queue != nil {
		own = deliver(c.queue, ctx)
	}
	both.Wait()
	var losses UnsentError
	others := losses.takeFrom(errors.Join(retired, own))
	if losses.Spans == 0 {
		return errors.Join(others...)
	}
	return errors.Join(append([]error{&losses}, others...)...)
}

// takeFrom adds the losses that queues tell of in err, and returns the other errors there.
func (e *UnsentError) takeFrom(err error) (others []error) {
	switch err := err.(type) { //nolint:errorlint // what is taken apart here is what the queues joined, not their causes
	case nil:
		return nil
	case *batch.UnsentError:
		e.Spans += err.Spans
		e.Err = err.Err
		return nil
	case interface{ Unwrap() []error }:
		for _, part := range err.Unwrap() {
			others = append(others, e.takeFrom(part)...)
		}
		return others
	default:
		return []error{err}
	}
}

// uploadClient is what the client asks the host with, beside uploads.
func (c *Client) uploadClient() *http.Client {
	if c.httpClient != nil {
		return c.httpClient
	}
	return &http.Client{}
}
