package llmhttp

import "strings"

// A plainBody is an answer that is neither JSON nor a stream of events.
type plainBody struct {
	mediaType string
	text      *value // nil when the body is no text
	size      int64  // bytes of the body
}

// isPlain goes by the answer's header. But JSON that is called text is JSON, and a page is a gateway's, not a provider's.
func (p *Parser) isPlain(first byte) bool {
	t := p.mediaType()
	switch {
	case p.request.spoken().plain == nil, t == "", t == "text/event-stream", t == "text/html":
		return false
	case t == "application/json", strings.HasSuffix(t, "+json"):
		return false
	default:
		return first != '{' || !isText(t)
	}
}

// mediaType is that of the answer, without parameters; "" when its header names none.
func (x *exchange) mediaType() string { return mediaTypeOf(x.header.Get("Content-Type")) }

func mediaTypeOf(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

func isText(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") || mediaType == "application/x-subrip"
}

func (p *Parser) beginPlain() {
	limit := 0
	if isText(p.mediaType()) {
		limit = p.request.limits.bounds(p.request.spoken()).text
	}
	p.framing = &plain{head: beginning{limit: limit}, deliver: p.takePlain}
}

func (p *Parser) takePlain(head []byte, size int64) {
	b := plainBody{mediaType: p.mediaType(), size: size}
	if isText(b.mediaType) {
		b.text = textValue(head, int(size))
	}
	p.Complete = true
	p.request.spoken().plain(b, &p.exchange)
}

// plain is the framing of a plainBody. It keeps the beginning of a text, and nothing of other data.
type plain struct {
	deliver func(head []byte, size int64)
	head    beginning
	size    int64
}

func (b *plain) write(p []byte) {
	n, _ := b.head.Write(p)
	b.size += int64(n)
}

func (b *plain) end() { b.deliver(b.head.kept, b.size) }
