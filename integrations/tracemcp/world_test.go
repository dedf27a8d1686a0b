package tracemcp_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/traceroot-ai/traceroot-go/integrations/tracemcp"
)

// world is a client and a server that talk to each other.
type world struct {
	client *mcp.Client
	server *mcp.Server
}

// newWorld makes both sides, with the middleware of the package.
func newWorld() world {
	w := untracedWorld()
	w.client.AddSendingMiddleware(tracemcp.NewClientMiddleware())
	w.server.AddReceivingMiddleware(tracemcp.NewServerMiddleware())
	return w
}

func untracedWorld() world {
	return world{
		client: mcp.NewClient(&mcp.Implementation{Name: "agent", Version: "v1"}, nil),
		server: mcp.NewServer(&mcp.Implementation{Name: "shop", Version: "v1"}, nil),
	}
}

// transports are the ways to connect the two sides of a world.
var transports = []struct {
	name    string
	connect func(context.Context, *testing.T, world) *mcp.ClientSession
}{
	{"in memory", connectInMemory},
	{"over streamable HTTP", func(ctx context.Context, t *testing.T, w world) *mcp.ClientSession {
		t.Helper()
		return connectHTTP(ctx, t, w, http.DefaultTransport)
	}},
}

// connectInMemory connects the sides within the process. What the server records goes where ctx says.
func connectInMemory(ctx context.Context, t *testing.T, w world) *mcp.ClientSession {
	t.Helper()
	near, far := mcp.NewInMemoryTransports()
	serving, err := w.server.Connect(ctx, far, nil)
	if err != nil {
		t.Fatal(err)
	}
	session, err := w.client.Connect(ctx, near, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = session.Close()
		_ = serving.Wait()
	})
	return session
}

// connectHTTP connects the sides by a server on loopback, whose requests have ctx's values.
func connectHTTP(ctx context.Context, t *testing.T, w world, wire http.RoundTripper) *mcp.ClientSession {
	t.Helper()
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return w.server }, nil)
	listener := httptest.NewUnstartedServer(handler)
	listener.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	listener.Start()
	session, err := w.client.Connect(ctx, &mcp.StreamableClientTransport{
		Endpoint: listener.URL, HTTPClient: &http.Client{Transport: wire},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = session.Close()
		listener.Close()
	})
	return session
}

// query is what the tools of the tests take.
type query struct {
	Text string `json:"text"`
}

// addTool gives the server a tool named search that answers with text.
func (w world) addTool(answer func(ctx context.Context, text string) (string, error)) {
	mcp.AddTool(w.server, &mcp.Tool{Name: "search", Description: "finds products"},
		func(ctx context.Context, _ *mcp.CallToolRequest, in query) (*mcp.CallToolResult, any, error) {
			text, err := answer(ctx, in.Text)
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}}, nil, err
		})
}

func searchFor(text string) *mcp.CallToolParams {
	return &mcp.CallToolParams{Name: "search", Arguments: query{Text: text}}
}
