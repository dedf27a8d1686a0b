module github.com/traceroot-ai/traceroot-go/bench

go 1.26.0

require (
	github.com/klauspost/compress v1.20.3
	github.com/traceroot-ai/traceroot-go v0.1.0
	go.opentelemetry.io/proto/slim/otlp v1.11.1
	google.golang.org/protobuf v1.36.12
)
