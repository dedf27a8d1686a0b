package webui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const assetPath = "/assets/"

// frame is the page before the script has drawn a screen. The script blocks rendering, so that a page whose reader chose
// another theme than the system's does not flash. A data block is no script to a browser.
var frame = template.Must(template.New("frame").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>TraceRoot</title>
<link rel="icon" href="{{.Icon}}">
<link rel="stylesheet" href="{{.Style}}">
<script type="module" src="{{.Script}}" blocking="render"></script>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript. The same data is at the command line: traceroot traces.</noscript>
<script type="application/json" id="data">{{.Data}}</script>
</body>
</html>
`))

// pageData is what a page brings along.
type pageData struct {
	Feed  string          `json:"feed"`            // address of the shared worker's script
	First json.RawMessage `json:"first,omitempty"` // rows of the list
}

func (p *Pages) page(w http.ResponseWriter, r *http.Request) { p.write(w, r, http.StatusOK) }

// missing is a page too where a person asks: it says that there is nothing, and how to get on.
func (p *Pages) missing(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		p.options.NotFound.ServeHTTP(w, r)
		return
	}
	p.write(w, r, http.StatusNotFound)
}

func (p *Pages) write(w http.ResponseWriter, r *http.Request, status int) {
	built, err := p.bundle()
	if err != nil {
		p.options.Log.LogAttrs(r.Context(), slog.LevelError, "no page", slog.Any("error", err))
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	// The template's own escaping of JSON keeps "<" and ">" out of the data block.
	var page bytes.Buffer
	err = frame.Execute(&page, map[string]any{
		"Style": built.style, "Script": built.script, "Icon": built.icon, "Data": pageData{built.worker, p.firstRows(r)},
	})
	if err != nil {
		p.options.Log.LogAttrs(r.Context(), slog.LevelError, "no page", slog.Any("error", err))
		http.Error(w, "The page could not be written", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store") // it carries rows
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // the browser went away
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

// bundle is made once; from sources on the disk, when they have changed.
func (p *Pages) bundle() (*bundle, error) {
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
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
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
