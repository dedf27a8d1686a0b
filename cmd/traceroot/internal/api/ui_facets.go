package api

import (
	"net/http"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// facetCounts are the values of each field with how many traces of the query have them, the query's own terms of that
// field left out. Fields: status agent model tool env tag user session service version.
type facetCounts map[store.Field][]facetValue

// facetValue is one value of a field.
type facetValue struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

var facetFields = []store.Field{
	store.FieldStatus, store.FieldAgent, store.FieldModel, store.FieldTool, store.FieldEnvironment, store.FieldTag,
	store.FieldUser, store.FieldSession, store.FieldService, store.FieldVersion,
}

// maxFacet is how many values of a field are told.
const maxFacet = 50

func (s *server) facets(r *http.Request, who Identity) (any, error) {
	query, err := s.rowQuery(r)
	if err != nil {
		return nil, err
	}
	var free []store.Field
	reply := facetCounts{}
	for _, field := range facetFields {
		rest := query
		rest.Where = slices.DeleteFunc(slices.Clone(query.Where), func(c store.Condition) bool { return c.Field == field })
		if len(rest.Where) == len(query.Where) {
			free = append(free, field)
			continue
		}
		if err := s.addFacets(r, who, reply, rest, field); err != nil {
			return nil, err
		}
	}
	return reply, s.addFacets(r, who, reply, query, free...)
}

func (s *server) addFacets(r *http.Request, who Identity, reply facetCounts, query store.Query, fields ...store.Field) error {
	if len(fields) == 0 {
		return nil
	}
	found, err := s.store.Facets(r.Context(), who.Project, query, fields, maxFacet)
	for _, field := range fields {
		reply[field] = make([]facetValue, len(found[field]))
		for i, count := range found[field] {
			reply[field][i] = facetValue(count)
		}
	}
	return err
}
