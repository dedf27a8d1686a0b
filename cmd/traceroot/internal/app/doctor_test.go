package app_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// host is a TraceRoot host as far as the doctor sees it.
type host struct {
	whoami, ingest int          // statuses
	delay          int32        // how often a trace is asked for before it is there
	asked          atomic.Int32 // how often it was
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	status, body := http.StatusOK, `{"trace_url":"http://ui/t"}`
	switch {
	case strings.HasSuffix(r.URL.Path, "/whoami"):
		status, body = h.whoami, `{"project_name":"Shop","detail":"words of the host"}`
	case r.Method == http.MethodPost:
		status, body = h.ingest, `{"status":"ok","file_key":"k","detail":"words of the host"}`
	case h.asked.Add(1) <= h.delay:
		status = http.StatusNotFound
	}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func TestDoctor(t *testing.T) {
	for _, tt := range []struct {
		name        string
		host        *host
		environment map[string]string
		status      int
		want        []string
	}{
		{"all is well", &host{whoami: 200, ingest: 200, delay: 2}, nil, 0, []string{
			"✓ variables  TRACEROOT_HOST_URL is http://", "✓ host", "project Shop", "✓ sending", "✓ reading    it is at http://ui/t",
		}},
		{"another's key", &host{whoami: 401}, nil, 1, []string{"✗ host", "401 Unauthorized: words of the host", "→ set TRACEROOT_API_KEY"}},
		{"a key for sending alone", &host{whoami: 403}, nil, 1, []string{"✗ host", "--scope read"}},
		{"another server", &host{whoami: 404}, nil, 1, []string{"→ this is no TraceRoot host"}},
		{"spans refused", &host{whoami: 200, ingest: 403}, nil, 1, []string{"✓ host", "✗ sending", "403", "scope ingest"}},
		{"a bad variable", &host{}, map[string]string{"TRACEROOT_TIMEOUT": "soon"}, 1, []string{`✗ variables  TRACEROOT_TIMEOUT is "soon", want`}},
		{"switched off", &host{}, map[string]string{"TRACEROOT_ENABLED": "no"}, 1, []string{"tracing is off", "→ unset TRACEROOT_ENABLED"}},
		{"a sampler that drops", &host{whoami: 200}, map[string]string{"OTEL_TRACES_SAMPLER": "always_off"}, 1, []string{"✗ sending", "→ unset OTEL_TRACES_SAMPLER"}},
		{"no URL", &host{}, map[string]string{"TRACEROOT_HOST_URL": "127.0.0.1"}, 1, []string{"✗ variables"}},
		{"neither host nor key", &host{}, map[string]string{"TRACEROOT_HOST_URL": "", "TRACEROOT_API_KEY": ""}, 1, []string{"✗ variables  tracing is off", "→ start traceroot dev"}},
		{"nobody there", &host{}, map[string]string{"TRACEROOT_HOST_URL": "http://127.0.0.1:1"}, 1, []string{"✗ host", "→ check the address"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(tt.host)
			defer server.Close()
			t.Setenv("TRACEROOT_HOST_URL", server.URL)
			t.Setenv("TRACEROOT_API_KEY", "tr-test")
			for name, value := range tt.environment {
				t.Setenv(name, value)
			}
			status, stdout, stderr := run(t.Context(), "doctor", "--data", t.TempDir())
			if status != tt.status || tt.status == 0 && stderr != "" {
				t.Errorf("status %d, stderr %q", status, stderr)
			}
			for _, want := range tt.want {
				if !strings.Contains(stdout, want) {
					t.Errorf("no %q in\n%s", want, stdout)
				}
			}
		})
	}
}

func TestDoctorJSON(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(&host{whoami: 401})
	defer server.Close()
	status, stdout, _ := run(t.Context(), "doctor", "--json", "--url", server.URL, "--key", "tr-test")
	var findings []struct {
		Check, Detail, Fix string
		OK                 bool
	}
	if err := json.Unmarshal([]byte(stdout), &findings); err != nil {
		t.Fatalf("%v in %q", err, stdout)
	}
	if status != 1 || len(findings) != 2 || !findings[0].OK || findings[1].OK || findings[1].Fix == "" {
		t.Errorf("status %d, findings %+v", status, findings)
	}
}
