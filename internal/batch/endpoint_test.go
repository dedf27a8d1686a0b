package batch_test

import (
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/batch"
)

func TestEndpoint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, host, want string }{
		{"transport-01 spans are posted to the ingest path of the host", "https://app.traceroot.ai", "https://app.traceroot.ai/api/v1/public/traces"},
		{"transport-02 one trailing slash gives no double slash", "https://h/", "https://h/api/v1/public/traces"},
		{"transport-02 many trailing slashes give no double slash", "https://h///", "https://h/api/v1/public/traces"},
		{"transport-03 a path prefix is kept", "http://h/x", "http://h/x/api/v1/public/traces"},
		{"transport-03 a path prefix loses its trailing slashes", "http://h:8080/x/y//", "http://h:8080/x/y/api/v1/public/traces"},
		{"spaces around", " http://h\n", "http://h/api/v1/public/traces"},
		{"scheme in capitals", "HTTPS://Host", "https://Host/api/v1/public/traces"},
		{"IPv6", "http://[::1]:4318", "http://[::1]:4318/api/v1/public/traces"},
		{"escaped path", "http://h/a%2Fb/", "http://h/a%2Fb/api/v1/public/traces"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := batch.Endpoint(c.host)
			if err != nil || got != c.want {
				t.Errorf("Endpoint(%q) = %q, %v, want %q", c.host, got, err, c.want)
			}
		})
	}
}

func TestEndpointRefuses(t *testing.T) {
	t.Parallel()
	for host, why := range map[string]string{
		"":                       "empty",
		"  ":                     "empty",
		"localhost:8000":         "http",
		"app.traceroot.ai":       "http",
		"//host":                 "http",
		"ftp://host":             "http",
		"http:host":              "no host",
		"http://":                "no host",
		"https:///path":          "no host",
		"http://:8080":           "no host",
		"http://h?x=1":           "query",
		"http://h?":              "query",
		"http://h/#part":         "fragment",
		"http://h:port":          "port",
		"http://h\x00":           "control character",
		"http://%zz":             "escape",
		"http://user:hush@h":     "credentials",
		"http://user:hu sh@h":    "",
		"http://user:hush%zz@h/": "",
	} {
		got, err := batch.Endpoint(host)
		if err == nil || got != "" {
			t.Errorf("Endpoint(%q) = %q, %v, want an error", host, got, err)
			continue
		}
		if text := err.Error(); !strings.Contains(text, "host URL") || !strings.Contains(text, why) {
			t.Errorf("Endpoint(%q): error %q does not mention %q", host, text, why)
		}
		if strings.Contains(err.Error(), "hu") {
			t.Errorf("Endpoint(%q): error %q quotes the password", host, err)
		}
	}
}
