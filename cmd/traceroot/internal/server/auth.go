package server

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// LocalProject is the only project of a server that asks for no keys.
const LocalProject = "dev"

// projectHeader chooses the project of a request with the local token. With a key it is ignored: a key has its project.
const projectHeader = "X-Traceroot-Project"

// caller is who a request comes from.
type caller struct {
	project string
	scope   store.Scope
	key     store.Key // zero for the local token and for a server without keys
}

type callerKey struct{}

// callerOf is who the request comes from; authenticate has found it out.
func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// door decides who comes in. A server without keys lets in everybody whom guardLoopback does.
type door struct {
	keys    bool
	keyring store.Keyring
	token   string   // of the lock file: whoever can read the data folder may do everything
	cookies *cookies // nil on a server without keys
	log     *slog.Logger
}

// rejection is why a request may not come in.
type rejection struct {
	status int
	detail string
}

func (r *rejection) Error() string { return r.detail }

// The details are the platform's: REST API, section 1.
var (
	errNoKey        = &rejection{http.StatusUnauthorized, "Missing Authorization header"}
	errNotBearer    = &rejection{http.StatusUnauthorized, "Invalid Authorization header format. Expected: Bearer <api_key>"}
	errUnknownKey   = &rejection{http.StatusUnauthorized, "Invalid API key"}
	errNoProject    = &rejection{http.StatusBadRequest, projectHeader + ": " + projectForm}
	errKeysNotThere = &rejection{http.StatusServiceUnavailable, "Authentication service unavailable"}
)

func (c caller) may(scope store.Scope) bool {
	switch scope {
	case store.ScopeIngest:
		return true
	case store.ScopeRead:
		return c.scope != store.ScopeIngest
	default:
		return c.scope == store.ScopeAdmin
	}
}

func (d *door) identify(r *http.Request) (caller, *rejection) {
	key, rejected := bearer(r)
	switch {
	case key != "" && subtle.ConstantTimeCompare([]byte(key), []byte(d.token)) == 1:
		return local(r)
	case !d.keys:
		return caller{project: LocalProject, scope: store.ScopeAdmin}, nil
	case rejected == errNoKey:
		if hash, ok := d.cookies.read(r); ok {
			return d.find(r.Context(), hash)
		}
		return caller{}, rejected
	case rejected != nil:
		return caller{}, rejected
	}
	return d.find(r.Context(), store.HashKey(key))
}

// find asks the store each time, so that a revoked key is refused from the next request on. Comparing hashes in an index
// tells nothing of the key by its time.
func (d *door) find(ctx context.Context, hash store.KeyHash) (caller, *rejection) {
	key, err := d.keyring.FindKey(ctx, hash)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return caller{}, errUnknownKey
	case err != nil:
		d.log.LogAttrs(ctx, slog.LevelError, "keys not read", slog.Any("error", err))
		return caller{}, errKeysNotThere
	}
	return caller{project: key.Project, scope: key.Scope, key: key}, nil
}

// bearer is the key in the request's Authorization header. The word before it is read in any case.
func bearer(r *http.Request) (string, *rejection) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return "", errNoKey
	}
	word, key, _ := strings.Cut(header, " ")
	if key = strings.TrimSpace(key); !strings.EqualFold(word, "Bearer") || key == "" {
		return "", errNotBearer
	}
	return key, nil
}

// local is who has the token of the data folder.
func local(r *http.Request) (caller, *rejection) {
	project := cmp.Or(r.Header.Get(projectHeader), LocalProject)
	if !projectName.MatchString(project) {
		return caller{}, errNoProject
	}
	return caller{project: project, scope: store.ScopeAdmin}, nil
}
