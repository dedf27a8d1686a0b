package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

//go:generate go test -run ^TestWireTypes$ . -update

const pages = "GET /api/ui"

// pageRoutes are what our own pages ask for. What they are told is in the types of these files, of which webui's wire.ts
// is made.
func (s *server) pageRoutes() []route {
	return []route{
		{pattern: pages + "/facets", handle: s.identified(s.facets)},
		{pattern: pages + "/histogram", handle: s.identified(s.histogram)},
		{pattern: pages + "/suggest", handle: s.identified(s.suggest)},
		{pattern: pages + "/traces/{trace_id}", handle: s.identified(s.trace)},
		{pattern: pages + "/traces/{trace_id}/groups/{group_id}", handle: s.identified(s.group)},
		{pattern: pages + "/traces/{trace_id}/find", handle: s.identified(s.find)},
		{pattern: pages + "/traces/{trace_id}/conversation", handle: s.identified(s.conversation)},
		{pattern: pages + "/spans/{span_id}", handle: s.identified(s.span)},
		{pattern: pages + "/messages", handle: s.identified(s.messages)},
		{pattern: pages + "/blobs/{blob}", handle: s.identified(s.blob)},
		{pattern: pages + "/sessions", handle: s.identified(s.sessionRows)},
		{pattern: pages + "/sessions/{session_id}", handle: s.identified(s.session)},
		{pattern: pages + "/metrics", handle: s.identified(s.metrics)},
		{pattern: pages + "/compare", handle: s.identified(s.compare)},
		{pattern: pages + "/source", handle: s.identified(s.source)},
		{pattern: pages + "/events", handle: s.events},
	}
}

// kept is a reply that a browser may keep.
type kept struct {
	reply   any
	tag     string // changes with the reply; empty: the reply is never another
	expires bool   // the reply may be another next time, so the browser asks whether its own still holds
}

// forever is a reply that is the same whenever it is asked for.
func forever(reply any) kept { return kept{reply: reply} }

// tagged is a reply that holds as long as what it was made of is the same. The tag has its hash, since a header cannot hold
// what strangers write.
func tagged(reply any, of string) kept {
	return kept{reply, `"` + store.HashOf(of).String() + `"`, true}
}

// known sets the headers, and reports whether the client has the reply already, which it is then told.
func (k kept) known(w http.ResponseWriter, r *http.Request) bool {
	if !k.expires {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
		return false
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("ETag", k.tag)
	for had := range strings.SplitSeq(strings.Join(r.Header.Values("If-None-Match"), ","), ",") {
		if slices.Contains([]string{k.tag, "*"}, strings.TrimPrefix(strings.TrimSpace(had), "W/")) {
			w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}
