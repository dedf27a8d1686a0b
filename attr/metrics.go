package attr

// Metrics of an SDK's deliveries, beside those of OpenTelemetry's own vocabulary (otel.sdk.…).
const (
	MetricQueueBytes = "traceroot.delivery.queue.bytes" // what spans that wait in memory hold, encoded
	MetricSpooled    = "traceroot.delivery.spooled"     // spans on disk, those of earlier processes included
	MetricRecovered  = "traceroot.delivery.recovered"   // spans of earlier processes: sent, or with error.type lost
	MetricRequests   = "traceroot.delivery.requests"
	MetricRetries    = "traceroot.delivery.retries"    // requests that sent spans again
	MetricBytes      = "traceroot.delivery.bytes"      // sent, after compression
	MetricMaskFails  = "traceroot.delivery.mask.fails" // values replaced because a mask panicked
)
