package env_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/internal/env"
)

// environment is a process environment; its method has the form of os.LookupEnv.
type environment map[string]string

func (e environment) lookup(variable string) (string, bool) {
	value, ok := e[variable]
	return value, ok
}

func TestReadGivesEachVariableToItsField(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name            string
		variable, value string
		want            env.Settings
	}{
		{"config-01 API key", "TRACEROOT_API_KEY", "tr-1234", env.Settings{APIKey: "tr-1234"}},
		{"API key mounted from a file", "TRACEROOT_API_KEY", " tr-1234\r\n", env.Settings{APIKey: "tr-1234"}},
		{"config-03 host", "TRACEROOT_HOST_URL", "http://h/x/", env.Settings{HostURL: "http://h/x/"}},
		{"config-04 false switches off", "TRACEROOT_ENABLED", "false", env.Settings{Disabled: true}},
		{"config-08 environment", "TRACEROOT_ENVIRONMENT", "staging", env.Settings{Environment: "staging"}},
		{"config-09 flush interval in seconds", "TRACEROOT_FLUSH_INTERVAL", "2.5", env.Settings{FlushInterval: 2500 * time.Millisecond}},
		{"flush interval as a duration", "TRACEROOT_FLUSH_INTERVAL", "250ms", env.Settings{FlushInterval: 250 * time.Millisecond}},
		{"flush interval with space around it", "TRACEROOT_FLUSH_INTERVAL", "\t2.5 \n", env.Settings{FlushInterval: 2500 * time.Millisecond}},
		{"config-10 batch size", "TRACEROOT_FLUSH_AT", "512", env.Settings{FlushAt: 512}},
		{"batch size with space around it", "TRACEROOT_FLUSH_AT", " 512 ", env.Settings{FlushAt: 512}},
		{"config-11 timeout in seconds", "TRACEROOT_TIMEOUT", "0.75", env.Settings{Timeout: 750 * time.Millisecond}},
		{"timeout as a duration", "TRACEROOT_TIMEOUT", "1m30s", env.Settings{Timeout: 90 * time.Second}},
		{"git repo", "TRACEROOT_GIT_REPO", "acme/agent", env.Settings{GitRepo: "acme/agent"}},
		{"git ref", "TRACEROOT_GIT_REF", "v1.2.3", env.Settings{GitRef: "v1.2.3"}},
		{"service name", "TRACEROOT_SERVICE_NAME", "support", env.Settings{ServiceName: "support"}},
		{"live on", "TRACEROOT_LIVE", " Yes\n", env.Settings{Live: env.On}},
		{"live off", "TRACEROOT_LIVE", "0", env.Settings{Live: env.Off}},
		{"live left open", "TRACEROOT_LIVE", " ", env.Settings{}},
		{"spool directory", "TRACEROOT_SPOOL_DIR", "/var/spool/agent", env.Settings{SpoolDir: "/var/spool/agent"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, problems := env.Read(environment{test.variable: test.value}.lookup)
			if got != test.want {
				t.Errorf("%s=%q read as %+v, want %+v", test.variable, test.value, got, test.want)
			}
			if len(problems) > 0 {
				t.Errorf("%s=%q is called a problem: %+v", test.variable, test.value, problems)
			}
		})
	}
}

func TestOnlyTheOffWordsSwitchOff(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		texts []string
		want  bool
	}{
		{"config-05 off words in any case", []string{"0", "no", "No", "NO", "off", "OFF", "oFf", "FALSE", "False", " off\n"}, true},
		{"config-06 empty and any other text leave it on", []string{"", " ", "true", "1", "yes", "on", "TRUE", "disabled", "falsey", "00", "n", "nein"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, text := range test.texts {
				got, problems := env.Read(environment{"TRACEROOT_ENABLED": text}.lookup)
				if got.Disabled != test.want {
					t.Errorf("TRACEROOT_ENABLED=%q gives Disabled = %t, want %t", text, got.Disabled, test.want)
				}
				if len(problems) > 0 {
					t.Errorf("TRACEROOT_ENABLED=%q is called a problem: %+v", text, problems)
				}
			}
		})
	}
}

func TestBadNumbersAreProblems(t *testing.T) {
	t.Parallel()
	lengths := []string{"TRACEROOT_FLUSH_INTERVAL", "TRACEROOT_TIMEOUT"}
	counts := []string{"TRACEROOT_FLUSH_AT"}
	tests := []struct {
		name             string
		variables, texts []string
		want             string
	}{
		{"config-13 lengths of time that are not numbers", lengths, []string{"abc", "5 s", "2,5", "5 minutes", "--1", "1 2"}, "seconds"},
		{"config-13 batch sizes that are not whole numbers", counts, []string{"abc", "1.5", "1e3", "100 spans", "1_000", "0x10"}, "whole number"},
		{"switches that are neither on nor off", []string{"TRACEROOT_LIVE"}, []string{"perhaps", "2", "truee"}, "true or false"},
		{"config-14 lengths of time out of range", lengths, []string{"0", "-0", "0.0", "0s", "-1", "-250ms", "inf", "+Inf", "-Infinity", "nan", "NaN", "1e-12", "1e300", "1e999", "9223372037", "9999999h"}, "above zero"},
		{"config-14 batch sizes out of range", counts, []string{"0", "-1", "inf", "nan", "2147483648", "99999999999999999999"}, "at least 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, variable := range test.variables {
				for _, text := range test.texts {
					got, problems := env.Read(environment{variable: text}.lookup)
					if got != (env.Settings{}) {
						t.Errorf("%s=%q is used: %+v", variable, text, got)
					}
					if len(problems) != 1 {
						t.Errorf("%s=%q gives %d problems, want 1: %+v", variable, text, len(problems), problems)
						continue
					}
					if p := problems[0]; p.Variable != variable || p.Value != text || !strings.Contains(p.Want, test.want) {
						t.Errorf("%s=%q is reported as %+v, want both named and %q in Want", variable, text, p, test.want)
					}
				}
			}
		})
	}
}

func TestAKeyThatFitsNoHeaderIsReportedWithoutItsText(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"tr-12\n34", "tr-12 34", "tr-12\x0034", "tr-schlüssel"} {
		got, problems := env.Read(environment{"TRACEROOT_API_KEY": key}.lookup)
		if got.APIKey != "" {
			t.Errorf("key %q is used", key)
		}
		if len(problems) != 1 || problems[0].Variable != "TRACEROOT_API_KEY" {
			t.Fatalf("key %q gives %+v, want one problem that names the variable", key, problems)
		}
		if p := problems[0]; p.Value != "" || strings.Contains(p.Want, "tr-") {
			t.Errorf("the problem of key %q tells it: %+v", key, p)
		}
	}
}

func TestReadReportsEveryProblem(t *testing.T) {
	t.Parallel()
	_, problems := env.Read(environment{
		"TRACEROOT_FLUSH_AT":       "many",
		"TRACEROOT_TIMEOUT":        "nan",
		"TRACEROOT_FLUSH_INTERVAL": "-1",
	}.lookup)
	var variables []string
	for _, p := range problems {
		variables = append(variables, p.Variable)
	}
	if want := []string{"TRACEROOT_FLUSH_INTERVAL", "TRACEROOT_TIMEOUT", "TRACEROOT_FLUSH_AT"}; !slices.Equal(variables, want) {
		t.Errorf("problems with %q, want %q", variables, want)
	}
}

func TestEmptyIsUnset(t *testing.T) {
	t.Parallel()
	t.Run("config-15 an empty variable counts as unset", func(t *testing.T) {
		t.Parallel()
		for name, lookup := range map[string]func(string) (string, bool){
			"unset": environment{}.lookup,
			"empty": func(string) (string, bool) { return "", true },
		} {
			got, problems := env.Read(lookup)
			if got != (env.Settings{}) || problems != nil {
				t.Errorf("%s variables read as %+v with problems %+v, want nothing", name, got, problems)
			}
		}
	})
	t.Run("config-15 so does a number of only spaces", func(t *testing.T) {
		t.Parallel()
		spaces := environment{"TRACEROOT_FLUSH_AT": "  ", "TRACEROOT_TIMEOUT": "\t", "TRACEROOT_FLUSH_INTERVAL": "\n", "TRACEROOT_API_KEY": " "}
		got, problems := env.Read(spaces.lookup)
		if got != (env.Settings{}) || problems != nil {
			t.Errorf("spaces read as %+v with problems %+v, want nothing", got, problems)
		}
	})
}
