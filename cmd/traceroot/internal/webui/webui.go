// Package webui serves the pages of the local server: an HTML frame for every address of the application, and the script
// and style sheet that draw the screens. It holds their sources, TSX and CSS, bundles them in memory once a process, and
// needs neither Node nor a build step for it.
//
// It does not answer questions about traces: pages ask the room api. It does not decide who may see what, and it sets no
// headers of security; the server around it does both.
package webui

import (
	"log/slog"
	"net/http"
	"sync"
)

// Options are what the pages need to know. The zero value serves what was compiled in.
type Options struct {
	// Dev reads the sources from the disk, where the program was compiled, and bundles them anew when they have changed.
	// [Pages.Watch] tells when.
	Dev bool

	// First is the JSON of the first rows of the list, which pages bring along so that rows are painted before the script
	// has asked for any. An error means that a page goes without. Nil: all do.
	First func(*http.Request) ([]byte, error)

	// Status is the JSON that GET /api/ui/status answers to the same request, which pages bring along too, and whether its
	// sender may read what is stored: then the browser is told what its page will ask for. Nil: pages ask for it.
	Status func(*http.Request) (told []byte, reads bool)

	// NotFound answers programs that ask for what is no page. Nil: [http.NotFound].
	NotFound http.Handler

	// Log tells what a page could not be given. Nil: nobody.
	Log *slog.Logger
}

// Pages is the handler of all pages and assets. It is safe for concurrent use.
type Pages struct {
	options Options
	sources sources
	mux     *http.ServeMux

	mu      sync.Mutex
	built   *bundle // guarded by mu, as the next
	builtOf string  // the state of the sources that it was made from
}

// New returns the handler. With [Options.Dev] it fails where the sources are not on this machine; bundling happens in
// [Pages.Prepare], or when the first page is asked for.
func New(options Options) (*Pages, error) {
	sources, err := openSources(options.Dev)
	if err != nil {
		return nil, err
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	if options.NotFound == nil {
		options.NotFound = http.NotFoundHandler()
	}
	p := &Pages{options: options, sources: sources, mux: http.NewServeMux()}
	p.mux.HandleFunc("GET /assets/{name}", p.asset)
	p.mux.HandleFunc("GET /projects/{project}/traces", redirectToTrace)
	for address, shown := range map[string]screen{
		"/{$}": listScreen, "/traces": listScreen, "/t/{trace}": traceScreen, "/sessions": otherScreen, "/s/{session}": otherScreen,
		"/dashboard": otherScreen, "/compare": otherScreen, "/connect": otherScreen,
	} {
		p.mux.HandleFunc("GET "+address, p.page(shown))
	}
	p.mux.HandleFunc("/", p.missing)
	return p, nil
}

// ServeHTTP answers with a page or an asset.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }
