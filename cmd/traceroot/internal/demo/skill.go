package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/traceroot-ai/traceroot-go"
)

// skill is a tool that a model may use: a function of ours, with what the model has to know of it.
type skill struct {
	name, description string
	parameters        json.RawMessage // a JSON schema
	use               func(ctx context.Context, input json.RawMessage) (result string, err error)
}

// newSkill makes a skill of a method of of, each use of which is a span. The parameters are a JSON schema of In. The method
// comes as an expression, such as (*desk).getOrder, because a method value does not tell where in the source it is.
func newSkill[Of, In, Out any](
	name, description, parameters string, of Of, method func(Of, context.Context, In) (Out, error),
) skill {
	method = traceroot.Observe(method, traceroot.Name(name), traceroot.Type(traceroot.KindTool), traceroot.MapInput(lastArgument))
	return skill{
		name: name, description: description, parameters: json.RawMessage(parameters),
		use: func(ctx context.Context, input json.RawMessage) (string, error) {
			var in In
			if err := json.Unmarshal(input, &in); err != nil {
				return "", fmt.Errorf("read the arguments of %s: %w", name, err)
			}
			out, err := method(of, ctx, in)
			if err != nil {
				return "", err
			}
			result, err := json.Marshal(out)
			return string(result), err
		},
	}
}

// lastArgument leaves the receiver out of what a span has as its input.
func lastArgument(in any) any {
	if arguments, ok := in.([]any); ok && len(arguments) > 0 {
		return arguments[len(arguments)-1]
	}
	return in
}

// useSkill uses the skill of that name. The model may have made the name up.
func useSkill(ctx context.Context, skills []skill, name string, input json.RawMessage) (result string, err error) {
	for _, s := range skills {
		if s.name == name {
			return s.use(ctx, input)
		}
	}
	return "", fmt.Errorf("there is no tool %q", name)
}

// failure is how a model is told of an error: an answer of a service by its members, any other one by its text.
func failure(err error) string {
	var told bytes.Buffer
	e := json.NewEncoder(&told)
	e.SetEscapeHTML(false)
	_ = e.Encode(map[string]any{"error": failureOf(err)}) // Texts and numbers have a JSON form.
	return string(bytes.TrimSpace(told.Bytes()))
}
