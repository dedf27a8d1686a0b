package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// maxRequestBytes bounds what the model reads of one request; the demo's conversations have some thousand.
const maxRequestBytes = 1 << 20

// ModelServer is a model on loopback that speaks OpenAI's chat completions protocol, plain and streamed. It follows a
// fixed script at the pace of a real model, so that the trace of a conversation looks like one of production.
type ModelServer struct {
	// URL is the base URL to give to an OpenAI client; it ends in /v1.
	URL string

	server *http.Server
	served chan error // the result of Serve; closed when its goroutine has ended
}

// StartModel starts a model on a free port of the loopback interface; Shutdown stops it. The model outlives ctx, which
// bounds the start only.
func StartModel(ctx context.Context) (*ModelServer, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the demo's model: %w", err)
	}
	return serveModel(listener), nil
}

// Shutdown frees the port and returns when the answers that are being written have come to their end. When ctx is done
// before, it breaks them off and returns the error of ctx. A second call does nothing.
func (s *ModelServer) Shutdown(ctx context.Context) error {
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("shut down the demo's model: %w", errors.Join(err, s.server.Close()))
	}
	return errors.Join(err, <-s.served)
}

func serveModel(listener net.Listener) *ModelServer {
	s := &ModelServer{
		URL:    "http://" + listener.Addr().String() + "/v1",
		server: &http.Server{Handler: modelHandler(), ReadHeaderTimeout: 5 * time.Second},
		served: make(chan error, 1),
	}
	go func() {
		defer close(s.served)
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.served <- fmt.Errorf("serve the demo's model: %w", err)
		}
	}()
	return s
}

func modelHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", complete)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		unknownURL(r).write(w)
	})
	return mux
}

func complete(w http.ResponseWriter, r *http.Request) {
	var req chatRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequestBytes)).Decode(&req); err != nil {
		invalid("We could not parse the JSON body of your request: %v.", err).write(w)
		return
	}
	turn, refused := nextTurn(req)
	if refused != nil {
		refused.write(w)
		return
	}

	// An error from here on means that the caller has gone, and that there is nobody left to tell.
	w.Header().Set("X-Request-Id", "req_"+turn.id)
	if req.Stream {
		_ = stream(r.Context(), w, turn, req.StreamOptions.IncludeUsage)
	} else if pause(r.Context(), turn.total) == nil {
		writeJSON(w, http.StatusOK, turn.completion())
	}
}

// stream sends each chunk as a server-sent event when it is due, counted from the start of the stream: a busy machine
// may delay a chunk, but not the whole.
func stream(ctx context.Context, w http.ResponseWriter, t turn, withUsage bool) error {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	start, flusher := time.Now(), http.NewResponseController(w)
	for due, chunk := range t.chunks(withUsage) {
		if err := pause(ctx, time.Until(start.Add(due))); err != nil {
			return err
		}
		data, err := json.Marshal(chunk)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
			return err
		}
		if err := flusher.Flush(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(w, "data: [DONE]\n\n")
	return err
}

// pause waits for d, or until ctx is done and returns why.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
