package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"github.com/klauspost/compress/gzip"
	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/traceroot-ai/traceroot-go/attr"
)

// corpus is a load made ahead, on disk, so that sending it costs next to nothing and no batch is sent twice. The same
// arguments make the same corpus, but for the times.
type corpus struct {
	file    *os.File
	batches []batch
	spans   int
	raw     int64 // bytes of all batches before they were packed
}

// batch is one request: gzipped OTLP protobuf at a place of the file.
type batch struct {
	offset int64
	size   int
	spans  []spanRef
}

const (
	batchSpans = 100
	// alive is how many conversations go on at once: a batch has some turns of each, and none is whole in one batch.
	alive = 24
	// period is what the starts of the traces are spread over, up to now.
	period = 29 * 24 * time.Hour
)

// makeCorpus writes at least that many spans to path. All conversations in it have ended.
func makeCorpus(path string, size shape, spans int) (*corpus, error) {
	file, err := os.Create(path) //nolint:gosec // in a folder of our own
	if err != nil {
		return nil, fmt.Errorf("make load: %w", err)
	}
	c := &corpus{file: file}
	if err := c.fill(size, spans); err != nil {
		return nil, errors.Join(fmt.Errorf("make load: %w", err), c.close())
	}
	return c, nil
}

func (c *corpus) fill(size shape, spans int) error {
	random := rand.New(rand.NewPCG(1, uint64(size.results[0]))) //nolint:gosec // it is no negative number
	words := newWriter(random)
	traces := spans/(2*turns) + alive
	began, number := time.Now().Add(-period), uint32(0)
	begin := func() *conversation {
		start := began.Add(period / time.Duration(traces) * time.Duration(number))
		number++
		return newConversation(words, number, size, start)
	}
	var live []*conversation
	for range alive {
		live = append(live, begin())
	}
	var pending []made
	for total := 0; len(live) > 0; {
		at := random.IntN(len(live))
		turn := live[at].next()
		total += len(turn)
		pending = append(pending, turn...)
		switch {
		case !live[at].ended():
		case total < spans:
			live[at] = begin()
		default:
			live = append(live[:at], live[at+1:]...)
		}
		for len(pending) >= batchSpans {
			if err := c.add(pending[:batchSpans]); err != nil {
				return err
			}
			pending = pending[batchSpans:]
		}
	}
	if len(pending) > 0 {
		return c.add(pending)
	}
	return nil
}

func (c *corpus) add(spans []made) error {
	b := batch{spans: make([]spanRef, len(spans))}
	wire := make([]*tracepb.Span, len(spans))
	for i, span := range spans {
		b.spans[i], wire[i] = span.ref, span.Span
	}
	data, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{
		Resource: &resourcepb.Resource{Attributes: []*commonpb.KeyValue{
			text(attr.ServiceName, "shop"), text("service.version", "1.2.3"), text("telemetry.sdk.language", "go"), text("host.name", "worker-7"),
		}},
		ScopeSpans: []*tracepb.ScopeSpans{{Scope: &commonpb.InstrumentationScope{Name: attr.Scope, Version: "0.1.0"}, Spans: wire}},
	}}})
	if err != nil {
		return err
	}
	packed, err := pack(data)
	if err != nil {
		return err
	}
	if len(c.batches) > 0 {
		last := c.batches[len(c.batches)-1]
		b.offset = last.offset + int64(last.size)
	}
	b.size = len(packed)
	if _, err := c.file.WriteAt(packed, b.offset); err != nil {
		return err
	}
	c.batches = append(c.batches, b)
	c.spans += len(spans)
	c.raw += int64(len(data))
	return nil
}

// pack compresses as the SDK does.
func pack(data []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// body is the request of one batch. It is safe for concurrent use.
func (c *corpus) body(i int) *io.SectionReader {
	return io.NewSectionReader(c.file, c.batches[i].offset, int64(c.batches[i].size))
}

// close removes it.
func (c *corpus) close() error {
	return errors.Join(c.file.Close(), os.Remove(c.file.Name()))
}
