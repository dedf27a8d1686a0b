package source_test

import (
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/source"
)

func TestShortName(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, function, want string }{
		{"observe-02 import path and package are cut", "github.com/acme/agent/tools.searchDocs", "searchDocs"},
		{"observe-02 package main is cut", "main.searchDocs", "searchDocs"},
		{"observe-02 type arguments are cut", "github.com/acme/agent.search[...]", "search"},
		{"observe-02 type arguments with import paths and brackets are cut", "github.com/acme/agent.search[map[string]github.com/acme/x.Doc,[]int]", "search"},
		{"observe-02 a method keeps its type", "github.com/acme/agent.Agent.Run", "Agent.Run"},
		{"observe-02 pointer marks are cut", "github.com/acme/agent.(*Agent).Run", "Agent.Run"},
		{"observe-02 a method of a generic type", "github.com/acme/agent.(*Box[...]).Get", "Box.Get"},
		{"observe-02 a method value", "github.com/acme/agent.(*Agent).Run-fm", "Agent.Run"},
		{"observe-02 a literal keeps its suffix", "main.main.func1", "main.func1"},

		{"a literal in a literal", "github.com/acme/agent.run.func1.2", "run.func1.2"},
		{"a literal in a method", "github.com/acme/agent.(*Agent).Run.func1", "Agent.Run.func1"},
		{"a literal in a generic function", "github.com/acme/agent.Map[...].func1", "Map.func1"},
		{"a literal of a package variable", "github.com/acme/agent.init.func1", "init.func1"},
		{"a literal that was inlined from another package", "main.main.Box[...].Get.func10", "main.Box.Get.func10"},
		{"an import path with dots at its end", "gopkg.in/yaml%2ev3.Marshal", "Marshal"},
		{"a method in such a package", "gopkg.in/yaml%2ev3.(*Decoder).Decode", "Decoder.Decode"},
		{"an external test", "github.com/acme/agent_test.TestRun.func2", "TestRun.func2"},
		{"the body of a range loop over a function", "main.main-range1", "main"},
		{"a loop in a loop", "main.walk-range1-range12", "walk"},
		{"a literal in a loop over a function", "main.(*Agent).Run-range2.func3", "Agent.Run.func3"},
		{"the call of a go statement", "main.main.gowrap1", "main"},
		{"the call of a defer statement", "main.main.func2.deferwrap3", "main.func2"},
		{"a method of a local type", "main.(*local·1).Run", "local.Run"},
		{"a function that is called like a mark", "main.gowrapper", "gowrapper"},
		{"no package", "crosscall2", "crosscall2"},
		{"nothing", "", "anonymous"},
		{"nothing but a package", "github.com/acme/agent.", "anonymous"},
		{"brackets that do not close", "main.search[int", "search"},
		{"brackets that do not open", "main.search]int", "search]int"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := source.ShortName(test.function); got != test.want {
				t.Errorf("ShortName(%q) = %q, want %q", test.function, got, test.want)
			}
		})
	}
}

func TestPackage(t *testing.T) {
	t.Parallel()
	for function, want := range map[string]string{
		"github.com/acme/agent/tools.searchDocs":           "github.com/acme/agent/tools",
		"github.com/acme/agent.(*Agent).Run-fm":            "github.com/acme/agent",
		"github.com/acme/agent.search[github.com/x/y.Doc]": "github.com/acme/agent",
		"github.com/acme/agent_test.TestRun":               "github.com/acme/agent_test",
		"gopkg.in/yaml%2ev3.(*Decoder).Decode":             "gopkg.in/yaml.v3",
		"example.com/v1.2/a%2eb%2ec.F":                     "example.com/v1.2/a.b.c",
		"main.main.func1":                                  "main",
		"crosscall2":                                       "",
		"":                                                 "",
	} {
		if got := source.Package(function); got != want {
			t.Errorf("Package(%q) = %q, want %q", function, got, want)
		}
	}
}

func FuzzShortName(f *testing.F) {
	for _, function := range []string{"main.main.func1", "a/b%2ec.(*T[...]).M-fm", "x.f-range1.gowrap2", "]·[", "..", "/"} {
		f.Add(function)
	}
	f.Fuzz(func(t *testing.T, function string) {
		got := source.ShortName(function)
		if got == "" || strings.ContainsAny(got, "/[()") {
			t.Errorf("ShortName(%q) = %q", function, got)
		}
		source.Package(function)
	})
}
