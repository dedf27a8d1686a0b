package traceroot_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"go.opentelemetry.io/otel/metric/noop"

	"github.com/traceroot-ai/traceroot-go"
)

func ExampleWithSpool() {
	dir, err := os.MkdirTemp("", "spool")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()

	offline := &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("network is unreachable")
	})}
	first := traceroot.New(traceroot.WithAPIKey("tr-key"), traceroot.WithSpool(dir), traceroot.WithHTTPClient(offline),
		traceroot.WithLogger(quiet))
	_ = traceroot.Run(first.Context(context.Background()), "work", work)
	stop, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	fmt.Println("first:", first.Shutdown(stop), first.Stats().Spooled, "spooled")

	// The next start of the program finds what the last one could not send.
	online := &http.Client{Transport: &cable{}}
	next := traceroot.New(traceroot.WithAPIKey("tr-key"), traceroot.WithSpool(dir), traceroot.WithHTTPClient(online),
		traceroot.WithLogger(quiet))
	fmt.Println("next:", next.Shutdown(context.Background()), next.Stats().Recovered, "recovered")
	// Output:
	// first: <nil> 1 spooled
	// next: <nil> 1 recovered
}

func ExampleWithMeterProvider() {
	// In a program: the MeterProvider of OpenTelemetry's SDK.
	enabled(traceroot.WithAPIKey("tr-key"), traceroot.WithMeterProvider(noop.NewMeterProvider()))
	// Output: true <nil>
}

func ExampleDrops() {
	refusing := &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		return reply(http.StatusUnauthorized, `{"detail":"unknown key"}`), nil
	})}
	client := traceroot.New(traceroot.WithAPIKey("tr-typo"), traceroot.WithHTTPClient(refusing), traceroot.WithLogger(quiet))
	ctx := client.Context(context.Background())

	_ = traceroot.Run(ctx, "work", work)
	fmt.Println(client.Shutdown(ctx))
	fmt.Println(client.Stats().DroppedBy.Unauthorized, "of", client.Stats().Dropped)
	// Output:
	// traceroot: 1 spans not sent: server answered 401 Unauthorized: unknown key
	// 1 of 1
}
