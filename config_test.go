package traceroot_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/attr"
)

// uploadOf is the first request of a client with these options.
func uploadOf(t *testing.T, opts ...traceroot.Option) *http.Request {
	t.Helper()
	var wire cable
	client := traceroot.New(append([]traceroot.Option{
		traceroot.WithHTTPClient(&http.Client{Transport: &wire}), traceroot.WithLogger(quiet),
	}, opts...)...)
	span(client.Context(t.Context()), "work")
	if err := client.Shutdown(t.Context()); err != nil {
		t.Errorf("shutdown: %v", err)
	}
	uploads := wire.uploads()
	if len(uploads) != 1 {
		t.Fatalf("%d uploads, want 1; client: %v", len(uploads), client.Err())
	}
	return uploads[0]
}

func TestKey(t *testing.T) {
	const fromVariable, fromOption = "tr-from-variable", "tr-from-option"
	for _, c := range []struct {
		name, variable, want string
		option               []traceroot.Option
	}{
		{name: "config-01 of the variable", variable: fromVariable, want: fromVariable},
		{
			name: "config-02 of the option beats the variable", variable: fromVariable, want: fromOption,
			option: []traceroot.Option{traceroot.WithAPIKey(fromOption)},
		},
		{
			name: "an empty option is none", variable: fromVariable, want: fromVariable,
			option: []traceroot.Option{traceroot.WithAPIKey("")},
		},
		{name: "space around it is dropped", want: fromOption, option: []traceroot.Option{traceroot.WithAPIKey(" " + fromOption + "\n")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			environment(t, "TRACEROOT_API_KEY="+c.variable)
			if got := uploadOf(t, c.option...).Header.Get("Authorization"); got != "Bearer "+c.want {
				t.Errorf("Authorization = %q, want the key %s", got, c.want)
			}
		})
	}
}

func TestHost(t *testing.T) {
	for _, c := range []struct{ name, variable, option, want string }{
		{"config-03 of the variable", "https://traces.acme.test", "", "https://traces.acme.test/api/v1/public/traces"},
		{"config-03 the platform without one", "", "", "https://app.traceroot.ai/api/v1/public/traces"},
		{"an option beats the variable", "https://a.test", "https://b.test", "https://b.test/api/v1/public/traces"},
		{"transport-02 slashes at the end are removed", "", "https://b.test///", "https://b.test/api/v1/public/traces"},
		{"transport-03 a path is kept", "", "https://b.test/eu/", "https://b.test/eu/api/v1/public/traces"},
	} {
		t.Run(c.name, func(t *testing.T) {
			environment(t, "TRACEROOT_HOST_URL="+c.variable)
			got := uploadOf(t, traceroot.WithAPIKey("tr-key"), traceroot.WithHostURL(c.option)).URL.String()
			if got != c.want {
				t.Errorf("uploads go to %s, want %s", got, c.want)
			}
		})
	}
}

func TestLoopbackHostNeedsNoKey(t *testing.T) {
	for _, host := range []string{"127.0.0.1:8317", "localhost", "LOCALHOST:1", "[::1]:8317", "127.8.9.1", "traces.localhost:9"} {
		t.Run("config-17 "+host, func(t *testing.T) {
			environment(t, "TRACEROOT_HOST_URL=http://"+host)
			header := uploadOf(t).Header
			if _, sent := header["Authorization"]; sent {
				t.Errorf("Authorization = %q, want none", header.Get("Authorization"))
			}
		})
	}
	for _, host := range []string{"http://192.168.1.4", "https://localhost.example.com", "http://0.0.0.0:80"} {
		t.Run("others do: "+host, func(t *testing.T) {
			environment(t, "TRACEROOT_HOST_URL="+host)
			if client := traceroot.New(traceroot.WithLogger(quiet)); client.Enabled() {
				t.Error("tracing is on without a key")
			}
		})
	}
}

func TestEnabled(t *testing.T) {
	on, off := traceroot.WithEnabled(true), traceroot.WithEnabled(false)
	for _, c := range []struct {
		name, variable string
		option         []traceroot.Option
		want           bool
	}{
		{"config-04 false", "false", nil, false},
		{"config-05 False", "False", nil, false},
		{"config-05 0", "0", nil, false},
		{"config-05 no", "no", nil, false},
		{"config-05 NO", "NO", nil, false},
		{"config-05 off", "off", nil, false},
		{"config-05 oFf with spaces", "  oFf ", nil, false},
		{"config-06 empty", "", nil, true},
		{"config-06 true", "true", nil, true},
		{"config-06 1", "1", nil, true},
		{"config-06 anything", "disabled", nil, true},
		{"config-06 00", "00", nil, true},
		{"config-07 the option on beats the variable", "false", []traceroot.Option{on}, true},
		{"config-07 the option off beats the variable", "true", []traceroot.Option{off}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			environment(t, "TRACEROOT_ENABLED="+c.variable, "TRACEROOT_API_KEY=tr-key")
			var wire cable
			client := wire.plugged(t, c.option...)
			span(client.Context(t.Context()), "work")
			if err := client.Flush(t.Context()); err != nil {
				t.Error(err)
			}
			if sent := len(wire.spans()) > 0; sent != c.want || client.Enabled() != c.want {
				t.Errorf("Enabled() = %v and spans sent: %v, want %v", client.Enabled(), sent, c.want)
			}
		})
	}
	t.Run("config-07 on without a key is still off", func(t *testing.T) {
		environment(t)
		if client := traceroot.New(on, traceroot.WithLogger(quiet)); client.Enabled() {
			t.Error("tracing is on without a key")
		}
	})
}

func TestEnvironmentName(t *testing.T) {
	for _, c := range []struct{ name, variable, option, want string }{
		{"config-08 of the variable", "staging", "", "staging"},
		{"of the option", "staging", "production", "production"},
	} {
		t.Run(c.name, func(t *testing.T) {
			environment(t, "TRACEROOT_ENVIRONMENT="+c.variable)
			got := sentTo(t, runWork, traceroot.WithEnvironment(c.option))["work"].attributes
			if got[attr.Environment] != c.want || got[attr.DeploymentEnvironment] != c.want {
				t.Errorf("environment = %v and %v, want %s", got[attr.Environment], got[attr.DeploymentEnvironment], c.want)
			}
		})
	}
	t.Run("spanattrs-06 none", func(t *testing.T) {
		environment(t)
		got := sentTo(t, runWork)["work"].attributes
		for _, key := range []string{attr.Environment, attr.DeploymentEnvironment} {
			if value, ok := got[key]; ok {
				t.Errorf("%s = %v, want none", key, value)
			}
		}
	})
}

// measure finds out how a client with these options behaves.
type measure func(t *testing.T, opts ...traceroot.Option) (found any)

// flushedAfter is how long a lone span waits for its upload.
func flushedAfter(t *testing.T, opts ...traceroot.Option) (waited any) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var wire cable
		start := time.Now()
		span(wire.plugged(t, opts...).Context(t.Context()), "work")
		<-time.After(time.Hour)
		uploads := wire.since(start)
		if len(uploads) != 1 {
			t.Fatalf("%d uploads in an hour, want 1", len(uploads))
		}
		waited = uploads[0]
	})
	return waited
}

// sentAtOnce is how many spans fill a batch.
func sentAtOnce(t *testing.T, opts ...traceroot.Option) any {
	t.Helper()
	spans := 0
	synctest.Test(t, func(t *testing.T) {
		var wire cable
		ctx := wire.plugged(t, opts...).Context(t.Context())
		for range 1000 {
			span(ctx, "work")
			synctest.Wait()
			if spans = len(wire.spans()); spans > 0 {
				return
			}
		}
	})
	return spans
}

// gaveUpAfter is how long a request may take.
func gaveUpAfter(t *testing.T, opts ...traceroot.Option) (waited any) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		gaveUp := make(chan time.Time, 1)
		start := time.Now()
		wire := cable{answer: func(request *http.Request) (*http.Response, error) {
			<-request.Context().Done()
			select {
			case gaveUp <- time.Now():
			default:
			}
			return nil, request.Context().Err()
		}}
		span(wire.plugged(t, append(opts, traceroot.WithFlushAt(1))...).Context(t.Context()), "work")
		waited = (<-gaveUp).Sub(start)
	})
	return waited
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		name, setting string
		option        traceroot.Option
		measure       measure
		want          any
	}{
		{"transport-23 5 s between flushes", "TRACEROOT_FLUSH_INTERVAL=", nil, flushedAfter, 5 * time.Second},
		{"config-09 seconds with a fraction", "TRACEROOT_FLUSH_INTERVAL=2.25", nil, flushedAfter, 2250 * time.Millisecond},
		{"config-09 a duration", "TRACEROOT_FLUSH_INTERVAL=250ms", nil, flushedAfter, 250 * time.Millisecond},
		{"config-09 spaces around it", "TRACEROOT_FLUSH_INTERVAL= 7 ", nil, flushedAfter, 7 * time.Second},
		{"config-12 interval", "TRACEROOT_FLUSH_INTERVAL=2", traceroot.WithFlushInterval(3 * time.Second), flushedAfter, 3 * time.Second},
		{"transport-22 100 spans a batch", "TRACEROOT_FLUSH_AT=", nil, sentAtOnce, 100},
		{"config-10 spans", "TRACEROOT_FLUSH_AT=7", nil, sentAtOnce, 7},
		{"config-12 batch size", "TRACEROOT_FLUSH_AT=7", traceroot.WithFlushAt(3), sentAtOnce, 3},
		{"transport-24 30 s a request", "TRACEROOT_TIMEOUT=", nil, gaveUpAfter, 30 * time.Second},
		{"config-11 seconds with a fraction", "TRACEROOT_TIMEOUT=0.75", nil, gaveUpAfter, 750 * time.Millisecond},
		{"transport-30 fractions are kept", "TRACEROOT_TIMEOUT=2", traceroot.WithTimeout(1500 * time.Millisecond), gaveUpAfter, 1500 * time.Millisecond},
		{"config-12 timeout", "TRACEROOT_TIMEOUT=2", traceroot.WithTimeout(3 * time.Second), gaveUpAfter, 3 * time.Second},
		{"config-15 an empty interval", "TRACEROOT_FLUSH_INTERVAL=", nil, flushedAfter, 5 * time.Second},
		{"config-15 an empty batch size", "TRACEROOT_FLUSH_AT=", nil, sentAtOnce, 100},
		{"config-15 an empty timeout", "TRACEROOT_TIMEOUT=", nil, gaveUpAfter, 30 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			environment(t, c.setting)
			if got := c.measure(t, c.option); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestBadVariables(t *testing.T) {
	for _, c := range []struct {
		id, variable, value string
		measure             measure
		want                any
	}{
		{"config-13", "TRACEROOT_FLUSH_INTERVAL", "soon", flushedAfter, 5 * time.Second},
		{"config-13", "TRACEROOT_FLUSH_AT", "1.5", sentAtOnce, 100},
		{"config-13", "TRACEROOT_FLUSH_AT", "many", sentAtOnce, 100},
		{"config-13", "TRACEROOT_TIMEOUT", "30 seconds", gaveUpAfter, 30 * time.Second},
		{"config-14", "TRACEROOT_FLUSH_INTERVAL", "0", flushedAfter, 5 * time.Second},
		{"config-14", "TRACEROOT_FLUSH_INTERVAL", "-3", flushedAfter, 5 * time.Second},
		{"config-14", "TRACEROOT_FLUSH_INTERVAL", "inf", flushedAfter, 5 * time.Second},
		{"config-14", "TRACEROOT_FLUSH_INTERVAL", "NaN", flushedAfter, 5 * time.Second},
		{"config-14", "TRACEROOT_FLUSH_AT", "0", sentAtOnce, 100},
		{"config-14", "TRACEROOT_FLUSH_AT", "-1", sentAtOnce, 100},
		{"config-14", "TRACEROOT_TIMEOUT", "-Infinity", gaveUpAfter, 30 * time.Second},
		{"config-14", "TRACEROOT_TIMEOUT", "1e400", gaveUpAfter, 30 * time.Second},
	} {
		t.Run(c.id+" "+c.variable+" "+c.value, func(t *testing.T) {
			environment(t, c.variable+"="+c.value)
			logger, book := newLogBook()
			if got := c.measure(t, traceroot.WithLogger(logger)); got != c.want {
				t.Errorf("got %v, want the default %v", got, c.want)
			}
			if lines := book.about(c.variable); len(lines) != 1 || !strings.Contains(lines[0], "level=WARN") {
				t.Errorf("logged %q, want one warning that names the variable", lines)
			}
		})
	}
	t.Run("a bad key is not quoted", func(t *testing.T) {
		environment(t, "TRACEROOT_API_KEY=tr-se cret\nvalue")
		logger, book := newLogBook()
		if client := traceroot.New(traceroot.WithLogger(logger)); client.Enabled() {
			t.Error("tracing is on with a key that cannot be sent")
		}
		if book.about("TRACEROOT_API_KEY") == nil || book.about("cret") != nil {
			t.Errorf("logged %q, want the variable and not its value", book.about(""))
		}
	})
}

func TestOptionsOutOfRange(t *testing.T) {
	environment(t, "TRACEROOT_FLUSH_AT=3")
	for name, c := range map[string]struct {
		option traceroot.Option
		named  string
	}{
		"no spans a batch":       {traceroot.WithFlushAt(0), "WithFlushAt"},
		"fewer than none":        {traceroot.WithFlushAt(-1), "WithFlushAt"},
		"no time between":        {traceroot.WithFlushInterval(0), "WithFlushInterval"},
		"no time for a request":  {traceroot.WithTimeout(-time.Second), "WithTimeout"},
		"a limit below nothing":  {traceroot.WithLimits(traceroot.Limits{ValueBytes: -1}), "Limits.ValueBytes"},
		"another one":            {traceroot.WithLimits(traceroot.Limits{QueueBytes: -1}), "Limits.QueueBytes"},
		"items of a stream, too": {traceroot.WithLimits(traceroot.Limits{StreamItems: -5}), "Limits.StreamItems"},
	} {
		t.Run(name, func(t *testing.T) {
			logger, book := newLogBook()
			if got := sentAtOnce(t, c.option, traceroot.WithLogger(logger)); got != 3 {
				t.Errorf("%d spans a batch, want 3 as the variable says", got)
			}
			if lines := book.about(c.named); len(lines) != 1 || !strings.Contains(lines[0], "level=WARN") {
				t.Errorf("logged %q, want one warning that names %s", lines, c.named)
			}
		})
	}
	t.Run("zero limits keep their defaults without a word", func(t *testing.T) {
		logger, book := newLogBook()
		sentAtOnce(t, traceroot.WithLimits(traceroot.Limits{}), traceroot.WithLogger(logger))
		if lines := book.about(""); lines != nil {
			t.Errorf("logged %q, want nothing", lines)
		}
	})
}

func TestVariablesAreReadWhenTheClientIsMade(t *testing.T) {
	t.Run("config-16 and not before or after", func(t *testing.T) {
		environment(t, "TRACEROOT_ENVIRONMENT=first")
		first := newReceiver(t)
		client := traceroot.New(traceroot.WithHostURL(first.URL), traceroot.WithLogger(quiet))
		t.Setenv("TRACEROOT_ENVIRONMENT", "second")
		span(client.Context(t.Context()), "early")
		if err := client.Shutdown(t.Context()); err != nil {
			t.Error(err)
		}
		late := sentTo(t, runWork)["work"]
		got := []any{first.byName()["early"].attributes[attr.Environment], late.attributes[attr.Environment]}
		if want := []any{"first", "second"}; !slices.Equal(got, want) {
			t.Errorf("environments %v, want %v", got, want)
		}
	})
}
