package app_test

import (
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"500MB": "500MB", "10GiB": "10GiB", "1048576": "1MiB", "0.5 GiB": "512MiB", "1000": "1kB", "1KB": "1kB", "2TB": "2TB", "1234567": "1234567",
		"7B": "7", "0": "",
		"": "bad", "GiB": "bad", "-1": "bad", "1e30": "bad", "ten": "bad", "NaN": "bad", "1 PB": "bad",
	} {
		flag := app.FlagsOf("dev").Lookup("retain-bytes")
		got := "bad"
		if err := flag.Value.Set(text); err == nil {
			got = flag.Value.String()
		}
		if got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
