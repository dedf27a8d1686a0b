package ingest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/ingest"
)

// watcher writes down what an observer is told.
type watcher struct {
	mu    sync.Mutex
	lines []string
}

func (w *watcher) Accepted(_ *http.Request, batch ingest.Accepted) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, fmt.Sprintf("accepted %+v", batch))
}

func (w *watcher) Refused(reason string, status int, _ *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, fmt.Sprintf("refused %d %s", status, reason))
}

func (w *watcher) told() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.lines, "\n")
}

func TestObserver(t *testing.T) {
	t.Parallel()
	watcher := &watcher{}
	url := serve(t, ingest.Config{Sink: &kept{}, Observer: watcher})
	bad := spanNamed("bad")
	bad.SpanId = nil
	body := encode(t, spanNamed("good"), bad)
	post(t, url+ingest.Path, bytes.NewReader(pack(t, body)), "Content-Type", protobuf, "Content-Encoding", "gzip")
	want := fmt.Sprintf(`accepted {Spans:1 Rejected:1 Reason:1 refused: span 2 "bad": no valid span id Bytes:%d}`, len(body))
	if watcher.told() != want {
		t.Errorf("told %s\nwant %s", watcher.told(), want)
	}
}
