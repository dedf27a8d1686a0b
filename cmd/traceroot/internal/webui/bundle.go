package webui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// The scripts that a browser starts. What they import, and the style sheets among it, is bundled into them.
const (
	entryPoint  = "src/main.tsx"
	workerPoint = "src/feedworker.ts" // of the shared worker
	iconFile    = "src/icon.svg"
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
	script, style, worker, icon string // addresses
	assets                      map[string]asset
}

type asset struct {
	contentType string
	plain       []byte
	gzipped     []byte
}

// makeBundle reports warnings as errors: there are none in what is released.
func makeBundle(from fs.FS) (*bundle, error) {
	made := &bundle{assets: map[string]asset{}}
	for _, entry := range []string{entryPoint, workerPoint} {
		result := api.Build(buildOptions(from, entry))
		if err := problems(result); err != nil {
			return nil, err
		}
		for _, file := range result.OutputFiles {
			address, err := made.add(file.Path, file.Contents)
			if err != nil {
				return nil, err
			}
			switch {
			case path.Ext(file.Path) == ".css":
				made.style = address
			case entry == workerPoint:
				made.worker = address
			default:
				made.script = address
			}
		}
	}
	icon, err := fs.ReadFile(from, iconFile)
	if err != nil {
		return nil, fmt.Errorf("bundle the pages: %w", err)
	}
	made.icon, err = made.add(iconFile, icon)
	return made, err
}

func buildOptions(from fs.FS, entry string) api.BuildOptions {
	return api.BuildOptions{
		EntryPoints:       []string{entry},
		Bundle:            true,
		Outdir:            "/",
		Plugins:           []api.Plugin{reading(from)},
		Format:            api.FormatESModule,
		Platform:          api.PlatformBrowser,
		Target:            api.ES2023,
		JSX:               api.JSXAutomatic,
		JSXImportSource:   "preact",
		TsconfigRaw:       "{}", // none from the disk
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		LegalComments:     api.LegalCommentsNone, // the licences are beside the sources
		Charset:           api.CharsetUTF8,
		LogLevel:          api.LogLevelSilent,
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

// add keeps a file under a name with its hash, and returns its address.
func (b *bundle) add(name string, content []byte) (string, error) {
	ending := path.Ext(name)
	sum := sha256.Sum256(content)
	hashed := strings.TrimSuffix(path.Base(name), ending) + "-" + base64.RawURLEncoding.EncodeToString(sum[:9]) + ending
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return "", fmt.Errorf("compress %s: %w", name, err)
	}
	_, err = zip.Write(content)
	if err := errors.Join(err, zip.Close()); err != nil {
		return "", fmt.Errorf("compress %s: %w", name, err)
	}
	b.assets[hashed] = asset{contentTypes[ending], content, packed.Bytes()}
	return assetPath + hashed, nil
}

var contentTypes = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
}
