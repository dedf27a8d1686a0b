package webui

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const assetPath = "/assets/"

// frame is the page before the scripts have drawn a screen: the bar at the top is painted first, as they then draw it. A
// data block is no script to a browser.
var frame = template.Must(template.New("frame").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>TraceRoot</title>
<link rel="icon" href="{{.Icon}}">
<link rel="stylesheet" href="{{.Style}}">
<script src="{{.First}}" data-run="{{.Run}}"></script>
{{range .Imported}}<link rel="modulepreload" href="{{.}}">
{{end}}{{range .Asked}}<link rel="preload" as="fetch" crossorigin href="{{.}}">
{{end -}}
</head>
<body>
<div id="app"><header class="top"><a class="brand" href="/traces"><svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true"><polygon points="9,1 16,5 16,13 9,17 2,13 2,5" fill="none" stroke="currentColor" stroke-width="1.6"></polygon><path d="M5 7h8M9 7v6" stroke="currentColor" stroke-width="1.8"></path></svg><span class="w">TraceRoot</span></a></header></div>
<noscript>This page needs JavaScript. The same data is at the command line: traceroot traces.</noscript>
<script type="application/json" id="data">{{.Data}}</script>
</body>
</html>
`))

// pageData is what a page brings along.
type pageData struct {
	Feed   string          `json:"feed"`             // address of the shared worker's script
	Status json.RawMessage `json:"status,omitempty"` // what there is to know of the server
	First  json.RawMessage `json:"first,omitempty"`  // rows of the list
}

// page writes the pages of a screen.
func (p *Pages) page(shown screen) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { p.write(w, r, shown, http.StatusOK) }
}

// missing is a page too where a person asks: it says that there is nothing, and how to get on.
func (p *Pages) missing(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		p.options.NotFound.ServeHTTP(w, r)
		return
	}
	p.write(w, r, listScreen, http.StatusNotFound)
}

func (p *Pages) write(w http.ResponseWriter, r *http.Request, shown screen, status int) {
	built, err := p.bundle()
	if err != nil {
		p.options.Log.LogAttrs(r.Context(), slog.LevelError, "no page", slog.Any("error", err))
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	told, reads := p.status(r)
	var asked []string
	if shown == traceScreen && reads {
		asked = questionsOfTrace(r.PathValue("trace"))
	}
	// The template's own escaping of JSON keeps "<" and ">" out of the data block.
	var page bytes.Buffer
	scripts := built.scripts[shown]
	err = frame.Execute(&page, map[string]any{
		"Style": built.style, "Icon": built.icon, "First": built.first, "Run": strings.Join(scripts.run, " "),
		"Imported": slices.Concat(scripts.run, scripts.imported), "Asked": asked,
		"Data": pageData{built.worker, told, p.firstRows(r)},
	})
	if err != nil {
		p.options.Log.LogAttrs(r.Context(), slog.LevelError, "no page", slog.Any("error", err))
		http.Error(w, "The page could not be written", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store") // it carries rows
	content := page.Bytes()
	if acceptsGzip(r) {
		if packed, err := pack(content, gzip.BestSpeed); err == nil {
			header.Set("Content-Encoding", "gzip")
			content = packed
		}
	}
	header.Set("Vary", "Accept-Encoding")
	header.Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(status)
	_, _ = w.Write(content) // the browser went away
}

func acceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

// questionsOfTrace are what the screen of a trace asks, byte for byte: else they are asked twice. Ids that are written in
// several ways are none of ours.
func questionsOfTrace(id string) []string {
	if url.QueryEscape(id) != id {
		return nil
	}
	return []string{"/api/ui/traces/" + id, "/api/ui/traces/" + id + "/conversation"}
}

// status is what the page need not ask for, and whether whoever opens it may read what is stored.
func (p *Pages) status(r *http.Request) (told json.RawMessage, reads bool) {
	if p.options.Status == nil {
		return nil, false
	}
	told, reads = p.options.Status(r)
	if !json.Valid(told) {
		return nil, false
	}
	return told, reads
}

// firstRows are for the addresses that begin with the list.
func (p *Pages) firstRows(r *http.Request) json.RawMessage {
	if p.options.First == nil || r.URL.RawQuery != "" || (r.URL.Path != "/" && r.URL.Path != "/traces") {
		return nil
	}
	rows, err := p.options.First(r)
	if err != nil || !json.Valid(rows) {
		p.options.Log.LogAttrs(r.Context(), slog.LevelDebug, "a page goes without rows", slog.Any("error", err))
		return nil
	}
	return rows
}

// Prepare makes the bundle, so that the first page need not wait for it. What fails is told to those who open a page.
func (p *Pages) Prepare() { _, _ = p.bundle() }

// embeddedBundle is the same for all pages of the process.
var embeddedBundle = sync.OnceValues(func() (*bundle, error) { return makeBundle(embedded) })

// bundle is made once; from sources on the disk, when they have changed.
func (p *Pages) bundle() (*bundle, error) {
	if !p.sources.onDisk {
		return embeddedBundle()
	}
	state, err := p.sources.state()
	if err != nil {
		return nil, fmt.Errorf("look at the sources of the pages: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.built != nil && p.builtOf == state {
		return p.built, nil
	}
	made, err := makeBundle(p.sources)
	if err != nil {
		return nil, err
	}
	p.built, p.builtOf = made, state
	return made, nil
}

func (p *Pages) asset(w http.ResponseWriter, r *http.Request) {
	built, err := p.bundle()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	found, ok := built.assets[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	header.Set("Content-Type", found.contentType)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Vary", "Accept-Encoding")
	content := found.plain
	if acceptsGzip(r) {
		header.Set("Content-Encoding", "gzip")
		content = found.gzipped
	}
	header.Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content) // the browser went away
}

// redirectToTrace takes the addresses that the SDK makes, which are the hosted product's.
func redirectToTrace(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	to := url.URL{Path: "/traces"}
	if trace := query.Get("traceId"); trace != "" {
		to = url.URL{Path: "/t/" + trace, RawPath: "/t/" + url.PathEscape(trace)}
		if span := query.Get("spanId"); span != "" {
			to.RawQuery = url.Values{"span": {span}}.Encode()
		}
	}
	http.Redirect(w, r, to.String(), http.StatusFound)
}
