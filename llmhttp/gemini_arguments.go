package llmhttp

import "strings"

// An argument is a value that is put together from the values of paths into it. The zero argument is an empty object.
type argument struct {
	key     string // the name, or the index, by which the value around it holds it
	literal string // a number, true, false or null
	isText  bool
	text    fragments
	isList  bool
	inner   []*argument // in the order in which they came
}

// takeArgument adds the value of one path. A text goes on in the next value of its path.
func (s *geminiStream) takeArgument(root *argument, v *value) {
	text := v.either("stringValue", "string_value")
	literal := literalArgument(v)
	steps := stepsOf(v.either("jsonPath", "json_path").str())
	if !text.is(textKind) && literal == "" || len(steps) == 0 || len(steps) > maxDepth {
		return
	}
	a := root
	for _, step := range steps {
		if a = s.innerOf(a, step); a == nil {
			return
		}
	}
	if a.literal = literal; literal == "" {
		a.isText = true
		s.room.add(&a.text, text)
	}
}

// literalArgument is the JSON of a value that is no text.
func literalArgument(v *value) string {
	if v.either("nullValue", "null_value") != nil {
		return "null"
	}
	plain := v.either("numberValue", "number_value", "boolValue", "bool_value")
	if !plain.is(numberKind) && !plain.is(boolKind) {
		return ""
	}
	return plain.words()
}

// innerOf is what an argument holds at a step, made when there is nothing; nil when there is no room.
func (s *geminiStream) innerOf(a *argument, step pathStep) *argument {
	for _, found := range a.inner {
		if found.key == step.key {
			return found
		}
	}
	if len(a.inner) == maxPieces || !s.room.takePiece() || !s.room.spend(len(step.key)) {
		return nil
	}
	a.isList = step.isIndex
	made := &argument{key: step.key}
	a.inner = append(a.inner, made)
	return made
}

type pathStep struct {
	key     string
	isIndex bool
}

// stepsOf reads a path like $.rooms[0]['main light'].on (RFC 9535); none when it is another.
func stepsOf(path string) []pathStep {
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return nil
	}
	var steps []pathStep
	for rest != "" {
		switch rest[0] {
		case '.':
			name := rest[1:]
			if n := strings.IndexAny(name, ".["); n >= 0 {
				name = name[:n]
			}
			steps = append(steps, pathStep{key: name})
			rest = rest[1+len(name):]
		case '[':
			inside, after, closed := strings.Cut(rest[1:], "]")
			if !closed {
				return nil
			}
			name := strings.Trim(inside, `'"`)
			steps = append(steps, pathStep{key: name, isIndex: name == inside})
			rest = after
		default:
			return nil
		}
	}
	return steps
}

func (a *argument) appendJSON(dst []byte) []byte {
	switch {
	case a.isList:
		return appendList(dst, a.inner, (*argument).appendJSON)
	case len(a.inner) > 0:
		o := beginObject(dst)
		for _, member := range a.inner {
			o.name(member.key)
			o.dst = member.appendJSON(o.dst)
		}
		return o.end()
	case a.literal != "":
		return append(dst, a.literal...)
	case a.isText:
		return appendText(dst, string(a.text.kept))
	default:
		return append(dst, "{}"...)
	}
}

func (a *argument) dropped() int {
	n := a.text.dropped()
	for _, inner := range a.inner {
		n += inner.dropped()
	}
	return n
}
