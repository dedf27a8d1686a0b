package server

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// contentSecurityPolicy lets a page use what this server serves, and nothing else. Payloads are hostile input.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " +
	"media-src 'self' blob:; connect-src 'self'; font-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'none'; require-trusted-types-for 'script'"

// harden sets the headers that keep a browser from doing what a page was not meant to.
func harden(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", contentSecurityPolicy)
		header.Set("Cache-Control", "no-store") // what is stored here is nobody else's business; pages say otherwise of their parts
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// guardLoopback refuses what reaches a server without keys by way of somebody else's page: names that were made to point
// at this machine (DNS rebinding), and requests that other origins make.
func (s *Server) guardLoopback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopbackName(r.Host) {
			s.turnAway(w, r, http.StatusMisdirectedRequest, "This server answers to localhost alone, not to "+quoted(r.Host)+
				": traceroot serve answers to other names, and asks for keys")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// guardOrigin refuses requests that a browser makes on behalf of another site. Following a link is no such request.
func (s *Server) guardOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.foreign(r) {
			s.turnAway(w, r, http.StatusForbidden, "Requests from pages of other sites are refused")
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
		origin := r.Header.Get("Origin") // browsers too old for the other header, and programs, which send neither
		return origin != "" && !sameHost(origin, r.Host) && !sameOrigin(origin, s.config.PublicURL)
	}
	navigation := r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
	return !navigation || r.Method != http.MethodGet
}

func sameHost(origin, host string) bool {
	parsed, err := url.Parse(origin)
	return err == nil && strings.EqualFold(parsed.Host, host)
}

// sameOrigin reports whether a URL is of an origin. A proxy may reach this server by a name that no browser knows.
func sameOrigin(origin, public string) bool {
	parsed, err := url.Parse(public)
	return err == nil && public != "" && strings.EqualFold(origin, parsed.Scheme+"://"+parsed.Host)
}

// loopbackName reports whether a Host header names this machine as only this machine does.
func loopbackName(host string) bool {
	name := host
	if split, _, err := net.SplitHostPort(host); err == nil {
		name = split
	}
	name = strings.TrimSuffix(strings.ToLower(strings.Trim(name, "[]")), ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(name)
	return err == nil && addr.Unmap().IsLoopback()
}

// loopbackAddress reports whether listening there is for this machine alone. A name other than localhost is not: who knows
// where it leads.
func loopbackAddress(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.Unmap().IsLoopback()
}
