package tracebedrock_test

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"

	"github.com/traceroot-ai/traceroot-go/integrations/tracebedrock"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// t is the *testing.T of a test; an example has none.
var t = &exampleT{}

func ExampleNewOption() {
	ctx, rec := traceroottest.New(t) // in a program: traceroot.Initialize()
	cfg := config()

	client := bedrockruntime.NewFromConfig(cfg, tracebedrock.NewOption())
	_, _ = client.Converse(ctx, converseInput())

	span := rec.Spans()[0]
	fmt.Println(span.Type, span.Name, span.Usage.InputTokens, span.Usage.OutputTokens)
	// Output: llm chat anthropic.claude-3-5-haiku-20241022-v1:0 12 3
}

// config stands for that of config.LoadDefaultConfig.
func config() aws.Config {
	return newService(t, converseAnswer).config()
}

// exampleT is what of a testing.TB the recorder uses.
type exampleT struct{ testing.TB }

func (*exampleT) Helper()                  {}
func (*exampleT) Cleanup(func())           {}
func (*exampleT) Output() io.Writer        { return io.Discard }
func (*exampleT) Context() context.Context { return context.Background() }
func (*exampleT) Errorf(format string, args ...any) {
	fmt.Printf(format+"\n", args...)
}
