package app_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var drawn bytes.Buffer
		bar := app.NewProgress(&drawn, "import", 3_000_000)
		for range 3 {
			if _, err := bar.Write(make([]byte, 500_000)); err != nil {
				t.Fatal(err)
			}
			if _, err := bar.Write(make([]byte, 500_000)); err != nil { // too soon to be drawn
				t.Fatal(err)
			}
			<-time.After(time.Second)
		}
		bar.End()
		lines := strings.Split(drawn.String(), "\r\x1b[K")
		want := []string{
			"",
			"import " + strings.Repeat("━", 5) + strings.Repeat("╌", 25) + "  17 %  500.0 kB of 3.0 MB",
			"import " + strings.Repeat("━", 15) + strings.Repeat("╌", 15) + "  50 %  1.5 MB of 3.0 MB",
			"import " + strings.Repeat("━", 25) + strings.Repeat("╌", 5) + "  83 %  2.5 MB of 3.0 MB",
			"", // it is taken away
		}
		if strings.Join(lines, "\n") != strings.Join(want, "\n") {
			t.Errorf("drawn\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
		}
	})
	t.Run("without an end", func(t *testing.T) {
		t.Parallel()
		var drawn bytes.Buffer
		bar := app.NewProgress(&drawn, "export", 0)
		if _, err := bar.Write(make([]byte, 1500)); err != nil || drawn.String() != "\r\x1b[Kexport 1.5 kB" {
			t.Errorf("drawn %q, %v", drawn.String(), err)
		}
	})
}
