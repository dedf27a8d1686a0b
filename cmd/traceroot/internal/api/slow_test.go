package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// slowStore reads until it is told to stop.
type slowStore struct{ store.Reader }

func (slowStore) Sessions(ctx context.Context, _ string, _ store.SessionQuery) (store.Page[store.Session], error) {
	<-ctx.Done()
	return store.Page[store.Session]{}, ctx.Err()
}

func TestAQuestionThatTakesTooLongIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		handler := api.New(api.Options{Store: slowStore{}})
		request := httptest.NewRequestWithContext(
			api.WithIdentity(t.Context(), api.Identity{Project: "dev"}), http.MethodGet, "/api/v1/public/sessions", nil)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		var told struct {
			Detail string `json:"detail"`
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &told); err != nil {
			t.Fatal(err)
		}
		if answer.Code != http.StatusServiceUnavailable || !strings.Contains(told.Detail, "30s") {
			t.Errorf("answered %d %q", answer.Code, told.Detail)
		}
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("answered after %v", took)
		}
	})
}
