package server

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// refuse answers with the API's form of an error.
func refuse(w http.ResponseWriter, status int, detail string) {
	answer(w, status, struct {
		Detail string `json:"detail"`
	}{detail})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(body) // who asked is gone; nobody is left to tell
}

// quoted shows what a stranger sent, cut where it is no longer of use.
func quoted(text string) string {
	const shown = 100
	return strconv.QuoteToASCII(text[:min(len(text), shown)])
}
