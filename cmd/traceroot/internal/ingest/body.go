package ingest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

// body is what a request brings, as sent.
type body struct {
	bytes    []byte
	encoding string // of the bytes, as in Content-Encoding
}

// readBody reads the body as far as the limits and the budget allow.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, held *share) (body, error) {
	limit := s.limits.BodyBytes
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close") // rather than to read what nobody wants
		return body{}, bodyTooLarge(limit)
	}
	// What a sender announces is not yet there; only so much is held for it in advance.
	expected := min(max(r.ContentLength, 0), 1<<20)
	sent, err := readAll(r.Context(), http.MaxBytesReader(w, r.Body, limit), nil, expected, limit, held)
	if _, exceeded := errors.AsType[*http.MaxBytesError](err); exceeded || errors.Is(err, errTooLong) {
		return body{}, bodyTooLarge(limit)
	}
	if _, known := errors.AsType[*refusal](err); known {
		return body{}, err
	}
	if err != nil {
		return body{}, hungUp(err)
	}
	return body{sent, strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding")))}, nil
}

func bodyTooLarge(limit int64) *refusal {
	return tooLarge("Request body exceeds %d bytes", limit)
}

var errTooLong = errors.New("longer than allowed")

// leastRead is how much is read at once.
const leastRead = 32 << 10

// readAll reads from into the memory of buffer, which grows as bytes arrive and never before held has grown. It returns
// errTooLong for more than limit bytes, a refusal where there is no room, or the error of from.
func readAll(ctx context.Context, from io.Reader, buffer []byte, expected, limit int64, held *share) ([]byte, error) {
	buffer = buffer[:0]
	paid := int64(0)
	for {
		if int64(len(buffer)) == paid {
			more := min(max(paid, expected, leastRead), limit+1-paid)
			if more <= 0 {
				return buffer, errTooLong
			}
			if err := held.grow(ctx, more); err != nil {
				return buffer, err
			}
			paid += more
			buffer = slices.Grow(buffer, int(paid)-len(buffer))
		}
		n, err := from.Read(buffer[len(buffer):paid])
		buffer = buffer[:len(buffer)+n]
		if errors.Is(err, io.EOF) {
			if int64(len(buffer)) > limit {
				return buffer, errTooLong
			}
			return buffer, nil
		}
		if err != nil {
			return buffer, err
		}
	}
}
