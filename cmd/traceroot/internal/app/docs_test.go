package app_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
)

// TestTableOfFlags holds the table of docs/server.md against the flags.
func TestTableOfFlags(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "server.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{} // by flag
	for line := range strings.Lines(string(page)) {
		if flag, rest, found := strings.Cut(strings.TrimPrefix(line, "| `--"), "` |"); found && strings.HasPrefix(line, "| `--") {
			rows[flag] = rest
		}
	}
	known := map[string]bool{}
	for _, command := range []string{"dev", "serve"} {
		app.FlagsOf(command).VisitAll(func(flag *pflag.Flag) {
			known[flag.Name] = true
			value := " |"
			if flag.DefValue != "" && flag.DefValue != "false" {
				value = " `" + flag.DefValue + "` |"
			}
			if want := " `" + app.Variable(flag.Name) + "` |" + value; !strings.HasPrefix(rows[flag.Name], want) {
				t.Errorf("--%s has the row %q, want it to begin with %q", flag.Name, rows[flag.Name], want)
			}
		})
	}
	for flag := range rows {
		if !known[flag] {
			t.Errorf("there is no --%s", flag)
		}
	}
	if len(rows) == 0 {
		t.Error("the page has no table")
	}
}

// TestTableOfMetrics holds the table of docs/server.md against what the server tells.
func TestTableOfMetrics(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "docs", "server.md"))
	if err != nil {
		t.Fatal(err)
	}
	s := startServer(t, server.Config{})
	get(t, s.URL()+"/healthz")
	if status, _, err := ask(t.Context(), &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, http.MethodPost, s.URL()+"/v1/traces", []byte("no JSON")); err != nil || status != http.StatusBadRequest {
		t.Fatal(status, err)
	}
	for line := range strings.Lines(get(t, s.URL()+"/metrics")) {
		name, _, found := strings.Cut(strings.TrimPrefix(line, "# HELP "), " ")
		if strings.HasPrefix(line, "# HELP traceroot_") && found && !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("the page does not tell of %s", name)
		}
	}
}
