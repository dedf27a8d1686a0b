package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Export writes traces as lines of OTLP JSON: those with the ids, else those that the query finds, else all.
func (c *Client) Export(ctx context.Context, ids []string, query string, w io.Writer) error {
	values := url.Values{}
	for _, id := range ids {
		values.Add("trace_id", id)
	}
	if query != "" {
		values.Set("q", query)
	}
	if err := c.download(ctx, admin+"/export", values, w); err != nil {
		return fmt.Errorf("export traces: %w", err)
	}
	return nil
}

// Imported is what became of an import.
type Imported struct {
	Spans    int      `json:"spans"`    // taken in
	Rejected int      `json:"rejected"` // refused
	Errors   []string `json:"errors"`   // why, the first few
}

const (
	importBytes  = 4 << 20 // of one request: small enough to show progress and to bound the memory of both sides
	maxErrors    = 10
	importTries  = 5
	defaultPause = time.Second
)

// Import sends lines of OTLP JSON, each an ExportTraceServiceRequest, compressed by gzip or not. Importing the same
// lines again changes nothing. With an error, the result is what was taken in before.
func (c *Client) Import(ctx context.Context, r io.Reader) (Imported, error) {
	total := Imported{Errors: []string{}}
	lines, err := unpacked(r)
	if err != nil {
		return total, fmt.Errorf("read what to import: %w", err)
	}
	var batch bytes.Buffer
	for {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if batch.Len() > 0 && batch.Len()+len(line) > importBytes {
				if err := c.importBatch(ctx, &batch, &total); err != nil {
					return total, err
				}
			}
			batch.Write(line)
			batch.WriteByte('\n')
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return total, fmt.Errorf("read what to import: %w", err)
		}
	}
	if batch.Len() > 0 {
		if err := c.importBatch(ctx, &batch, &total); err != nil {
			return total, err
		}
	}
	return total, nil
}

// unpacked tells gzip by its first bytes, since standard input has no name.
func unpacked(r io.Reader) (*bufio.Reader, error) {
	const buffered = 64 << 10
	raw := bufio.NewReaderSize(r, buffered)
	if magic, err := raw.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
		return raw, nil //nolint:nilerr // what cannot be peeked at, reading will tell
	}
	packed, err := gzip.NewReader(raw)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(packed, buffered), nil
}

// importBatch sends and empties a batch. A server that is busy is asked again.
func (c *Client) importBatch(ctx context.Context, batch *bytes.Buffer, total *Imported) error {
	packed, err := gzipped(batch.Bytes())
	if err != nil {
		return fmt.Errorf("compress a request: %w", err)
	}
	batch.Reset()
	for try := 1; ; try++ {
		err := c.postImport(ctx, packed, total)
		if err == nil {
			return nil
		}
		pause, again := busy(err)
		if !again || try == importTries {
			return fmt.Errorf("import: %w", err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return fmt.Errorf("import: %w", context.Cause(ctx))
		}
	}
}

func busy(err error) (pause time.Duration, again bool) {
	refused, ok := errors.AsType[*StatusError](err)
	if !ok || refused.Status != http.StatusTooManyRequests && refused.Status != http.StatusServiceUnavailable {
		return 0, false
	}
	return max(refused.RetryAfter, defaultPause), true
}

func (c *Client) postImport(ctx context.Context, packed []byte, total *Imported) error {
	header := http.Header{"Content-Type": {"application/x-ndjson"}, "Content-Encoding": {"gzip"}}
	response, err := c.send(ctx, http.MethodPost, admin+"/import", nil, bytes.NewReader(packed), header)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	var taken Imported
	if err := json.NewDecoder(http.MaxBytesReader(nil, response.Body, maxReply)).Decode(&taken); err != nil {
		return fmt.Errorf("read the answer: %w", reason(ctx, err))
	}
	total.Spans += taken.Spans
	total.Rejected += taken.Rejected
	room := maxErrors - len(total.Errors)
	total.Errors = append(total.Errors, taken.Errors[:min(room, len(taken.Errors))]...)
	return nil
}

func gzipped(text []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}
