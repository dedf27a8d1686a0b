package llmhttp

// geminiCallSoFar is a call of a function. Its arguments come whole; or, where a request to Vertex AI has
// streamFunctionCallArguments, as values of paths into them, over many parts.
type geminiCallSoFar struct {
	id, name  string
	whole     fragments
	partial   *argument // nil where the arguments came whole
	continues bool      // another part is to follow
}

// takeCall adds a call, or continues the last one, and tells whether there was anything to add.
func (s *geminiStream) takeCall(c *geminiCandidate, f *value) bool {
	call := c.continued(f)
	if call == nil {
		if !f.given() {
			return false
		}
		if call = s.newCall(c, f); call == nil {
			return true
		}
	}
	call.continues = f.either("willContinue", "will_continue").given()
	if arguments := f.get("args"); arguments.given() {
		s.room.add(&call.whole, argumentsText(arguments))
	}
	for v := range f.either("partialArgs", "partial_args").all() {
		if call.partial == nil {
			call.partial = new(argument)
		}
		s.takeArgument(call.partial, v)
	}
	return f.given()
}

// continued is the call that goes on in f, nil when f is a new one.
func (c *geminiCandidate) continued(f *value) *geminiCallSoFar {
	last := len(c.calls) - 1
	if last < 0 || !c.calls[last].continues {
		return nil
	}
	if name := f.get("name").str(); name != "" && name != c.calls[last].name {
		return nil
	}
	return c.calls[last]
}

func (s *geminiStream) newCall(c *geminiCandidate, f *value) *geminiCallSoFar {
	call := &geminiCallSoFar{id: f.get("id").str(), name: f.get("name").str()}
	if len(c.calls) == maxPieces || !s.room.spend(pieceSize+len(call.id)+len(call.name)) {
		return nil
	}
	c.calls = append(c.calls, call)
	return call
}

func (c *geminiCallSoFar) call() ToolCall {
	if c.partial != nil {
		return ToolCall{ID: c.id, Name: c.name, Arguments: c.partial.appendJSON(nil), Dropped: c.partial.dropped()}
	}
	return toolCall(c.id, c.name, &value{kind: textKind, text: string(c.whole.kept), size: c.whole.size})
}
