package env_test

import (
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/env"
)

func TestSeconds(t *testing.T) {
	t.Parallel()
	tests := map[string]time.Duration{
		"5":             5 * time.Second,
		"5.0":           5 * time.Second,
		".5":            500 * time.Millisecond,
		"0.1":           100 * time.Millisecond,
		"0.3":           300 * time.Millisecond,
		"+2":            2 * time.Second,
		"1e3":           1000 * time.Second,
		"0.000000001":   time.Nanosecond,
		"250ms":         250 * time.Millisecond,
		"1.5s":          1500 * time.Millisecond,
		"1h2m3s":        time.Hour + 2*time.Minute + 3*time.Second,
		"1ns":           time.Nanosecond,
		"9223372036":    9223372036 * time.Second,
		"2562047h47m0s": 2562047*time.Hour + 47*time.Minute,
	}
	for text, want := range tests {
		got, err := env.Seconds(text)
		if err != nil || got != want {
			t.Errorf("Seconds(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestSecondsRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " ", "s", "ten", "0", "-0.5", "0ms", "-1s", "inf", "nan", "1e-10", "1e10", "3000000h", "1e400"} {
		if got, err := env.Seconds(text); err == nil || got != 0 {
			t.Errorf("Seconds(%q) = %v, %v; want zero and an error", text, got, err)
		}
	}
}

func FuzzSeconds(f *testing.F) {
	for _, text := range []string{"2.5", "250ms", "-1", "inf", "1e300", "0x1p-3", "1_0"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := env.Seconds(text)
		if (err == nil) != (got > 0) {
			t.Errorf("Seconds(%q) = %v, %v; want either a positive duration or an error", text, got, err)
		}
		if err != nil {
			return
		}
		if again, err := env.Seconds(got.String()); err != nil || again != got {
			t.Errorf("Seconds(%q) = %v, but its own text gives %v, %v", text, got, again, err)
		}
	})
}
