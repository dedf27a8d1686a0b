package source_test

import (
	"context"
	"errors"
)

// Functions of every kind, for the tests to find. Their lines count: each is marked with what the tests call it.

type tool struct{ name string }

func (t *tool) Run(context.Context) error { return errors.New(t.name) } // line: pointer method

func (t tool) Name() string { return t.name } // line: value method

type runner interface{ Run(context.Context) error }

type box[T any] struct{ value T }

func (b *box[T]) Get() T { return b.value } // line: generic method

func searchDocs(ctx context.Context, query string) ([]string, error) { // line: plain
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return []string{query}, nil
}

// increment has no stack frame, so that its first instruction is one of its body.
func increment(n int) int { // line: frameless
	return n +
		1
}

// incrementTwice begins with the inlined body of another function.
func incrementTwice(n int) int { // line: inlining
	return increment(increment(n))
}

func identity[T any](v T) T { // line: generic
	return v
}

var packageLiteral = func() string { // line: package literal
	return "literal"
}

func makeLiteral(n int) func() int {
	return func() int { // line: returned literal
		return n
	}
}
