package llmhttp

// framesGemini is how streams of Gemini begin: an array, unless alt=sse asks for server-sent events. An object is an
// answer in one piece.
func framesGemini(first byte) newFraming {
	switch first {
	case '{':
		return nil
	case '[':
		return newJSONArray
	default:
		return newGeminiSSE
	}
}

// geminiSSE is the framing of server-sent events among which an error may stand as bare JSON, without a field's name:
// Google's own clients (googleapis/go-genai, iterateResponseStream) look out for it.
type geminiSSE struct {
	*sse

	bare   *decoder
	inBare bool
}

func newGeminiSSE(offset int64, b bounds, deliver func(event)) framing {
	return &geminiSSE{sse: beginSSE(offset, b, deliver), bare: newDecoder(b)}
}

func (g *geminiSSE) write(p []byte) {
	for len(p) > 0 {
		switch {
		case g.inBare:
			p = g.writeBare(p)
		case p[0] == '{' && g.betweenEvents():
			g.inBare = true
		default:
			p = g.next(p)
		}
	}
}

func (g *geminiSSE) betweenEvents() bool {
	return g.isEmpty && !g.hasData && !g.afterCR && len(g.held) == 0
}

func (g *geminiSSE) writeBare(p []byte) (rest []byte) {
	rest = g.bare.writeFirst(p)
	g.offset += int64(len(p) - len(rest))
	switch {
	case g.bare.complete():
		e := event{data: g.bare.endFirst(), end: g.offset}
		g.endBare()
		g.deliver(e)
	case g.bare.state == failed:
		g.endBare()
		g.isEmpty, g.line = false, lineIgnored // the rest of the line says nothing either
	}
	return rest
}

func (g *geminiSSE) endBare() {
	g.bare.reset()
	g.inBare = false
}
