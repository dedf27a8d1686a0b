package traceeino

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/cloudwego/eino/components/model"
	"github.com/cloudwego/eino/components/tool"
	"github.com/cloudwego/eino/schema"
)

// maxItems bounds what is kept of a stream. The rest is read and dropped.
const maxItems = 10_000

// gather reads a stream to its end and closes it. first, unless nil, is called at the first item.
func gather[T any](reader *schema.StreamReader[T], first func()) (items []any, err error) {
	defer reader.Close()
	defer func() {
		if panicked := recover(); panicked != nil { // in code of the program that converts the items
			err = fmt.Errorf("read the stream: panic: %v", panicked)
		}
	}()
	for {
		item, err := reader.Recv()
		if _, oneOfMany := schema.GetSourceName(err); oneOfMany {
			continue
		}
		if errors.Is(err, io.EOF) {
			return items, nil
		}
		if err != nil {
			return items, err
		}
		if len(items) == 0 && first != nil {
			first()
		}
		if len(items) < maxItems {
			items = append(items, item)
		}
	}
}

// merged puts the items of a stream together where that is meant: parts of a message, of the messages of several tools,
// of a text. Others stay a list, unless there is only one.
func merged(items []any) any {
	if messages, ok := allOf[*schema.Message](items); ok {
		return mergedOr(schema.ConcatMessages, messages, items)
	}
	if lists, ok := allOf[[]*schema.Message](items); ok {
		return mergedOr(schema.ConcatMessageArray, lists, items)
	}
	if outputs, ok := allOf[*model.CallbackOutput](items); ok {
		return mergedOr(mergedModelOutput, outputs, items)
	}
	if texts, ok := allOf[string](items); ok {
		return strings.Join(texts, "")
	}
	if outputs, ok := allOf[*tool.CallbackOutput](items); ok {
		return mergedOr(mergedToolOutput, outputs, items)
	}
	if results, ok := allOf[*schema.ToolResult](items); ok {
		return mergedOr(schema.ConcatToolResults, results, items)
	}
	if len(items) == 1 {
		return items[0]
	}
	return items
}

// allOf is items as values of one type; false when one of them is of another type or nil.
func allOf[T any](items []any) ([]T, bool) {
	values := make([]T, len(items))
	for i, item := range items {
		value, ok := item.(T)
		if !ok {
			return nil, false
		}
		values[i] = value
	}
	return values, true
}

// mergedOr is the result of concat, or the items as they came when they do not fit together.
func mergedOr[T, R any](concat func([]T) (R, error), values []T, items []any) (result any) {
	defer func() {
		if recover() != nil {
			result = items
		}
	}()
	whole, err := concat(values)
	if err != nil {
		return items
	}
	return whole
}

func mergedModelOutput(parts []*model.CallbackOutput) (*model.CallbackOutput, error) {
	whole := &model.CallbackOutput{}
	var messages []*schema.Message
	for _, part := range parts {
		if part.Message != nil {
			messages = append(messages, part.Message)
		}
		if part.TokenUsage != nil {
			whole.TokenUsage = part.TokenUsage
		}
		if part.Config != nil {
			whole.Config = part.Config
		}
	}
	if len(messages) == 0 {
		return whole, nil
	}
	var err error
	whole.Message, err = schema.ConcatMessages(messages)
	return whole, err
}

func mergedToolOutput(parts []*tool.CallbackOutput) (*tool.CallbackOutput, error) {
	var text strings.Builder
	var results []*schema.ToolResult
	for _, part := range parts {
		text.WriteString(part.Response)
		if part.ToolOutput != nil {
			results = append(results, part.ToolOutput)
		}
	}
	whole := &tool.CallbackOutput{Response: text.String()}
	if len(results) == 0 {
		return whole, nil
	}
	var err error
	whole.ToolOutput, err = schema.ConcatToolResults(results)
	return whole, err
}

// group is the goroutines that read streams. Each ends with its stream.
type group struct {
	mu   sync.Mutex
	n    int           // that are running; guarded by mu
	idle chan struct{} // closed when n is 0 again; nil while it is; guarded by mu
}

func (g *group) start(read func()) {
	g.mu.Lock()
	g.n++
	if g.n == 1 {
		g.idle = make(chan struct{})
	}
	g.mu.Unlock()
	go func() {
		defer g.done()
		read()
	}()
}

func (g *group) done() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n--
	if g.n == 0 {
		close(g.idle)
		g.idle = nil
	}
}

func (g *group) wait(ctx context.Context) error {
	g.mu.Lock()
	n, idle := g.n, g.idle
	g.mu.Unlock()
	if idle == nil {
		return nil
	}
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for %d streams: %w", n, context.Cause(ctx))
	}
}
