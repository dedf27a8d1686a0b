package traceroot_test

import (
	"context"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
)

func TestScope(t *testing.T) {
	t.Parallel()
	server := newReceiver(t)
	client := traceroot.New(traceroot.WithHostURL(server.URL), traceroot.WithAPIKey("k"), traceroot.WithLogger(quiet),
		traceroot.WithEnvironment("staging"), traceroot.WithServiceName("support"), traceroot.WithGitRepo("acme/agent"), traceroot.WithGitRef("v1"))
	ctx := client.Context(t.Context())
	runEveryWay(ctx)
	ask(ctx, t, traceroot.HTTPClient(nil), answersJSON(t, chatAnswer)+chatPath, chatRequest)
	if err := client.Shutdown(context.WithoutCancel(ctx)); err != nil {
		t.Fatal(err)
	}
	spans := server.spans()
	if len(spans) == 0 {
		t.Fatal("no spans arrived")
	}
	each := func(name string, check func(t *testing.T, s sent)) {
		t.Run(name, func(t *testing.T) {
			for _, s := range spans {
				check(t, s)
			}
		})
	}
	each("scope-01 the name begins with traceroot", func(t *testing.T, s sent) {
		t.Helper()
		if !strings.HasPrefix(s.scope, "traceroot") {
			t.Errorf("%s: scope %q", s.name, s.scope)
		}
	})
	each("scope-02 the version is the SDK's", func(t *testing.T, s sent) {
		t.Helper()
		if s.scopeVersion != traceroot.Version {
			t.Errorf("%s: version %q, want %q", s.name, s.scopeVersion, traceroot.Version)
		}
	})
	each("scope-03 the name is none that the platform treats apart", func(t *testing.T, s sent) {
		t.Helper()
		if s.scope == "gen_ai" || s.scope == "traceroot.claude-agent-sdk" || s.scope == "" {
			t.Errorf("%s: scope %q", s.name, s.scope)
		}
	})
	each("scope-04 the resource names the service and OpenTelemetry's SDK", func(t *testing.T, s sent) {
		t.Helper()
		if s.resource["service.name"] != "support" || s.resource["telemetry.sdk.language"] != "go" || s.resource["telemetry.sdk.name"] != "opentelemetry" {
			t.Errorf("%s: resource %v", s.name, s.resource)
		}
	})
	each("scope-05 the resource has nothing that the span lacks", func(t *testing.T, s sent) {
		t.Helper()
		for _, key := range []string{"traceroot.environment", "traceroot.git.repo", "traceroot.git.ref", "traceroot.sdk.name", "traceroot.sdk.version"} {
			if s.attributes[key] == nil || s.resource[key] != nil {
				t.Errorf("%s: %s is %v on the span, %v on the resource", s.name, key, s.attributes[key], s.resource[key])
			}
		}
	})
}

func TestScopeOfIntegrations(t *testing.T) {
	t.Parallel()
	ctx, ended := recordStubs(t)
	mine := traceroot.FromIntegration("mine")
	_, span := traceroot.Start(ctx, "start", mine)
	span.End()
	_, _ = traceroot.Observe(lookUp, mine)(ctx, "tea")
	ask(ctx, t, traceroot.HTTPClient(nil, mine), answersJSON(t, chatAnswer)+chatPath, chatRequest)
	_ = traceroot.Run(ctx, "program", work)

	spans := ended()
	if len(spans) != 4 {
		t.Fatalf("%d spans, want 4", len(spans))
	}
	for _, s := range spans {
		t.Run("scope-01 "+s.Name, func(t *testing.T) {
			want := "traceroot.mine"
			if s.Name == "program" {
				want = "traceroot-sdk"
			}
			if got := s.InstrumentationScope; got.Name != want || got.Version != traceroot.Version {
				t.Errorf("scope %s %s, want %s %s", got.Name, got.Version, want, traceroot.Version)
			}
		})
	}
}
