package traceeino_test

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/cloudwego/eino/callbacks"
	"github.com/cloudwego/eino/components/tool"
	"github.com/cloudwego/eino/compose"
	"github.com/cloudwego/eino/flow/agent/react"
	"github.com/cloudwego/eino/schema"

	"github.com/traceroot-ai/traceroot-go/integrations/traceeino"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// t is the *testing.T of a test; an example has none.
var t = &exampleT{}

// assistant is an agent that asks its model twice, with a tool in between.
func assistant(ctx context.Context) *react.Agent {
	model := &scripted{answers: [][]*schema.Message{{callWeather("Oslo")}, {schema.AssistantMessage("It rains.", nil)}}}
	agent, err := react.NewAgent(ctx, &react.AgentConfig{
		ToolCallingModel: model,
		ToolsConfig:      compose.ToolsNodeConfig{Tools: []tool.BaseTool{weatherTool(t)}},
	})
	if err != nil {
		panic(err)
	}
	return agent
}

func ExampleNewHandler() {
	ctx, rec := traceroottest.New(t) // in a program: traceroot.Initialize()
	defer callbacks.InitCallbackHandlers(nil)

	handler := traceeino.NewHandler()
	callbacks.AppendGlobalHandlers(handler)

	_, _ = assistant(ctx).Generate(ctx, []*schema.Message{schema.UserMessage("Weather in Oslo?")})

	fmt.Print(rec.Tree())
	// Output:
	// agent ReActAgent
	//   span ChatModel
	//   span Tools
	//     tool weather
	//   span ChatModel
}

func ExampleWithModelSpans() {
	ctx, rec := traceroottest.New(t)

	handler := traceeino.NewHandler(traceeino.WithModelSpans())
	_, _ = assistant(ctx).Generate(ctx, []*schema.Message{schema.UserMessage("Weather in Oslo?")}, withHandler(handler))

	fmt.Print(rec.Tree())
	// Output:
	// agent ReActAgent
	//   llm ChatModel
	//   span Tools
	//     tool weather
	//   llm ChatModel
}

func ExampleWithAgents() {
	ctx, rec := traceroottest.New(t)
	graph := compose.NewChain[[]*schema.Message, *schema.Message]()
	graph.AppendChatModel(says("Hello!"))
	concierge, err := graph.Compile(ctx, compose.WithGraphName("concierge"))
	if err != nil {
		panic(err)
	}

	handler := traceeino.NewHandler(traceeino.WithAgents("concierge"))
	_, _ = concierge.Invoke(ctx, []*schema.Message{schema.UserMessage("Hi")}, compose.WithCallbacks(handler))

	fmt.Print(rec.Tree())
	// Output:
	// agent concierge
	//   span ScriptedChatModel
}

func ExampleHandler_Wait() {
	ctx, rec := traceroottest.New(t)
	handler := traceeino.NewHandler()

	stream, err := assistant(ctx).Stream(ctx, []*schema.Message{schema.UserMessage("Weather in Oslo?")}, withHandler(handler))
	if err != nil {
		panic(err)
	}
	for part, err := stream.Recv(); err == nil; part, err = stream.Recv() {
		fmt.Println(part.Content)
	}
	stream.Close()

	_ = handler.Wait(ctx) // then traceroot.Shutdown
	fmt.Println(rec.Span("ReActAgent").Output)
	// Output:
	// It rains.
	// [map[content:It rains. role:assistant]]
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
