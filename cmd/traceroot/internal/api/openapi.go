package api

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// openAPIFile describes every route of the whole server, those of other rooms too.
//
//go:embed openapi.json
var openAPIFile []byte

func openAPI(w http.ResponseWriter, r *http.Request) {
	write(w, r, http.StatusOK, json.RawMessage(openAPIFile))
}

// OpenAPI is the description of every route of the server, in OpenAPI 3.1. The caller may not change it.
func OpenAPI() []byte { return openAPIFile }

// Documented are the routes that the description has, as patterns of [http.ServeMux], for tests that hold other rooms'
// routes against it.
func Documented() ([]string, error) {
	var file struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(openAPIFile, &file); err != nil {
		return nil, fmt.Errorf("read the description of the routes: %w", err)
	}
	var patterns []string
	for path, methods := range file.Paths {
		for method := range methods {
			patterns = append(patterns, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(patterns)
	return patterns, nil
}
