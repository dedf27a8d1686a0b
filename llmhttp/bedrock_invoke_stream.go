package llmhttp

// invokeStream unwraps the chunks of a stream, each of which is an event of the model family's own stream. Whatever the
// family is, the last chunk has Bedrock's metrics.
type invokeStream struct {
	request *Request
	family  stream // nil until the first chunk has shown which it is
	usage   Usage  // of the metrics
	failed  bool
}

// framesChunks is framesAWS for events that hold the base64 text of another JSON value, which must come whole: its own
// texts are cut where it is read.
func framesChunks(first byte) newFraming {
	if framesAWS(first) == nil {
		return nil
	}
	return func(offset int64, b bounds, deliver func(event)) framing {
		b.text = maxText
		return newEventStream(offset, b, deliver)
	}
}

func newInvokeStream(q *Request) stream { return &invokeStream{request: q} }

// take gives the chunk of an event on. Only chunks count as events.
func (s *invokeStream) take(e event, x *exchange) mark {
	if e.failure != nil {
		x.Error = e.failure
	}
	s.failed = s.failed || e.broken || e.failure != nil
	chunk := fromBase64(e.data.get("bytes"), s.request)
	if e.name != "chunk" || !chunk.is(objectKind) {
		x.uncount()
		return 0
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
