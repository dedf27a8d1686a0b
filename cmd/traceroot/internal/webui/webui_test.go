package webui_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/webui"
)

func TestTry(t *testing.T) {
	pages, err := webui.New(webui.Options{})
	if err != nil { t.Fatal(err) }
	w := httptest.NewRecorder()
	pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	t.Log(w.Code, w.Body.String())
}
