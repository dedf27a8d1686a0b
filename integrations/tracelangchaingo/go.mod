module github.com/traceroot-ai/traceroot-go/integrations/tracelangchaingo

go 1.26.0

require github.com/traceroot-ai/traceroot-go v0.1.0
