package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// place is where a blob is kept: as a text of a span, or in a message. A blob's name is the SHA-256 of its bytes, which
// they are held against, and its place, so that nothing has to be remembered.
type place struct {
	trace, span, field string // field is input or output

	message store.Hash // of a message instead
	path    string     // in the message's body; empty: all of it
}

func spanBlob(s *store.Span, field string) place {
	return place{trace: s.TraceID, span: s.SpanID, field: field}
}

func messageBlob(hash store.Hash, path string) place { return place{message: hash, path: path} }

// Marks of the two kinds of places.
const (
	inSpan    = "s"
	inMessage = "m"
)

func (p place) name(content []byte) string {
	sum := sha256.Sum256(content)
	parts := []string{hex.EncodeToString(sum[:]), inSpan, p.trace, p.span, p.field}
	if p.span == "" {
		parts = []string{parts[0], inMessage, p.message.String(), hex.EncodeToString([]byte(p.path))}
	}
	return strings.Join(parts, "-")
}

func parseBlob(name string) (sum string, p place, ok bool) {
	parts := strings.Split(name, "-")
	switch {
	case len(parts) == 5 && parts[1] == inSpan && (parts[4] == "input" || parts[4] == "output"):
		return parts[0], place{trace: parts[2], span: parts[3], field: parts[4]}, true
	case len(parts) == 4 && parts[1] == inMessage:
		hash, err := store.ParseHash(parts[2])
		path, bad := hex.DecodeString(parts[3])
		return parts[0], messageBlob(hash, string(path)), err == nil && bad == nil
	}
	return "", p, false
}

// blob serves bytes of a payload, which is hostile: as an image or a sound only where it is one of the few formats that
// browsers decode and run nothing of, else as something to save.
func (s *server) blob(r *http.Request, who Identity) (any, error) {
	content, err := s.readBlob(r.Context(), who.Project, r.PathValue("blob"))
	if err != nil {
		return nil, err
	}
	if sought := r.URL.Query().Get("find"); sought != "" {
		return findIn(content, sought)
	}
	return rawReply{content, r.PathValue("blob")}, nil
}

func (s *server) readBlob(ctx context.Context, project, name string) ([]byte, error) {
	gone := refusal{status: http.StatusNotFound, detail: "Blob not found"}
	sum, at, ok := parseBlob(name)
	if !ok {
		return nil, gone
	}
	content, err := s.contentAt(ctx, project, at)
	if errors.Is(err, store.ErrNotFound) {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	if actual := sha256.Sum256(content); hex.EncodeToString(actual[:]) != sum {
		return nil, gone // it was sent again, and is another now
	}
	return content, nil
}

func (s *server) contentAt(ctx context.Context, project string, at place) ([]byte, error) {
	if at.span != "" {
		span, err := s.store.Span(ctx, project, at.trace, at.span)
		if err != nil {
			return nil, err
		}
		text := span.Input
		if at.field == "output" {
			text = span.Output
		}
		if text == nil {
			return nil, store.ErrNotFound
		}
		return []byte(*text), nil
	}
	found, err := s.store.Messages(ctx, project, []store.Hash{at.message})
	if err != nil || found[0].Body == "" {
		return nil, errors.Join(err, store.ErrNotFound)
	}
	text := found[0].Body
	if at.path != "" {
		text = gjson.Get(text, at.path).String()
	}
	if isDataURL(text) {
		_, data := readDataURL(text)
		return data, nil
	}
	return []byte(text), nil
}

// rawReply is bytes that are no JSON.
type rawReply struct {
	content []byte
	name    string
}

func (b rawReply) write(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	mediaType, inline := sniff(b.content)
	header.Set("Content-Type", mediaType)
	disposition := "attachment"
	if inline {
		disposition = "inline"
	}
	sum, _, _ := strings.Cut(b.name, "-")
	header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": sum[:min(len(sum), 12)]}))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Cache-Control", "private, max-age=31536000, immutable")
	header.Set("ETag", `"`+sum+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.content))
}
