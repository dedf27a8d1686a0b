package traceroottest

import "strings"

// Tree draws the spans, one indented line each: type, name and, on a failed span, the error. It holds no ids and no
// times, so it suits golden files. Spans whose parent has not ended stand at the left margin.
//
//	agent answer
//	  tool search
//	  llm generate ✗ no tokens left
func (r *Recorder) Tree() string {
	r.tb.Helper()
	spans := r.Spans()
	known := map[string]bool{}
	for _, s := range spans {
		known[s.SpanID] = true
	}
	children := map[string][]Span{}
	for _, s := range spans {
		parent := s.ParentID
		if !known[parent] {
			parent = ""
		}
		children[parent] = append(children[parent], s)
	}
	var b strings.Builder
	drawChildren(&b, children, "", "")
	return b.String()
}

func drawChildren(b *strings.Builder, children map[string][]Span, parent, indent string) {
	for _, s := range children[parent] {
		b.WriteString(indent + string(s.Type) + " " + onOneLine(s.Name))
		if s.Err != "" {
			b.WriteString(" ✗ " + onOneLine(s.Err))
		}
		b.WriteByte('\n')
		drawChildren(b, children, s.SpanID, indent+"  ")
	}
}

func onOneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
