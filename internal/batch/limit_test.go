package batch_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
	"github.com/traceroot-ai/traceroot-go/internal/otlp"
)

// limited answers 413 to requests beyond a limit, as proxies and servers do, and counts.
type limited struct {
	measure func(body []byte) int

	mu                sync.Mutex
	limit             int
	accepted, refused int
}

func (s *limited) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.measure(body) > s.limit {
		s.refused++
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	s.accepted++
}

// answer is what it answers without a socket.
func (s *limited) answer() answer {
	return answer{do: func(r *http.Request) (*http.Response, error) {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), body))
		response := w.Result()
		response.Request = r
		return response, nil
	}}
}

// counts returns the requests since it was called last.
func (s *limited) counts() (accepted, refused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	accepted, refused = s.accepted, s.refused
	s.accepted, s.refused = 0, 0
	return accepted, refused
}

func (s *limited) setLimit(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit = n
}

func asSent(body []byte) int { return len(body) }

func unpacked(body []byte) int {
	data, err := otlp.Gunzip(body)
	if err != nil {
		return 0
	}
	return len(data)
}

// picture is a span with that many bytes of base64, and prose one with that many of text.
func picture(random io.Reader, size int) sdktrace.ReadOnlySpan {
	data := make([]byte, base64.StdEncoding.DecodedLen(size))
	_, _ = random.Read(data)
	return span("look", attribute.String("input", base64.StdEncoding.EncodeToString(data)))
}

func prose(n, size int) sdktrace.ReadOnlySpan {
	return span("read", attribute.String("input", strings.Repeat(fmt.Sprintf("What about number %d? ", n), size/22)))
}

func TestLimitOfTheServerIsRemembered(t *testing.T) {
	t.Parallel()
	random := rand.NewChaCha8([32]byte{4})
	var large, pictures, texts, mixed []sdktrace.ReadOnlySpan
	for i := range 120 {
		size := 20<<10 + int(random.Uint64()%(180<<10))
		large = append(large, picture(random, size))
		pictures = append(pictures, picture(random, size/4))
		texts = append(texts, prose(i, size/4))
		mixed = append(mixed, pictures[i], texts[i])
	}
	for _, c := range []struct {
		name    string
		measure func([]byte) int
		limit   int
		spans   []sdktrace.ReadOnlySpan
	}{
		{"of bodies as they are sent, large pictures", asSent, 1 << 20, large},
		{"of bodies as they are sent, pictures", asSent, 256 << 10, pictures},
		{"of bodies as they are sent, pictures and texts", asSent, 256 << 10, mixed},
		{"of bodies unpacked, pictures", unpacked, 256 << 10, pictures},
		{"of bodies unpacked, texts", unpacked, 256 << 10, texts},
		{"of bodies unpacked, pictures and texts", unpacked, 256 << 10, mixed},
		{"hardly larger than the largest span", asSent, 64 << 10, pictures},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			handler := &limited{measure: c.measure, limit: c.limit}
			server := httptest.NewServer(handler)
			defer server.Close()
			sender, err := batch.NewHTTP(batch.HTTPConfig{Endpoint: server.URL, Client: server.Client()})
			if err != nil {
				t.Fatal(err)
			}
			q := batch.New(sender, batch.Config{BatchBytes: 4 * c.limit})
			third := len(c.spans) / 3
			for _, s := range c.spans[:third] {
				q.Add(s)
			}
			if err := q.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, refused := handler.counts(); refused == 0 {
				t.Error("no request was refused: the test is none")
			}
			for _, s := range c.spans[third:] {
				q.Add(s)
			}
			if err := q.Shutdown(t.Context()); err != nil {
				t.Fatal(err)
			}
			// Now and then, a larger one is tried again.
			if accepted, refused := handler.counts(); refused > accepted/5 {
				t.Errorf("%d requests were accepted and %d refused once the limit was known", accepted, refused)
			}
			if stats := q.Stats(); stats.Exported != int64(len(c.spans)) {
				t.Errorf("stats are %+v, want %d spans exported", stats, len(c.spans))
			}
		})
	}
}

func TestLimitOfTheServerMayGrow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		random := rand.NewChaCha8([32]byte{5})
		handler := &limited{measure: asSent, limit: 64 << 10}
		q, _ := newSerialQueue(t, &ingest{script: times(1000, handler.answer())}, batch.Config{BatchBytes: 256 << 10})
		flush := func() (accepted, refused int) {
			for range 80 {
				q.Add(picture(random, 6<<10))
			}
			if err := q.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			return handler.counts()
		}
		flush()
		limited, refused := flush()
		if refused > 0 {
			t.Errorf("%d requests were refused once the limit was known", refused)
		}
		handler.setLimit(64 << 20)
		if soon, _ := flush(); soon < limited {
			t.Errorf("%d requests at once, %d while there was a limit", soon, limited)
		}
		for range 6 {
			time.Sleep(10 * time.Minute) // of the bubble: after so long the limit is tried
			flush()
		}
		if later, _ := flush(); later > 2 {
			t.Errorf("after an hour half a megabyte still takes %d requests", later)
		}
		handler.setLimit(64 << 10)
		flush()
		if _, refused := flush(); refused > 0 {
			t.Errorf("%d requests were refused once the limit was known again", refused)
		}
	})
}

// A refusal that was not one of size is soon forgotten.
func TestOneOddSpanDoesNotShrinkBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		handler := &limited{limit: 10_000, measure: func(body []byte) int {
			data, err := otlp.Gunzip(body)
			if err != nil {
				return 0
			}
			return bytes.Count(data, []byte("odd "))
		}}
		server := &ingest{script: times(1000, handler.answer())}
		q, _ := newSerialQueue(t, server, batch.Config{})
		q.Add(span("odd", attribute.String("input", strings.Repeat("odd ", 100_000))))
		for i := range 99 {
			q.Add(prose(i, 20_000))
		}
		var accepted, refused int
		for range 12 {
			if err := q.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			accepted, refused = handler.counts()
			for i := range 100 {
				q.Add(prose(i, 20_000))
			}
		}
		if accepted != 1 || refused != 0 {
			t.Errorf("a batch takes %d accepted and %d refused requests, want one", accepted, refused)
		}
	})
}
