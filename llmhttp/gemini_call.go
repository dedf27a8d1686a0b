package llmhttp

// geminiCallSoFar is a call of a function. Its arguments come whole; or, where a request to Vertex AI has
// streamFunctionCallArguments, as values of paths into them, over many parts.
type geminiCallSoFar struct {
	streamedCall

	partial   *argument // nil where the arguments came whole
	continues bool      // another part is to follow
}

// takeCall adds a call, or continues the last one, and tells whether there was anything to add.
func (s *geminiStream) takeCall(c *geminiCandidate, f *value) bool {
	if !f.given() && c.continued(f) == nil {
		return false
	}
	call := c.continued(f)
	if call == nil {
		if call = s.newCall(c); call == nil {
			return true
		}
	}
	call.continues = f.either("willContinue", "will_continue").given()
	s.room.addToCall(&call.streamedCall, f.get("id"), f.get("name"), f.get("args"))
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

func (s *geminiStream) newCall(c *geminiCandidate) *geminiCallSoFar {
	if len(c.calls) == maxPieces || !s.room.takePiece() {
		return nil
	}
	call := new(geminiCallSoFar)
	c.calls = append(c.calls, call)
	return call
}

func (c *geminiCallSoFar) call() ToolCall {
	if c.partial != nil {
		return ToolCall{ID: c.id, Name: c.name, Arguments: c.partial.appendJSON(nil), Dropped: c.partial.dropped()}
	}
	return c.streamedCall.call()
}
