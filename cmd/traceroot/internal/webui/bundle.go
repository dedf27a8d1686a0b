package webui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// What browsers start. The style sheet is among what the first of them imports.
const (
	entryPoint  = "src/main.tsx"
	workerPoint = "src/feedworker.ts" // of the shared worker
	firstPoint  = "src/first.ts"      // what runs before anything is painted
	iconFile    = "src/icon.svg"
)

// screenPoints are the screens that a page has to load beside the list. What they share is in scripts of its own.
var screenPoints = map[screen]string{
	traceScreen: "src/entries/trace.ts",
	otherScreen: "src/entries/other.ts",
}

// screen is what an address shows, as far as it needs scripts of its own.
type screen string

const (
	listScreen  screen = "" // the entry point has it
	traceScreen screen = "trace"
	otherScreen screen = "other"
)

// libraries are what the sources import by name.
var libraries = map[string]string{
	"preact":               "third_party/preact/preact.mjs",
	"preact/hooks":         "third_party/preact/hooks.mjs",
	"preact/jsx-runtime":   "third_party/preact/jsxRuntime.mjs",
	"@preact/signals":      "third_party/signals/signals.mjs",
	"@preact/signals-core": "third_party/signals-core/signals-core.mjs",
}

// bundle is what browsers load. Names carry a hash of the content, so that they may be kept for ever.
type bundle struct {
	style, worker, first, icon string // addresses
	scripts                    map[screen]scripts
	assets                     map[string]asset
}

// scripts are what a page of one screen runs, and what these import. The browser is told of all of them at once.
type scripts struct {
	run      []string // in this order
	imported []string
}

type asset struct {
	contentType string
	plain       []byte
	gzipped     []byte
}

// makeBundle reports warnings as errors: there are none in what is released.
func makeBundle(from fs.FS) (*bundle, error) {
	made := &bundle{scripts: map[screen]scripts{}, assets: map[string]asset{}}
	entries := []api.EntryPoint{{InputPath: entryPoint, OutputPath: "main"}}
	for _, name := range slices.Sorted(maps.Keys(screenPoints)) {
		entries = append(entries, api.EntryPoint{InputPath: screenPoints[name], OutputPath: string(name)})
	}
	built, err := made.build(from, entries)
	if err != nil {
		return nil, err
	}
	made.style = assetPath + built[entryPoint].style
	made.scripts[listScreen] = built.scripts(entryPoint)
	for name, file := range screenPoints {
		made.scripts[name] = built.scripts(file, entryPoint)
	}
	if made.worker, err = made.alone(from, workerPoint, "feedworker"); err != nil {
		return nil, err
	}
	if made.first, err = made.alone(from, firstPoint, "first"); err != nil {
		return nil, err
	}
	icon, err := fs.ReadFile(from, iconFile)
	if err != nil {
		return nil, fmt.Errorf("bundle the pages: %w", err)
	}
	sum := sha256.Sum256(icon)
	name := "icon-" + base64.RawURLEncoding.EncodeToString(sum[:6]) + ".svg"
	made.icon = assetPath + name
	return made, made.add(name, icon)
}

// alone bundles a script that shares nothing with others, and returns its address.
func (b *bundle) alone(from fs.FS, file, name string) (string, error) {
	built, err := b.build(from, []api.EntryPoint{{InputPath: file, OutputPath: name}})
	if err != nil {
		return "", err
	}
	return built.scripts(file).run[0], nil
}

// build bundles what belongs together, and keeps it.
func (b *bundle) build(from fs.FS, entries []api.EntryPoint) (outputs, error) {
	result := api.Build(buildOptions(from, entries))
	if err := problems(result); err != nil {
		return nil, err
	}
	for _, file := range result.OutputFiles {
		if err := b.add(path.Base(file.Path), file.Contents); err != nil {
			return nil, err
		}
	}
	return readOutputs(result.Metafile)
}

func buildOptions(from fs.FS, entries []api.EntryPoint) api.BuildOptions {
	return api.BuildOptions{
		EntryPointsAdvanced: entries,
		Bundle:              true,
		Splitting:           true,
		Metafile:            true,
		Outdir:              "/",
		EntryNames:          "[name]-[hash]",
		ChunkNames:          "shared-[hash]",
		Plugins:             []api.Plugin{reading(from)},
		Format:              api.FormatESModule,
		Platform:            api.PlatformBrowser,
		Target:              api.ES2023,
		JSX:                 api.JSXAutomatic,
		JSXImportSource:     "preact",
		TsconfigRaw:         "{}", // none from the disk
		MinifyWhitespace:    true,
		MinifySyntax:        true,
		MinifyIdentifiers:   true,
		LegalComments:       api.LegalCommentsNone, // the licences are beside the sources
		Charset:             api.CharsetUTF8,
		LogLevel:            api.LogLevelSilent,
	}
}

// reading makes esbuild read files from there, and from nowhere else.
func reading(from fs.FS) api.Plugin {
	const namespace = "sources"
	return api.Plugin{Name: namespace, Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(asked api.OnResolveArgs) (api.OnResolveResult, error) {
			file, err := resolve(from, asked)
			return api.OnResolveResult{Path: file, Namespace: namespace}, err
		})
		build.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: namespace}, func(asked api.OnLoadArgs) (api.OnLoadResult, error) {
			content, err := fs.ReadFile(from, asked.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			text := string(content)
			return api.OnLoadResult{Contents: &text, Loader: loaders[path.Ext(asked.Path)]}, nil
		})
	}}
}

var loaders = map[string]api.Loader{
	".ts": api.LoaderTS, ".tsx": api.LoaderTSX, ".mjs": api.LoaderJS, ".css": api.LoaderCSS, ".txt": api.LoaderText,
}

func resolve(from fs.FS, asked api.OnResolveArgs) (string, error) {
	if asked.Kind == api.ResolveEntryPoint {
		return path.Clean(asked.Path), nil
	}
	if file, known := libraries[asked.Path]; known {
		return file, nil
	}
	if !strings.HasPrefix(asked.Path, ".") {
		return "", fmt.Errorf("%s is none of the libraries that the pages use", asked.Path)
	}
	file := path.Join(path.Dir(asked.Importer), asked.Path)
	for _, ending := range []string{"", ".ts", ".tsx", "/index.tsx", "/index.ts"} {
		if info, err := fs.Stat(from, file+ending); err == nil && !info.IsDir() {
			return file + ending, nil
		}
	}
	return "", fmt.Errorf("%s imports %s, which is not there", asked.Importer, asked.Path)
}

func problems(result api.BuildResult) error {
	var all []error
	for _, message := range append(result.Errors, result.Warnings...) {
		text := message.Text
		if at := message.Location; at != nil {
			text = fmt.Sprintf("%s:%d:%d: %s", strings.TrimPrefix(at.File, "sources:"), at.Line, at.Column+1, message.Text)
		}
		all = append(all, errors.New(text))
	}
	if len(all) == 0 {
		return nil
	}
	return fmt.Errorf("bundle the pages: %w", errors.Join(all...))
}

// add keeps a file.
func (b *bundle) add(name string, content []byte) error {
	packed, err := pack(content, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	b.assets[name] = asset{contentTypes[path.Ext(name)], content, packed}
	return nil
}

func pack(content []byte, level int) ([]byte, error) {
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, level)
	if err != nil {
		return nil, err
	}
	_, err = zip.Write(content)
	err = errors.Join(err, zip.Close())
	return packed.Bytes(), err
}

var contentTypes = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
}
