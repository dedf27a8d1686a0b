package traceroot

import (
	"net/http"
	"strings"
)

// secretHeaders carry the keys of providers.
var secretHeaders = []string{"Authorization", "Api-Key", "X-Api-Key", "X-Goog-Api-Key"}

// minSecret is the length of the shortest text that is taken for a key. Keys are longer; what is shorter is a word that error
// texts need, such as the "key" of somebody who tries things out.
const minSecret = 8

// secretsOf hides what an error may quote of a request and nobody else should read: its query, its user and its keys.
func secretsOf(req *http.Request) *strings.Replacer {
	const hidden = "[hidden]"
	var pairs []string
	hide := func(secret string) {
		if len(secret) >= minSecret {
			pairs = append(pairs, secret, hidden)
		}
	}
	if req.URL.RawQuery != "" {
		pairs = append(pairs, "?"+req.URL.RawQuery, "?"+hidden)
	}
	for name, values := range req.URL.Query() {
		if strings.Contains(strings.ToLower(name), "key") || strings.Contains(strings.ToLower(name), "token") {
			for _, value := range values {
				hide(value)
			}
		}
	}
	if user := req.URL.User; user != nil {
		hide(user.String() + "@")
		password, _ := user.Password()
		hide(password)
	}
	for _, name := range secretHeaders {
		for _, value := range req.Header.Values(name) {
			_, credentials, _ := strings.Cut(value, " ")
			hide(value)
			hide(credentials)
		}
	}
	if len(pairs) == 0 {
		return nil
	}
	return strings.NewReplacer(pairs...)
}
