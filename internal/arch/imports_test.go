package arch_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// importRule allows room to import the rooms under may, and its tests those under tests too.
type importRule struct{ room, may, tests string }

func TestImports(t *testing.T) {
	t.Parallel()
	report(t, checkImports(listPackages(t), imports))
}

func TestStandardLibraryRooms(t *testing.T) {
	t.Parallel()
	report(t, checkStandardOnly(listPackages(t, "-deps"), stdOnly))
}

func TestNothingBannedBelowRoot(t *testing.T) {
	t.Parallel()
	report(t, checkBanned(listPackages(t, "-deps"), bannedBelowRoot))
}

func TestEveryPackageHasADocComment(t *testing.T) {
	t.Parallel()
	report(t, checkDocs(listPackages(t)))
}

func checkImports(packages []goPackage, rules []importRule) []string {
	var problems []string
	for _, pkg := range packages {
		importer, ours := room(pkg.ImportPath)
		if !ours {
			continue
		}
		at := slices.IndexFunc(rules, func(rule importRule) bool { return matches(rule.room, importer) })
		if at < 0 {
			problems = append(problems, fmt.Sprintf(
				"%s has no row in the import table: add one to imports in internal/arch/rules_test.go", pkg.ImportPath))
			continue
		}
		rule := rules[at]
		refuse := func(dependencies []string, allowed, kind string) {
			for _, dependency := range dependencies {
				if imported, ours := room(dependency); ours && !matches(allowed, imported) {
					problems = append(problems, fmt.Sprintf(
						"%s: its %s imports %s, which the import table does not allow: "+
							"turn the dependency round, or argue a change of imports in internal/arch/rules_test.go", pkg.Dir, kind, dependency))
				}
			}
		}
		refuse(pkg.Imports, rule.may, "code")
		inTests := strings.Join([]string{rule.may, rule.tests, importer, path.Join(importer, "testdata/...")}, " ")
		refuse(pkg.TestImports, inTests, "test")
		refuse(pkg.XTestImports, inTests, "test")
	}
	return problems
}

func checkStandardOnly(packages []goPackage, rooms []string) []string {
	standard := make(map[string]bool)
	for _, pkg := range packages {
		standard[pkg.ImportPath] = pkg.Standard
	}
	var problems []string
	for _, pkg := range packages {
		if importer, ours := room(pkg.ImportPath); !ours || !slices.Contains(rooms, importer) {
			continue
		}
		for _, path := range pkg.Imports {
			if _, ours := room(path); !ours && !standard[path] {
				problems = append(problems, fmt.Sprintf(
					"%s imports %s, but may use only the standard library: do without it, or move the code to a room that may", pkg.Dir, path))
			}
		}
	}
	return problems
}

// checkBanned looks below the packages of the root module. Each problem names the package through which the banned
// module came in, since that import is the one to take out.
func checkBanned(packages []goPackage, banned []string) []string {
	module := make(map[string]string)
	imports := make(map[string][]string)
	var queue []string
	for _, pkg := range packages {
		module[pkg.ImportPath] = pkg.Module.Path
		imports[pkg.ImportPath] = pkg.Imports
		if pkg.Module.Path == root {
			queue = append(queue, pkg.ImportPath)
		}
	}
	var problems []string
	seen := make(map[string]bool)
	for len(queue) > 0 {
		pkg := queue[0]
		queue = queue[1:]
		if seen[pkg] {
			continue
		}
		seen[pkg] = true
		for _, path := range imports[pkg] {
			if slices.Contains(banned, module[path]) {
				problems = append(problems, fmt.Sprintf(
					"%s imports %s, so every user of the SDK would link it: import a package that does not need it", pkg, path))
				continue
			}
			queue = append(queue, path)
		}
	}
	return problems
}

func checkDocs(packages []goPackage) []string {
	var problems []string
	for _, pkg := range packages {
		if pkg.Doc == "" {
			problems = append(problems, fmt.Sprintf(
				"%s has no package comment: say what %s provides, and what it does not do, above its package clause", pkg.Dir, pkg.ImportPath))
		}
	}
	return problems
}

func TestCheckImports(t *testing.T) {
	t.Parallel()
	rules := []importRule{
		{room: "words"},
		{room: ".", may: "words", tests: "kit"},
		{room: "kit", may: "."},
		{room: "plugins/...", may: ". words"},
	}
	for _, test := range []struct {
		name string
		pkg  goPackage
		want []string
	}{
		{name: "a listed pair passes", pkg: goPackage{ImportPath: root, Imports: []string{"fmt", "example.org/x", root + "/words"}}},
		{name: "a pair that is not listed fails", pkg: goPackage{ImportPath: root + "/words", Imports: []string{root}}, want: []string{"its code imports " + root}},
		{name: "code may not import what only tests may", pkg: goPackage{ImportPath: root, Imports: []string{root + "/kit"}}, want: []string{"its code imports " + root + "/kit"}},
		{name: "tests may import what they are allowed", pkg: goPackage{ImportPath: root, TestImports: []string{root + "/kit"}, XTestImports: []string{root, root + "/kit"}}},
		{name: "tests may import their own testdata", pkg: goPackage{ImportPath: root + "/kit", XTestImports: []string{root + "/kit/testdata/fake"}}},
		{name: "so may those of the root package", pkg: goPackage{ImportPath: root, TestImports: []string{root + "/testdata/fake"}}},
		{name: "code may not import testdata", pkg: goPackage{ImportPath: root + "/kit", Imports: []string{root + "/kit/testdata/fake"}}, want: []string{"its code imports"}},
		{name: "an internal test is held to the table", pkg: goPackage{ImportPath: root + "/kit", TestImports: []string{root + "/words"}}, want: []string{"its test imports " + root + "/words"}},
		{name: "an external test is held to the table", pkg: goPackage{ImportPath: root + "/kit", XTestImports: []string{root + "/words"}}, want: []string{"its test imports " + root + "/words"}},
		{name: "a pattern covers what lies below", pkg: goPackage{ImportPath: root + "/plugins/mcp/example", Imports: []string{root}}},
		{name: "a room without the pattern covers itself alone", pkg: goPackage{ImportPath: root + "/words/more"}, want: []string{"has no row"}},
		{name: "a room whose name begins alike is another", pkg: goPackage{ImportPath: root + "/pluginstore"}, want: []string{"has no row"}},
		{name: "another project's package is not ours", pkg: goPackage{ImportPath: root + "-extras/x", Imports: []string{root}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			expectProblems(t, checkImports([]goPackage{test.pkg}, rules), test.want...)
		})
	}
}

func TestCheckStandardOnly(t *testing.T) {
	t.Parallel()
	packages := []goPackage{
		{ImportPath: "fmt", Standard: true},
		{ImportPath: "example.org/x"},
		{ImportPath: root + "/words", Imports: []string{"fmt"}},
		{ImportPath: root + "/values", Imports: []string{"example.org/x", root + "/words"}},
	}
	expectProblems(t, checkStandardOnly(packages, []string{"words", "values"}), "imports example.org/x")
	expectProblems(t, checkStandardOnly(packages, []string{"words"}))
}

func TestCheckBanned(t *testing.T) {
	t.Parallel()
	grpc := goPackage{ImportPath: "example.org/grpc/codes"}
	grpc.Module.Path = "example.org/grpc"
	sdk := goPackage{ImportPath: root, Imports: []string{"example.org/otlp"}}
	sdk.Module.Path = root
	server := goPackage{ImportPath: root + "/cmd/server", Imports: []string{"example.org/grpc/codes"}}
	server.Module.Path = root + "/cmd/server"
	through := goPackage{ImportPath: "example.org/otlp", Imports: []string{"example.org/grpc/codes"}}
	packages := []goPackage{grpc, through, sdk, server}

	expectProblems(t, checkBanned(packages, []string{"example.org/grpc"}), "example.org/otlp imports example.org/grpc/codes")
	expectProblems(t, checkBanned([]goPackage{grpc, server}, []string{"example.org/grpc"}))
}

func TestCheckDocs(t *testing.T) {
	t.Parallel()
	expectProblems(t, checkDocs([]goPackage{{ImportPath: root, Doc: "Package traceroot traces."}, {ImportPath: root + "/words", Dir: "words"}}), "words has no package comment")
}
