package llmhttp

// invokeStream unwraps the chunks of a stream, each of which is an event of the model family's own stream. Whatever the
// family is, the last chunk has Bedrock's metrics.
type invokeStream struct {
	request *Request
	family  stream // nil until the first chunk has shown which it is
	usage   Usage  // of the metrics
	failed  bool
}

func newInvokeStream(q *Request) stream { return &invokeStream{request: q} }

// take gives the chunk of an event on. Only chunks count as events.
func (s *invokeStream) take(e event, x *exchange) mark {
	if e.failure != nil {
		x.Error = e.failure
	}
	s.failed = s.failed || e.broken || e.failure != nil
	chunk := e.data.get("bytes").wrapped()
	if e.name != "chunk" || !chunk.is(objectKind) {
		return isNoEvent
	}
	if s.family == nil {
		s.family = familyOf(chunk, s.request)
	}
	m := s.family.take(event{data: chunk, end: e.end}, x)
	if metrics := chunk.get(invokeMetrics); metrics.known() {
		s.usage = metricsUsage(metrics)
		m |= isTerminal
	}
	return m
}

func (s *invokeStream) finish(x *exchange) {
	if s.family != nil {
		s.family.finish(x)
	}
	if x.Usage.Output.N == 0 && s.usage != (Usage{}) {
		x.Usage = s.usage
	}
	x.Complete = x.Complete && !s.failed
}

// invokeMetrics is what Bedrock adds to the last chunk.
const invokeMetrics = "amazon-bedrock-invocationMetrics"

func metricsUsage(metrics *value) Usage {
	return grossUsage(Usage{
		Input: metrics.get("inputTokenCount").count(), Output: metrics.get("outputTokenCount").count(),
		CacheRead: metrics.get("cacheReadInputTokenCount").count(), CacheWrite: metrics.get("cacheWriteInputTokenCount").count(),
	})
}
