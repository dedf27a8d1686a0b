package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

const (
	cookieName = "traceroot"
	cookieAge  = 30 * 24 * time.Hour
)

// cookies makes and reads the cookie that a browser holds instead of a key. It holds the key's hash, which is found in the
// keyring at each request: revoking the key ends the browser's access too.
type cookies struct {
	secret []byte // signs them; a file of the data folder, so that a restart signs nobody out
	secure bool   // the server speaks TLS
}

// openCookies reads the secret from a file, and makes one where there is none.
func openCookies(file string, secure bool) (*cookies, error) {
	secret, err := os.ReadFile(file) //nolint:gosec // the data folder is the operator's choice
	if errors.Is(err, fs.ErrNotExist) {
		secret = make([]byte, sha256.Size)
		_, _ = rand.Read(secret) // never fails
		err = errors.Join(os.WriteFile(file+".new", secret, 0o600), os.Rename(file+".new", file))
	}
	if err != nil {
		return nil, fmt.Errorf("secret of the browsers' sessions: %w", err)
	}
	if len(secret) < sha256.Size {
		return nil, fmt.Errorf("secret of the browsers' sessions: %s holds %d bytes, want %d; delete it, and browsers sign in anew", file, len(secret), sha256.Size)
	}
	return &cookies{secret, secure}, nil
}

// set gives the browser its cookie.
func (c *cookies) set(w http.ResponseWriter, hash store.KeyHash) {
	signed := binary.BigEndian.AppendUint64(hash[:], uint64(time.Now().Add(cookieAge).Unix())) //nolint:gosec // after 1970
	c.write(w, base64.RawURLEncoding.EncodeToString(c.sign(signed)), int(cookieAge.Seconds()))
}

// clear takes the cookie away.
func (c *cookies) clear(w http.ResponseWriter) { c.write(w, "", -1) }

func (c *cookies) write(w http.ResponseWriter, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // without TLS a browser would not send a secure one
		Name: cookieName, Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode,
	})
}

// read is the hash in the request's cookie. One that is too old or that this server did not sign counts as none.
func (c *cookies) read(r *http.Request) (hash store.KeyHash, ok bool) {
	sent, err := r.Cookie(cookieName)
	if err != nil {
		return hash, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(sent.Value)
	if err != nil || len(raw) != len(hash)+8+sha256.Size {
		return hash, false
	}
	payload := raw[:len(hash)+8]
	if !hmac.Equal(raw, c.sign(payload)) || int64(binary.BigEndian.Uint64(payload[len(hash):])) < time.Now().Unix() { //nolint:gosec // signed by us
		return hash, false
	}
	return store.KeyHash(payload[:len(hash)]), true
}

// sign appends the signature to a copy of payload.
func (c *cookies) sign(payload []byte) []byte {
	mac := hmac.New(sha256.New, c.secret)
	mac.Write(payload)
	return mac.Sum(append([]byte(nil), payload...))
}
