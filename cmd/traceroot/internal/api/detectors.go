package api

import "net/http"

// This server has no detectors, so it has no findings either. The CLI asks for both all the same.

func (s *server) emptyList(r *http.Request, _ Identity) (any, error) {
	p := paramsOf(r)
	limit := p.limit()
	p.window()
	if err := p.err(); err != nil {
		return nil, err
	}
	return listOf([]struct{}{}, limit, 0), nil
}

func absent(detail string) handler {
	return func(*http.Request, Identity) (any, error) {
		return nil, refusal{status: http.StatusNotFound, detail: detail}
	}
}
