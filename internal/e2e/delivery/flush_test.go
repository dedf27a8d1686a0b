package delivery_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

func newClient(t *testing.T, server *receiver) (*traceroot.Client, context.Context) {
	t.Helper()
	client := traceroot.New(traceroot.WithAPIKey("tr-key"), traceroot.WithHostURL(server.URL), traceroot.WithLive(false),
		traceroot.WithGitRepo("acme/shop"), traceroot.WithGitRef("v1"))
	t.Cleanup(func() { _ = client.Shutdown(context.WithoutCancel(t.Context())) })
	return client, client.Context(t.Context())
}

func TestFlushAtTheEndOfEachInvocation(t *testing.T) {
	t.Parallel()
	t.Run("is one request", func(t *testing.T) {
		t.Parallel()
		server := newReceiver(t)
		client, ctx := newClient(t, server)
		for invocation := 1; invocation <= 3; invocation++ {
			for range 5 {
				_ = traceroot.Run(ctx, "step", nothing)
			}
			if err := client.Flush(ctx); err != nil {
				t.Fatal(err)
			}
			if spans, requests := server.count(); spans != 5*invocation || requests != invocation {
				t.Fatalf("after %d invocations %d spans came in %d requests", invocation, spans, requests)
			}
		}
	})
	t.Run("is none when nothing ended", func(t *testing.T) {
		t.Parallel()
		server := newReceiver(t)
		client, ctx := newClient(t, server)
		if err := client.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		if _, requests := server.count(); requests != 0 {
			t.Errorf("%d requests", requests)
		}
	})
	t.Run("is one round trip for four batches", func(t *testing.T) {
		t.Parallel()
		server := newReceiver(t)
		var came atomic.Int32
		all, come := context.WithCancel(t.Context())
		defer come()
		server.before = func() { // no answer before the last of them has come
			if came.Add(1) == 4 {
				come()
			}
			<-all.Done()
		}
		client, ctx := newClient(t, server)
		for range 400 {
			_ = traceroot.Run(ctx, "step", nothing)
		}
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if err := client.Flush(ctx); err != nil {
			t.Error(err)
		}
	})
}
