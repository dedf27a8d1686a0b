package tracemcp_test

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/integrations/tracemcp"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// t is the *testing.T of a test; an example has none.
var t = &exampleT{}

type city struct {
	Name string `json:"name"`
}

func weather(context.Context, *mcp.CallToolRequest, city) (*mcp.CallToolResult, any, error) {
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "rain"}}}, nil, nil
}

func Example() {
	ctx, rec := traceroottest.New(t) // in a program: traceroot.Initialize()

	server := mcp.NewServer(&mcp.Implementation{Name: "weather"}, nil)
	server.AddReceivingMiddleware(tracemcp.NewServerMiddleware())
	mcp.AddTool(server, &mcp.Tool{Name: "weather"}, weather)

	client := mcp.NewClient(&mcp.Implementation{Name: "agent"}, nil)
	client.AddSendingMiddleware(tracemcp.NewClientMiddleware())

	session := connect(ctx, client, server)
	_ = traceroot.Run(ctx, "answer", func(ctx context.Context) error {
		_, err := session.CallTool(ctx, &mcp.CallToolParams{Name: "weather", Arguments: city{"Oslo"}})
		return err
	}, traceroot.Type(traceroot.KindAgent))

	fmt.Print(rec.Tree())
	// Output:
	// agent answer
	//   tool weather
	//     tool weather
}

func ExampleNewClientMiddleware() {
	ctx, rec := traceroottest.New(t)
	server := mcp.NewServer(&mcp.Implementation{Name: "weather"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "weather"}, weather)

	client := mcp.NewClient(&mcp.Implementation{Name: "agent"}, nil)
	client.AddSendingMiddleware(tracemcp.NewClientMiddleware())

	session := connect(ctx, client, server)
	_, _ = session.CallTool(ctx, &mcp.CallToolParams{Name: "weather", Arguments: city{"Oslo"}})

	span := rec.Span("weather")
	fmt.Println(span.Type, span.Input, span.Output)
	// Output: tool map[name:Oslo] rain
}

func ExampleNewServerMiddleware() {
	ctx, rec := traceroottest.New(t)
	client := mcp.NewClient(&mcp.Implementation{Name: "agent"}, nil)

	server := mcp.NewServer(&mcp.Implementation{Name: "weather"}, nil)
	server.AddReceivingMiddleware(tracemcp.NewServerMiddleware(traceroot.CaptureOutput(false)))
	mcp.AddTool(server, &mcp.Tool{Name: "weather"}, weather)

	session := connect(ctx, client, server)
	_, _ = session.CallTool(ctx, &mcp.CallToolParams{Name: "weather", Arguments: city{"Oslo"}})

	span := rec.Span("weather")
	fmt.Println(span.Type, span.Input, span.Output)
	// Output: tool map[name:Oslo] <nil>
}

// connect joins the two within the process.
func connect(ctx context.Context, client *mcp.Client, server *mcp.Server) *mcp.ClientSession {
	near, far := mcp.NewInMemoryTransports()
	if _, err := server.Connect(ctx, far, nil); err != nil {
		panic(err)
	}
	session, err := client.Connect(ctx, near, nil)
	if err != nil {
		panic(err)
	}
	return session
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
