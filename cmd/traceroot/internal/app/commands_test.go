package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/app"
)

const (
	failedTrace  = "0af7651916cd43dd8448eb211c80319c"
	runningTrace = "4bf92f3577b34da6a3ce929d0e0e4736"
)

// answers are those of a server with two traces of one session.
func answers() map[string]string {
	recently := time.Now().Add(-3 * time.Minute).UTC().Format("2006-01-02T15:04:05.000000")
	rows := `{"trace_id":"` + runningTrace + `","name":"still_running","trace_start_time":"` + recently + `","user_id":null,"session_id":null,"span_count":1,"duration_ms":null,"error_count":0,"total_cost":0.0,"trace_url":"http://ui/1"},
		{"trace_id":"` + failedTrace + `","name":"run_agent","trace_start_time":"2025-10-09T08:53:20","user_id":"user-1","session_id":"chat-7","span_count":3,"duration_ms":900.0,"error_count":2,"total_input_tokens":1200,"total_output_tokens":30,"total_cost":0.00054,"trace_url":"http://ui/2","later":"member"}`
	return map[string]string{
		"GET /api/v1/public/traces":                `{"data":[` + rows + `],"meta":{"page":0,"limit":50,"total":2}}`,
		"GET /api/v1/public/traces/" + failedTrace: fullTrace,
		"GET /api/v1/public/traces/{other}":        `404 {"detail":"Trace not found"}`,
		"GET /api/ui/traces":                       `{"data":[{"id":"` + failedTrace + `","name":"run_agent","start":"2025-10-09T08:53:20Z","ms":900,"status":"failed","spans":3,"in":5,"out":5,"estimated":true,"cost":0.1,"partial":true,"outcome":"upstream timeout"}],"next":null}`,
		"GET /api/v1/public/sessions":              `{"data":[{"session_id":"chat-7","trace_count":2,"user_ids":["ann","bob","eve"],"last_trace_time":"2025-10-09T08:53:20","duration_ms":1800,"total_input_tokens":10,"total_output_tokens":5,"total_cost":0.25}],"meta":{}}`,
		"GET /api/v1/public/sessions/{id}":         `{"session_id":"a b/c","user_ids":["ann"],"duration_ms":900,"total_input_tokens":1200,"total_output_tokens":30,"total_cost":null,"traces":[{"trace_id":"` + failedTrace + `","name":"run_agent","trace_start_time":"2025-10-09T08:53:20","input":"Where is my order?","duration_ms":900,"status":"error"}]}`,
		"GET /api/v1/public/whoami":                `{"project_id":"p1","project_name":"Shop"}`,
		"GET /api/admin/keys":                      `{"data":[{"id":"d0a3b1c2","project":"shop","name":"laptop","scope":"ingest","hint":"tr-d0a3-57e3","created":"2025-10-09T08:53:20Z","revoked":null},{"id":"e0a3b1c2","project":"shop","name":"old","scope":"read","hint":"tr-e0a3-57e3","created":"2025-10-09T08:53:20Z","revoked":"` + recently + `Z"}]}`,
		"POST /api/admin/keys":                     `{"id":"d0a3b1c2","project":"shop","name":"laptop","scope":"read","hint":"tr-d0a3-57e3","key":"tr-secret","created":"2025-10-09T08:53:20Z","revoked":null}`,
		"DELETE /api/admin/keys/{id}":              `{"id":"d0a3b1c2","project":"shop","hint":"tr-d0a3-57e3"}`,
		"DELETE /api/admin/traces":                 `{"deleted":2}`,
		"GET /api/admin/stats":                     `{"version":"0.1.0","url":"http://x","data":"/data","started":"` + recently + `Z","projects":1,"traces":1200,"spans":5000,"texts":900,"bytes":12500000,"oldest":"` + recently + `Z"}`,
		"GET /api/admin/export":                    "{\"resourceSpans\":[]}\n",
		"POST /api/admin/import":                   `{"spans":3,"rejected":0,"errors":[]}`,
		"GET /api/admin/backup":                    "SQLite format 3\x00",
	}
}

const fullTrace = `{"trace_id":"` + failedTrace + `","project_id":"p","name":"run_agent","trace_start_time":"2025-10-09T08:53:20","user_id":"user-1","session_id":null,"git_ref":null,"git_repo":null,"input":"{}","output":null,"metadata":null,"trace_url":"http://ui/2","environment":"staging","tags":["t1"],"spans":[
	{"span_id":"00000000000000a1","trace_id":"` + failedTrace + `","parent_span_id":null,"name":"run_agent","span_kind":"AGENT","span_start_time":"2025-10-09T08:53:20","span_end_time":"2025-10-09T08:53:20.900000","status":"ERROR","status_message":"plan: upstream timeout","usage_details":{},"git_source_file":"agent.go","git_source_line":42,"input":"{\"task\":\"greet\"}","output":null,"error_chain":[{"type":"fmt.wrapError","message":"plan: upstream timeout"},{"type":"app.TimeoutError","message":"upstream timeout"}]},
	{"span_id":"00000000000000b2","trace_id":"` + failedTrace + `","parent_span_id":"00000000000000a1","name":"chat","span_kind":"LLM","span_start_time":"2025-10-09T08:53:20.100000","span_end_time":"2025-10-09T08:53:20.800000","status":"OK","model_name":"gpt-4.1","cost":0.0125,"input_tokens":1200,"output_tokens":30,"usage_details":{"cache_read_tokens":1000},"time_to_first_token_ms":200,"usage_estimated":true,"input":"[{\"role\":\"user\",\"content\":\"hi\"}]","output":"[{\"role\":\"assistant\",\"content\":\"hello\"}]"}
]}`

func TestClientCommands(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	lines := filepath.Join(folder, "lines.jsonl")
	if err := os.WriteFile(lines, []byte("{}\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args    string
		status  int
		request string   // the beginning of what is asked first
		stdout  []string // parts of it; none: nothing is printed
		stderr  string   // part of it; empty: nothing is printed
	}{
		{"traces list", 0, "GET /api/v1/public/traces?limit=50", []string{
			"AGE  NAME", "TOOK", "ERRORS  SPANS  TOKENS     COST  USER    SESSION  ID\n",
			"3 m  still_running  running", runningTrace + "\n",
			"run_agent       0.90 s       2      3   1,230  $0.0005  user-1  chat-7   " + failedTrace + "\n",
		}, ""},
		{"traces list --failed --limit 7 --user user-1 --name agent", 0, "GET /api/v1/public/traces?filters=", []string{failedTrace}, ""},
		{"traces list --session chat-7", 0, "GET /api/v1/public/traces?limit=200&search_query=chat-7", []string{failedTrace}, ""},
		{"traces list --from 2025-10-09T08:00:00Z --to 2025-10-09T09:00:00Z", 0, "GET /api/v1/public/traces?end_before=2025-10-09T09%3A00%3A00.000000Z&limit=50&start_after=2025-10-09T08%3A00%3A00.000000Z", []string{failedTrace}, ""},
		{"traces list --json", 0, "GET /api/v1/public/traces?limit=50", []string{`"later": "member"`, `"duration_ms": null`}, ""},
		{"traces get " + failedTrace, 0, "GET /api/v1/public/traces/" + failedTrace + "?fields=full", []string{
			"run_agent", "~1,200 in (1,000 cached)  ~30 out", "$0.0125", "1 error", "user user-1", "environment staging", "tags t1",
			"⬡ run_agent", "└─★ chat", "✕", "error     plan", "↳ upstream timeout (app.TimeoutError)", "agent.go:42", "user      hi", "assistant hello", "first 0.20 s",
		}, ""},
		{"traces get " + failedTrace + " --json", 0, "GET /api/v1/public/traces/" + failedTrace + "?fields=full", []string{`"span_kind": "AGENT"`}, ""},
		{"traces get nothing", 1, "GET /api/v1/public/traces/nothing", nil, "read trace nothing: the server answered 404 Not Found: Trace not found\n"},
		{"traces search refund status:failed --sort -cost", 0, "GET /api/ui/traces?limit=50&q=refund+status%3Afailed&sort=-cost", []string{
			"STATUS", "failed", "~10", "≥ $0.1000", "upstream timeout", failedTrace,
		}, ""},
		{"traces search refund --json", 0, "GET /api/ui/traces?limit=50&q=refund", []string{`"outcome": "upstream timeout"`}, ""},
		{"traces delete a b", 0, `DELETE /api/admin/traces {"trace_ids":["a","b"]}`, nil, "2 traces deleted\n"},
		{"traces delete a b c", 1, `DELETE /api/admin/traces {"trace_ids":["a","b","c"]}`, nil, "1 trace of 3 not found"},
		{"traces delete a b --json", 0, "DELETE /api/admin/traces", []string{"{\n  \"deleted\": 2\n}\n"}, ""},
		{"traces export", 0, "GET /api/admin/export", []string{"{\"resourceSpans\":[]}\n"}, ""},
		{"traces export a --query status:ok", 0, "GET /api/admin/export?q=status%3Aok&trace_id=a", []string{"resourceSpans"}, ""},
		{"traces import " + lines, 0, "POST /api/admin/import", nil, "3 spans imported\n"},
		{"traces import " + lines + " --json", 0, "POST /api/admin/import", []string{`"spans": 3`}, ""},
		{"traces import " + filepath.Join(folder, "none"), 1, "", nil, "no such file"},
		{"sessions list --search chat", 0, "GET /api/v1/public/sessions?limit=50&search_query=chat", []string{
			"TRACES    TOOK  TOKENS     COST  USER    SESSION", "2  1.80 s      15  $0.2500  ann +2  chat-7",
		}, ""},
		{"sessions list --json", 0, "GET /api/v1/public/sessions", []string{`"trace_count": 2`}, ""},
		{"sessions get a/c", 0, "GET /api/v1/public/sessions/a%2Fc", []string{"session  a b/c", "users    ann", "1,200 in, 30 out", "error", "Where is my order?", failedTrace}, ""},
		{"sessions get a --json", 0, "GET /api/v1/public/sessions/a", []string{`"total_cost": null`}, ""},
		{"keys list --project shop", 0, "GET /api/admin/keys?project=shop", []string{"d0a3b1c2  shop     ingest  laptop  tr-d0a3-57e3", "3 m ago"}, ""},
		{"keys list --json", 0, "GET /api/admin/keys", []string{`"revoked": null`}, ""},
		{"keys create --project shop --scope read --name laptop", 0, `POST /api/admin/keys {"project":"shop","name":"laptop","scope":"read"}`, []string{"tr-secret\n"}, "may send spans and read them"},
		{"keys create --project shop --json", 0, `POST /api/admin/keys {"project":"shop","name":"","scope":"ingest"}`, []string{`"key": "tr-secret"`}, ""},
		{"keys create", 2, "", nil, "name it with --project"},
		{"keys create --project shop --scope write", 2, "", nil, "use ingest, read or admin"},
		{"keys revoke d0a3b1c2", 0, "DELETE /api/admin/keys/d0a3b1c2", nil, "tr-d0a3-57e3, of the project shop, is revoked"},
		{"stats", 0, "GET /api/admin/stats", []string{"on disk   12.5 MB", "traces    1,200", "texts     900 distinct", "version   0.1.0", "started   3 m ago"}, ""},
		{"stats --json", 0, "GET /api/admin/stats", []string{`"bytes": 12500000`}, ""},
		{"backup " + filepath.Join(folder, "copy.db"), 0, "GET /api/admin/backup", nil, "copy.db written, 16 bytes"},
		{"backup " + lines, 1, "", nil, "is there already"},

		{"traces list --since yesterday", 2, "", nil, "write it as 90m, 24h, 7d or 2w"},
		{"traces list --from noon", 2, "", nil, "write it as 2026-01-31"},
		{"traces list --since 1h --from 2026-01-31", 2, "", nil, "[from since]"},
		{"traces list --limit 0", 2, "", nil, "write a number above zero"},
		{"traces get", 2, "", nil, "accepts 1 arg(s)"},
		{"traces serach x", 2, "", nil, `unknown command "serach", did you mean search`},
		{"traces", 0, "", []string{"search      Find traces"}, ""},
	} {
		t.Run(strings.ReplaceAll(tt.args, folder, ""), func(t *testing.T) {
			t.Parallel()
			server := startFake(t, answers())
			status, stdout, stderr := run(t.Context(), append(strings.Fields(tt.args), "--url", server.url)...)
			if status != tt.status {
				t.Errorf("status %d, want %d; stderr %q", status, tt.status, stderr)
			}
			for _, part := range tt.stdout {
				if !strings.Contains(stdout, part) {
					t.Errorf("stdout has no %q:\n%s", part, stdout)
				}
			}
			if len(tt.stdout) == 0 && stdout != "" {
				t.Errorf("stdout %q, want nothing", stdout)
			}
			if !strings.Contains(stderr, tt.stderr) || tt.stderr == "" && stderr != "" {
				t.Errorf("stderr %q, want %q", stderr, tt.stderr)
			}
			asked := append(server.asked(), "")
			if !strings.HasPrefix(asked[0], tt.request) || tt.request == "" && asked[0] != "" {
				t.Errorf("asked %q, want %q", asked[0], tt.request)
			}
		})
	}
}

func TestJSONOfLists(t *testing.T) {
	t.Parallel()
	server := startFake(t, map[string]string{"GET /": `{"data":[],"next":null}`})
	for _, command := range []string{"traces list", "traces search x", "sessions list", "keys list"} {
		status, stdout, stderr := run(t.Context(), append(strings.Fields(command), "--json", "--url", server.url)...)
		if status != 0 || stdout != "[]\n" {
			t.Errorf("%s: status %d, stdout %q, stderr %q; want an empty list", command, status, stdout, stderr)
		}
		status, stdout, stderr = run(t.Context(), append(strings.Fields(command), "--url", server.url)...)
		if status != 0 || stdout != "" || !strings.HasPrefix(stderr, "no ") {
			t.Errorf("%s: status %d, stdout %q, stderr %q; want a word about it", command, status, stdout, stderr)
		}
	}
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	server := startFake(t, map[string]string{"/": `401 {"detail":"Invalid API key"}`})
	status, _, stderr := run(t.Context(), "stats", "--url", server.url, "--key", "tr-wrong")
	if status != 1 || !strings.Contains(stderr, "Invalid API key; name a key with --key") {
		t.Errorf("status %d, stderr %q; want 1 and what to do", status, stderr)
	}
	status, _, stderr = run(t.Context(), "stats", "--url", "http://127.0.0.1:1")
	if status != 1 || !strings.Contains(stderr, "does a server run there?") {
		t.Errorf("status %d, stderr %q; want 1 and what to do", status, stderr)
	}
}

func TestTail(t *testing.T) {
	t.Parallel()
	before := answers()["GET /api/v1/public/traces"]
	after := strings.Replace(before, `"duration_ms":null`, `"duration_ms":1500`, 1)
	server := startChanging(t, before, before, after)
	status, stdout, stderr := run(server.until(t, 4), "traces", "tail", "--json", "--url", server.url)
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q; want that it ends well when it is interrupted", status, stderr)
	}
	var rows []string
	for line := range strings.Lines(stdout) {
		var row struct {
			TraceID  string   `json:"trace_id"`
			Duration *float64 `json:"duration_ms"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		state := "running"
		if row.Duration != nil {
			state = "ended"
		}
		rows = append(rows, row.TraceID[:4]+" "+state)
	}
	if want := []string{failedTrace[:4] + " ended", runningTrace[:4] + " running", runningTrace[:4] + " ended"}; !slices.Equal(rows, want) {
		t.Errorf("rows %q, want %q", rows, want)
	}
}

func TestTailTable(t *testing.T) {
	t.Parallel()
	server := startChanging(t, answers()["GET /api/v1/public/traces"])
	status, stdout, _ := run(server.until(t, 2), "traces", "tail", "--lines", "1", "--url", server.url)
	if status != 0 || !strings.HasPrefix(stdout, "STARTED   NAME") || strings.Count(stdout, "\n") != 2 || !strings.Contains(stdout, runningTrace) {
		t.Errorf("status %d, want titles and the newest row:\n%s", status, stdout)
	}
}

func TestExportToFile(t *testing.T) {
	t.Parallel()
	server := startFake(t, answers())
	file := filepath.Join(t.TempDir(), "traces.jsonl.gz")
	for i, want := range []struct {
		flags  []string
		status int
		stderr string
	}{
		{nil, 0, "written"},
		{nil, 1, "is there already: name another file, or add --force"},
		{[]string{"--force"}, 0, "written"},
	} {
		args := append([]string{"traces", "export", "-o", file, "--url", server.url}, want.flags...)
		status, stdout, stderr := run(t.Context(), args...)
		if status != want.status || stdout != "" || !strings.Contains(stderr, want.stderr) {
			t.Errorf("%d: status %d, stdout %q, stderr %q; want %d and %q", i, status, stdout, stderr, want.status, want.stderr)
		}
	}
	status, _, stderr := run(t.Context(), "traces", "import", file, "--url", server.url)
	if status != 0 || !strings.Contains(stderr, "3 spans imported") {
		t.Errorf("import of it: status %d, stderr %q", status, stderr)
	}
}

func TestDataFolder(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, value, want string }{
		{"TRACEROOT_SERVER_DATA", "/here", "/here"},
		{"XDG_DATA_HOME", filepath.Join(t.TempDir(), "data"), filepath.Join("data", "traceroot")},
	} {
		got := app.DataFolder(func(name string) string { return map[string]string{tt.name: tt.value}[name] })
		if !strings.HasSuffix(got, tt.want) {
			t.Errorf("with %s=%s: %s", tt.name, tt.value, got)
		}
	}
}
