package traceroot

import "github.com/traceroot-ai/traceroot-go/attr"

const (
	// Version is the SDK's version, without a leading v.
	Version = "0.1.0"

	sdkName   = "traceroot-go"
	scopeName = attr.Scope
	namespace = "traceroot" // of the scopes of integrations
)
