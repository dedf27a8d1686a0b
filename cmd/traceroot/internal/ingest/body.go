package ingest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// read returns the unpacked body, or a refusal. It never holds more than the limits allow.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	sent, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.limits.BodyBytes))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, &refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("Request body exceeds %d bytes", tooLarge.Limit)}
	}
	if err != nil {
		return nil, &refusal{http.StatusBadRequest, "Request body incomplete: " + err.Error()}
	}
	if len(sent) == 0 {
		return nil, &refusal{http.StatusBadRequest, "Empty request body"}
	}
	switch encoding := r.Header.Get("Content-Encoding"); strings.ToLower(encoding) {
	case "", "identity":
		return sent, nil
	case "gzip":
		return h.unpack(sent)
	default:
		return nil, &refusal{http.StatusUnsupportedMediaType, fmt.Sprintf("Unsupported Content-Encoding %q. Expected: gzip", encoding)}
	}
}

func (h *Handler) unpack(packed []byte) ([]byte, error) {
	invalid := &refusal{http.StatusBadRequest, "Invalid gzip payload"}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, invalid
	}
	unpacked, err := io.ReadAll(io.LimitReader(reader, h.limits.UnpackedBytes+1))
	if err != nil {
		return nil, invalid
	}
	if int64(len(unpacked)) > h.limits.UnpackedBytes {
		return nil, &refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("Unpacked request body exceeds %d bytes", h.limits.UnpackedBytes)}
	}
	return unpacked, nil
}
