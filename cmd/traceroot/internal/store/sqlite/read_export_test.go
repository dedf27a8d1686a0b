package sqlite

import "context"

// WithListener has listener told of every query that a call with the context makes.
func WithListener(ctx context.Context, listener func(query string, args []any)) context.Context {
	return context.WithValue(ctx, listenerKey{}, listener)
}
