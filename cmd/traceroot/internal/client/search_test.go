package client_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/client"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	var asked []string
	c := serve(t, client.Config{}, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		if r.URL.Query().Get("cursor") == "" {
			answer(w, http.StatusOK, `{"data":[{"id":"a","status":"failed","cost":0.5,"partial":true},{"id":"b"}],"next":"more"}`)
			return
		}
		answer(w, http.StatusOK, `{"data":[{"id":"c"},{"id":"d"}],"next":null}`)
	})
	search := client.Search{Query: `refund -user:"ann b"`, From: time.Unix(0, 0), Sort: "-cost", Limit: 3}
	found, err := c.Search(t.Context(), search)
	if err != nil || len(found) != 3 || found[0].Value.Status != "failed" || !found[0].Value.Partial || found[2].Value.TraceID != "c" {
		t.Errorf("found %+v, %v; want a, b and c", found, err)
	}
	const first = "/api/ui/traces?from=1970-01-01T00%3A00%3A00.000000Z&limit=3&q=refund+-user%3A%22ann+b%22&sort=-cost"
	if want := []string{first, strings.Replace(first, "?", "?cursor=more&", 1)}; strings.Join(asked, " ") != strings.Join(want, " ") {
		t.Errorf("asked %q\nwant %q", asked, want)
	}
}
