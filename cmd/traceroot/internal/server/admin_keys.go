package server

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// keyJSON is what the admin API says of a key.
type keyJSON struct {
	ID      string      `json:"id"`
	Project string      `json:"project"`
	Name    string      `json:"name"`
	Scope   store.Scope `json:"scope"`
	Hint    string      `json:"hint"`
	Created time.Time   `json:"created"`
	Revoked *time.Time  `json:"revoked"`
	Key     string      `json:"key,omitempty"` // told once, when it is made
}

func newKeyJSON(k store.Key) keyJSON {
	shown := keyJSON{ID: k.ID, Project: k.Project, Name: k.Name, Scope: k.Scope, Hint: k.Hint, Created: k.Created}
	if !k.Revoked.IsZero() {
		shown.Revoked = &k.Revoked
	}
	return shown
}

// projectName is what a project may be called: it stands in URLs and in terminals.
var projectName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$`)

const (
	projectForm = "use up to 64 letters, digits, dots, dashes and underscores, the first a letter or a digit"
	maxKeyName  = 100
)

// createKey makes a key and tells it, this once.
func (s *Server) createKey(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		Project string      `json:"project"`
		Name    string      `json:"name"`
		Scope   store.Scope `json:"scope"`
	}
	if !readJSON(w, r, &wanted) {
		return
	}
	switch {
	case !projectName.MatchString(wanted.Project):
		refuse(w, http.StatusUnprocessableEntity, "project "+quoted(wanted.Project)+": "+projectForm)
		return
	case len(wanted.Name) > maxKeyName || strings.ContainsFunc(wanted.Name, unprintable):
		refuse(w, http.StatusUnprocessableEntity, fmt.Sprintf("name %s: use up to %d bytes that can be printed", quoted(wanted.Name), maxKeyName))
		return
	case wanted.Scope != store.ScopeIngest && wanted.Scope != store.ScopeRead && wanted.Scope != store.ScopeAdmin:
		refuse(w, http.StatusUnprocessableEntity, "scope "+quoted(string(wanted.Scope))+": use ingest, read or admin")
		return
	}
	secret := newSecret()
	key := store.Key{
		ID: secret[3:11], Project: wanted.Project, Name: wanted.Name, Scope: wanted.Scope,
		Hint: hint(secret), Created: time.Now().UTC().Truncate(time.Microsecond),
	}
	if err := s.store.AddKey(r.Context(), key, store.HashKey(secret)); err != nil {
		s.failed(w, r, "key not made", err)
		return
	}
	shown := newKeyJSON(key)
	shown.Key = secret
	answer(w, http.StatusCreated, shown)
}

// listKeys lists those of ?project=, of all projects without it.
func (s *Server) listKeys(w http.ResponseWriter, r *http.Request) {
	keys, err := s.store.Keys(r.Context(), r.FormValue("project"))
	if err != nil {
		s.failed(w, r, "keys not read", err)
		return
	}
	list := struct {
		Data []keyJSON `json:"data"`
	}{[]keyJSON{}}
	for _, k := range keys {
		list.Data = append(list.Data, newKeyJSON(k))
	}
	answer(w, http.StatusOK, list)
}

func (s *Server) revokeKey(w http.ResponseWriter, r *http.Request) {
	key, err := s.store.RevokeKey(r.Context(), r.PathValue("id"), time.Now().UTC().Truncate(time.Microsecond))
	if errors.Is(err, store.ErrNotFound) {
		refuse(w, http.StatusNotFound, fmt.Sprintf("Key %s not found", quoted(r.PathValue("id"))))
		return
	}
	if err != nil {
		s.failed(w, r, "key not revoked", err)
		return
	}
	answer(w, http.StatusOK, newKeyJSON(key))
}

// newSecret is a key in the platform's form: tr- and a UUID of version 4.
func newSecret() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	digits := hex.EncodeToString(id[:])
	return "tr-" + digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:]
}

// hint is the first 7 and the last 4 characters, as the platform shows a key.
func hint(secret string) string { return secret[:7] + "-" + secret[len(secret)-4:] }

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// readJSON reads a small body, or refuses it. The type of the content is one that no form of a page can send, and unknown
// members are refused: they are misspelt ones.
func readJSON(w http.ResponseWriter, r *http.Request, to any) bool {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		refuse(w, http.StatusUnsupportedMediaType, "Unsupported Content-Type "+quoted(r.Header.Get("Content-Type"))+". Expected: application/json")
		return false
	}
	const limit = 1 << 20
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(to)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Sprintf("Request body exceeds %d bytes", limit))
		return false
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "Read the request: "+err.Error())
		return false
	}
	return true
}
