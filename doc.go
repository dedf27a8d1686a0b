package traceroot
