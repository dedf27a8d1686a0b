package vocab

import (
	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// plainSpan reads what any instrumentation may say of any span, by OpenTelemetry's general conventions.
func plainSpan(f *facts) {
	f.call.HTTPStatus = f.number(attr.HTTPStatusCode, "http.status_code")
	f.call.Resend = f.number(attr.HTTPResendCount, "http.resend_count")
	f.text(&f.span.Source.File, "code.file.path", "code.filepath")
	f.text(&f.span.Source.Function, "code.function.name", "code.function")
	if f.span.Source.Line == 0 {
		f.span.Source.Line = max(line(f.a["code.line.number"]), line(f.a["code.lineno"]))
	}
	f.span.Service = f.raw.Resource.text(attr.ServiceName)
	f.span.Version = f.raw.Resource.text("service.version")
	if kind := f.a.text(attr.ErrorType); f.raw.Failed && f.span.Errors == nil && kind != "" {
		f.span.Errors = []store.Error{{Type: kind, Message: f.raw.StatusMessage}}
	}
}

// number is the first whole number of 32 bits under keys; 0 where there is none.
func (f *facts) number(keys ...string) int {
	for _, key := range keys {
		if n := line(f.a[key]); n > 0 {
			return n
		}
	}
	return 0
}
