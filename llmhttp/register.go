package llmhttp

import "net/http"

func matchRegistered(*http.Request) (Route, bool) { return Route{}, false }
