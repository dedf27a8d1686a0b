package app_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// sender sends batches one after the other, each again until it is acknowledged, as exporters do.
type sender struct {
	number int
	batch  int // the one that is being sent
	acked  map[spanKey]bool
}

// next is the batch to send: one trace, whose spans tell all of the conversation each time.
func (s *sender) next() (body []byte, spans []spanKey) {
	const each = 8
	trace := fmt.Sprintf("%016x%016x", s.number+1, s.batch+1)
	var text, said strings.Builder
	for i := range each {
		span := fmt.Sprintf("%016x", i+1)
		spans = append(spans, spanKey{trace, span})
		fmt.Fprintf(&said, "turn %d of %s: %s; ", i, trace, strings.Repeat("and so on ", 20))
		if i > 0 {
			text.WriteByte(',')
		}
		began := time.Now().UnixNano()
		fmt.Fprintf(&text, `{"traceId":%q,"spanId":%q,"name":"chat","startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[
			{"key":"traceroot.span.type","value":{"stringValue":"LLM"}},{"key":"traceroot.span.input","value":{"stringValue":%q}}]}`,
			trace, span, began, began+1000, said.String())
	}
	return []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[` + text.String() + `]}]}]}`), spans
}

// run sends until ctx is done, to whatever url says at the moment. It tells of each acknowledged batch.
func (s *sender) run(ctx context.Context, client *http.Client, url *atomic.Value, acknowledged chan<- struct{}) {
	for ctx.Err() == nil {
		body, spans := s.next()
		to, _ := url.Load().(string)
		status, _, err := ask(ctx, client, http.MethodPost, to+"/v1/traces", body)
		if err != nil || status != http.StatusOK {
			select { // a server is being started
			case <-time.After(2 * time.Millisecond):
			case <-ctx.Done():
			}
			continue
		}
		for _, span := range spans {
			s.acked[span] = true
		}
		s.batch++
		select {
		case acknowledged <- struct{}{}:
		default:
		}
	}
}

// TestKilled kills a server under load, again and again. What it acknowledged has to be there, once.
func TestKilled(t *testing.T) {
	t.Parallel()
	kills := 20
	if testing.Short() {
		kills = 3
	}
	data := t.TempDir()
	client := &http.Client{Transport: new(http.Transport), Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	running, err := startProcess(data)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { running.kill() }()

	var url atomic.Value
	url.Store(running.url)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	acknowledged := make(chan struct{}, 1)
	var sending sync.WaitGroup
	senders := make([]sender, 4)
	for i := range senders {
		senders[i] = sender{number: i, acked: map[spanKey]bool{}}
		sending.Go(func() { senders[i].run(ctx, client, &url, acknowledged) })
	}
	for range kills {
		select {
		case <-acknowledged:
		case <-time.After(20 * time.Second):
			t.Fatalf("nothing is acknowledged: %s", running.stderr.String())
		}
		<-time.After(time.Duration(rand.IntN(int(150 * time.Millisecond))))
		running.kill()
		if running, err = startProcess(data); err != nil {
			t.Fatal(err)
		}
		url.Store(running.url)
		select { // of before the kill
		case <-acknowledged:
		default:
		}
	}
	cancel()
	sending.Wait()

	found, acked := exported(t, client, running.url), 0
	for _, s := range senders {
		for span := range s.acked {
			if acked++; found[span] != 1 {
				t.Errorf("span %v was acknowledged and is there %d times", span, found[span])
			}
		}
	}
	for span, times := range found {
		if times != 1 {
			t.Errorf("span %v is there %d times", span, times)
		}
	}
	t.Logf("%d spans acknowledged over %d kills, %d found", acked, kills, len(found))
	running.stop(t)
	checkDatabase(t, filepath.Join(data, "traces.db"))
}

// checkDatabase looks for damage.
func checkDatabase(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, pragma := range []string{"integrity_check", "foreign_key_check"} {
		var said string
		err := db.QueryRowContext(t.Context(), "SELECT * FROM pragma_"+pragma).Scan(&said)
		if said != "ok" && !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("%s: %s, %v", pragma, said, err)
		}
	}
}
