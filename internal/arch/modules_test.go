package arch_test

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// goMod is what go mod edit -json and, with Use, go work edit -json tell of one file.
type goMod struct {
	File    string `json:"-"` // slash path below the repository's root
	Module  struct{ Path string }
	Go      string
	Require []struct {
		Path, Version string
		Indirect      bool
	}
	Replace []struct {
		Old struct{ Path, Version string }
	}
	Use []struct{ DiskPath string }
}

func TestModules(t *testing.T) {
	t.Parallel()
	var modules []goMod
	for _, file := range repositoryFiles(t, "go.mod") {
		if outsideWorkspace[path.Dir(file)] == "" {
			modules = append(modules, readMod(t, "mod", file))
		}
	}
	if len(modules) == 0 {
		t.Fatal("found no go.mod: is this the repository's root?")
	}
	work := readMod(t, "work", "go.work")

	report(t, checkRootRequires(modules, rootRequires))
	report(t, checkModules(modules))
	report(t, checkWorkspace(work, modules))
}

func readMod(t *testing.T, kind, file string) goMod {
	t.Helper()
	mod := goMod{File: file}
	if err := json.Unmarshal(runGo(t, repository(t), nil, kind, "edit", "-json", file), &mod); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return mod
}

func checkRootRequires(modules []goMod, allowed []string) []string {
	var problems []string
	for _, mod := range modules {
		if mod.Module.Path != root {
			continue
		}
		for _, required := range mod.Require {
			if !required.Indirect && !slices.Contains(allowed, required.Path) {
				problems = append(problems, fmt.Sprintf(
					"%s requires %s: drop it, move its user to a nested module, or argue it in rootRequires of internal/arch/rules_test.go", mod.File, required.Path))
			}
		}
	}
	return problems
}

func checkModules(modules []goMod) []string {
	var problems []string
	version, chosenBy := "", ""
	for _, mod := range modules {
		want := path.Join(root, path.Dir(mod.File))
		if mod.Module.Path != want {
			problems = append(problems, fmt.Sprintf("%s names module %s: its directory makes it %s", mod.File, mod.Module.Path, want))
		}
		if mod.Go != goLine {
			problems = append(problems, fmt.Sprintf("%s says go %s: write go %s, as every module does", mod.File, mod.Go, goLine))
		}
		for _, replace := range mod.Replace {
			problems = append(problems, fmt.Sprintf(
				"%s replaces %s, which breaks go install of this module: only go.work may replace", mod.File, replace.Old.Path))
		}
		for _, required := range mod.Require {
			if _, ours := room(required.Path); !ours {
				continue
			}
			if version == "" {
				version, chosenBy = required.Version, mod.File
			}
			if required.Version != version {
				problems = append(problems, fmt.Sprintf(
					"%s requires %s %s, %s has %s: all modules share one version", mod.File, required.Path, required.Version, chosenBy, version))
			}
		}
	}
	return problems
}

// checkWorkspace judges go.work against the modules of the tree.
func checkWorkspace(work goMod, modules []goMod) []string {
	var problems []string
	if work.Go != goLine {
		problems = append(problems, fmt.Sprintf("go.work says go %s: write go %s, or older toolchains refuse it", work.Go, goLine))
	}
	for _, mod := range modules {
		dir := path.Dir(mod.File)
		used := slices.ContainsFunc(work.Use, func(use struct{ DiskPath string }) bool { return path.Clean(use.DiskPath) == dir })
		if !used {
			problems = append(problems, fmt.Sprintf("go.work does not use ./%s: add it, or go test work leaves its tests out", dir))
		}
	}
	for _, replace := range work.Replace {
		for _, mod := range modules {
			for _, required := range mod.Require {
				if required.Path == replace.Old.Path && required.Version != replace.Old.Version {
					problems = append(problems, fmt.Sprintf(
						"go.work replaces %s %s, %s requires %s: set both to the coming release",
						replace.Old.Path, replace.Old.Version, mod.File, required.Version))
				}
			}
		}
	}
	return problems
}

// parseMod makes the goMod of a synthetic file from the JSON that the go command prints for it.
func parseMod(t *testing.T, file, text string) goMod {
	t.Helper()
	mod := goMod{File: file}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&mod); err != nil {
		t.Fatal(err)
	}
	return mod
}

func TestCheckRootRequires(t *testing.T) {
	t.Parallel()
	modules := []goMod{
		parseMod(t, "go.mod", `{"Module": {"Path": "`+root+`"}, "Require": [
			{"Path": "example.org/allowed", "Version": "v1.0.0"},
			{"Path": "example.org/extra", "Version": "v1.0.0"},
			{"Path": "example.org/below", "Version": "v1.0.0", "Indirect": true}]}`),
		parseMod(t, "bench/go.mod", `{"Module": {"Path": "`+root+`/bench"}, "Require": [{"Path": "example.org/other", "Version": "v1.0.0"}]}`),
	}
	expectProblems(t, checkRootRequires(modules, []string{"example.org/allowed"}), "go.mod requires example.org/extra")
}

func TestCheckModules(t *testing.T) {
	t.Parallel()
	good := parseMod(t, "go.mod", `{"Module": {"Path": "`+root+`"}, "Go": "1.26.0"}`)
	needsRoot := parseMod(t, "bench/go.mod", `{"Module": {"Path": "`+root+`/bench"}, "Go": "1.26.0", "Require": [{"Path": "`+root+`", "Version": "v0.1.0"}]}`)
	for _, test := range []struct {
		name, file, text string
		want             []string
	}{
		{
			name: "a nested module at the same version passes", file: "examples/go.mod",
			text: `{"Module": {"Path": "` + root + `/examples"}, "Go": "1.26.0", "Require": [{"Path": "` + root + `", "Version": "v0.1.0"}]}`,
		},
		{
			name: "another version of the root fails", file: "examples/go.mod",
			text: `{"Module": {"Path": "` + root + `/examples"}, "Go": "1.26.0", "Require": [{"Path": "` + root + `", "Version": "v0.2.0"}]}`,
			want: []string{"examples/go.mod requires " + root + " v0.2.0, bench/go.mod has v0.1.0"},
		},
		{
			name: "a replace fails", file: "examples/go.mod",
			text: `{"Module": {"Path": "` + root + `/examples"}, "Go": "1.26.0", "Replace": [{"Old": {"Path": "example.org/x"}}]}`,
			want: []string{"examples/go.mod replaces example.org/x"},
		},
		{
			name: "another go line fails", file: "examples/go.mod",
			text: `{"Module": {"Path": "` + root + `/examples"}, "Go": "1.26.8"}`,
			want: []string{"examples/go.mod says go 1.26.8"},
		},
		{
			name: "a module path that is not the directory's fails", file: "examples/go.mod",
			text: `{"Module": {"Path": "example.org/examples"}, "Go": "1.26.0"}`,
			want: []string{"examples/go.mod names module example.org/examples"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expectProblems(t, checkModules([]goMod{good, needsRoot, parseMod(t, test.file, test.text)}), test.want...)
		})
	}
}

func TestCheckWorkspace(t *testing.T) {
	t.Parallel()
	modules := []goMod{
		parseMod(t, "go.mod", `{"Module": {"Path": "`+root+`"}}`),
		parseMod(t, "cmd/traceroot/go.mod", `{"Require": [{"Path": "`+root+`", "Version": "v0.1.0"}]}`),
	}
	for _, test := range []struct {
		name, work string
		want       []string
	}{
		{name: "every module used", work: `{"Go": "1.26.0", "Use": [{"DiskPath": "."}, {"DiskPath": "./cmd/traceroot"}]}`},
		{name: "a module left out", work: `{"Go": "1.26.0", "Use": [{"DiskPath": "."}]}`, want: []string{"go.work does not use ./cmd/traceroot"}},
		{name: "a local patch release", work: `{"Go": "1.26.8", "Use": [{"DiskPath": "."}, {"DiskPath": "cmd/traceroot"}]}`, want: []string{"go.work says go 1.26.8"}},
		{
			name: "a replace of another version",
			work: `{"Go": "1.26.0", "Use": [{"DiskPath": "."}, {"DiskPath": "./cmd/traceroot"}], "Replace": [{"Old": {"Path": "` + root + `", "Version": "v0.2.0"}}]}`,
			want: []string{"go.work replaces " + root + " v0.2.0, cmd/traceroot/go.mod requires v0.1.0"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expectProblems(t, checkWorkspace(parseMod(t, "go.work", test.work), modules), test.want...)
		})
	}
}
