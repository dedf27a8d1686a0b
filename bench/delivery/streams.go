package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/traceroot-ai/traceroot-go"
)

// streamJob is a program that reads the streams of a model, with and without the SDK around its HTTP client.
type streamJob struct {
	URL     string `json:"url"`
	Rounds  int    `json:"rounds"`
	Streams int    `json:"streams"` // of a round, read at the same time
}

// streamOutcome is what tracing adds to a program. It may add a tenth of the CPU time that reading lines takes, as they
// come; and a twentieth of the allocations of a client, which decodes them. A reader of lines itself allocates nothing for
// an event, so that even one span is many times that: there the allocations of a stream are told, not the part. And where
// everything is there at once, reading is a copy in memory, beside which the span of the call is the larger part.
type streamOutcome struct {
	Lines   added `json:"lines"`   // beside a program that reads the stream line by line, as a model sends it
	Decoded added `json:"decoded"` // beside one that also decodes each event
	AtOnce  added `json:"at_once"` // beside one that reads line by line what is all there
}

// What tracing may add.
const (
	streamCPU    = 0.10 // of a reader of lines, as they come
	streamAllocs = 0.05 // of a client that decodes
)

// added is what tracing adds: parts of what the program costs without, 0.1 is a tenth, and allocations of a stream.
type added struct {
	CPU    float64 `json:"cpu"`
	Allocs float64 `json:"allocs"`
	Count  float64 `json:"count"`
}

// events of a stream, and how far apart a model sends them. It is a fast model: a slow one makes the reader wake up no less
// often, and the round longer.
const (
	events   = 200
	eventGap = 2 * time.Millisecond
)

func measureStreams(ctx context.Context, s scale) (*streamOutcome, error) {
	model := httptest.NewServer(http.HandlerFunc(streamAnswer))
	defer model.Close()
	j := job{Streams: &streamJob{URL: model.URL, Rounds: s.streamRounds, Streams: s.streams}}
	result, err := runJob(ctx, j, func() {})
	return result.Streams, err
}

// streamAnswer is a model that answers as OpenAI's do.
func streamAnswer(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "text/event-stream")
	to := http.NewResponseController(w)
	var gap <-chan time.Time
	if r.URL.Query().Has("gap") {
		ticker := time.NewTicker(eventGap)
		defer ticker.Stop()
		gap = ticker.C
	}
	for i := range events {
		fmt.Fprintf(w, `data: {"id":"chatcmpl-C8tnS2fVQ0Yd4mXkJrZb","object":"chat.completion.chunk","created":1756900000,`+
			`"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_cbf1785567",`+
			`"choices":[{"index":0,"delta":{"content":" word%d"},"logprobs":null,"finish_reason":null}]}`+"\n\n", i)
		if gap != nil {
			_ = to.Flush()
			<-gap
		}
	}
	_, _ = io.WriteString(w, `data: {"id":"chatcmpl-C8tnS2fVQ0Yd4mXkJrZb","object":"chat.completion.chunk","created":1756900000,`+
		`"model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],`+
		`"usage":{"prompt_tokens":20,"completion_tokens":200,"total_tokens":220}}`+"\n\ndata: [DONE]\n\n")
}

// prepare makes the clients. The traced one delivers nothing: that is measured elsewhere.
func (j *streamJob) prepare(context.Context) (begin func(context.Context) (outcome, error), err error) {
	return func(ctx context.Context) (outcome, error) {
		client := traceroot.New(traceroot.WithExporter(tracetest.NewNoopExporter()),
			traceroot.WithGitRepo("acme/shop"), traceroot.WithGitRef("v1"))
		defer func() { _ = client.Shutdown(ctx) }()
		ctx = client.Context(ctx)
		plain := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: j.Streams}}
		traced := traceroot.HTTPClient(plain)

		result := &streamOutcome{}
		for _, variant := range []struct {
			into  *added
			query string
			times int // all at once takes no time: more of them, to measure anything
			read  func(io.Reader) error
		}{
			{&result.Lines, "?gap", 1, lines},
			{&result.Decoded, "?gap", 1, decoded},
			{&result.AtOnce, "", 5, lines},
		} {
			reading := func(client *http.Client) func() error {
				return func() error { return j.round(ctx, client, variant.query, variant.times, variant.read) }
			}
			if *variant.into, err = compare(j.Rounds, reading(plain), reading(traced)); err != nil {
				return outcome{}, err
			}
			variant.into.Count /= float64(j.Streams * variant.times)
		}
		return outcome{Streams: result}, nil
	}, nil
}

// compare is the median of what b costs beyond a, in rounds of both.
func compare(rounds int, a, b func() error) (added, error) {
	var cpu, allocs, count []float64
	for i := range rounds + 1 {
		first, second := a, b
		if i%2 == 1 {
			first, second = b, a
		}
		x, err := costOf(first)
		if err != nil {
			return added{}, err
		}
		y, err := costOf(second)
		if err != nil {
			return added{}, err
		}
		if i%2 == 1 {
			x, y = y, x
		}
		if i > 0 { // the first one opens connections
			cpu = append(cpu, float64(y.cpu)/float64(x.cpu)-1)
			allocs = append(allocs, float64(y.allocs)/float64(x.allocs)-1)
			count = append(count, float64(y.allocs)-float64(x.allocs))
		}
	}
	return added{CPU: median(cpu), Allocs: median(allocs), Count: median(count)}, nil
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

type cost struct {
	cpu    time.Duration
	allocs uint64
}

func costOf(do func() error) (cost, error) {
	runtime.GC() // what was before is not this one's
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu := ownCPU()
	err := do()
	cpu = ownCPU() - cpu
	runtime.ReadMemStats(&after)
	return cost{cpu, after.Mallocs - before.Mallocs}, err
}

func (j *streamJob) round(ctx context.Context, client *http.Client, query string, times int, read func(io.Reader) error) error {
	var all sync.WaitGroup
	failures := make(chan error, j.Streams)
	for range j.Streams {
		all.Go(func() {
			for range times {
				if err := j.stream(ctx, client, query, read); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failures)
	return <-failures
}

func (j *streamJob) stream(ctx context.Context, client *http.Client, query string, read func(io.Reader) error) error {
	const body = `{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Tell me a story."}]}`
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, j.URL+"/v1/chat/completions"+query, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return read(response.Body)
}

func lines(body io.Reader) error {
	in := bufio.NewScanner(body)
	for in.Scan() {
		_ = in.Bytes()
	}
	return in.Err()
}

// decoded reads a stream as clients of providers do.
func decoded(body io.Reader) error {
	in := bufio.NewScanner(body)
	for in.Scan() {
		data, found := strings.CutPrefix(in.Text(), "data: ")
		if !found || data == "[DONE]" {
			continue
		}
		var event struct {
			ID      string `json:"id"`
			Model   string `json:"model"`
			Choices []struct {
				Delta struct {
					Content string `json:"content"`
				} `json:"delta"`
				FinishReason *string `json:"finish_reason"`
			} `json:"choices"`
		}
		if err := json.Unmarshal([]byte(data), &event); err != nil {
			return err
		}
	}
	return in.Err()
}
