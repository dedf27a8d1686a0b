package store

import "cmp"

// Resend returns a span that was sent twice: what the later sending does not know stays as the earlier one had it. A
// sending from before the end of the span does not undo the end. The result shares memory with both.
func Resend(stored, later Span) Span {
	merged := later
	merged.ParentSpanID = cmp.Or(later.ParentSpanID, stored.ParentSpanID)
	merged.Name = cmp.Or(later.Name, stored.Name)
	merged.Kind = cmp.Or(later.Kind, stored.Kind)
	if later.Start.IsZero() {
		merged.Start = stored.Start
	}
	if later.Running() {
		merged.End = stored.End
	}
	if later.Running() && !stored.Running() || later.Status == "" {
		merged.Status, merged.StatusMessage, merged.Errors = stored.Status, stored.StatusMessage, stored.Errors
	} else if later.Status == stored.Status {
		merged.StatusMessage = cmp.Or(later.StatusMessage, stored.StatusMessage)
		merged.Errors = orSlice(later.Errors, stored.Errors)
	}
	merged.Input = cmp.Or(later.Input, stored.Input)
	merged.Output = cmp.Or(later.Output, stored.Output)
	merged.Metadata = cmp.Or(later.Metadata, stored.Metadata)
	merged.Tags = orSlice(later.Tags, stored.Tags)
	merged.Model = cmp.Or(later.Model, stored.Model)
	merged.Usage, merged.Cost = resendUsage(stored, later)
	merged.Streaming = later.Streaming || stored.Streaming
	merged.TimeToFirstToken = cmp.Or(later.TimeToFirstToken, stored.TimeToFirstToken)
	merged.Environment = cmp.Or(later.Environment, stored.Environment)
	merged.Service = cmp.Or(later.Service, stored.Service)
	merged.Version = cmp.Or(later.Version, stored.Version)
	merged.Source = cmp.Or(later.Source, stored.Source)
	merged.Call = resendCall(stored.Call, later.Call)
	merged.Payload = resendPayload(stored.Payload, later.Payload)
	return merged
}

// resendUsage keeps usage and cost together, and counted tokens before estimated ones.
func resendUsage(stored, later Span) (*Usage, *Cost) {
	if later.Usage == nil || stored.Usage != nil && later.Usage.Estimated && !stored.Usage.Estimated {
		return stored.Usage, stored.Cost
	}
	return later.Usage, later.Cost
}

func resendCall(stored, later *Call) *Call {
	if stored == nil || later == nil {
		return cmp.Or(later, stored)
	}
	return &Call{
		Provider:      cmp.Or(later.Provider, stored.Provider),
		Operation:     cmp.Or(later.Operation, stored.Operation),
		ResponseModel: cmp.Or(later.ResponseModel, stored.ResponseModel),
		ResponseID:    cmp.Or(later.ResponseID, stored.ResponseID),
		RequestID:     cmp.Or(later.RequestID, stored.RequestID),
		ToolCallID:    cmp.Or(later.ToolCallID, stored.ToolCallID),
		FinishReasons: orSlice(later.FinishReasons, stored.FinishReasons),
		HTTPStatus:    cmp.Or(later.HTTPStatus, stored.HTTPStatus),
		Resend:        cmp.Or(later.Resend, stored.Resend),
		Incomplete:    later.Incomplete || stored.Incomplete,
		In:            orSlice(later.In, stored.In),
		Out:           orSlice(later.Out, stored.Out),
	}
}

func resendPayload(stored, later Payload) Payload {
	return Payload{
		Parameters: cmp.Or(later.Parameters, stored.Parameters),
		Tools:      cmp.Or(later.Tools, stored.Tools),
		Attributes: cmp.Or(later.Attributes, stored.Attributes),
		Resource:   cmp.Or(later.Resource, stored.Resource),
		Scope:      cmp.Or(later.Scope, stored.Scope),
		Events:     cmp.Or(later.Events, stored.Events),
		Links:      cmp.Or(later.Links, stored.Links),
	}
}

// orSlice is cmp.Or for slices.
func orSlice[T any](later, stored []T) []T {
	if len(later) > 0 {
		return later
	}
	return stored
}
