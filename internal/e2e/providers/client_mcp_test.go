package providers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// MCP is no model traffic. Its client holds event streams open, which a hook has to leave alone.
func TestMCP(t *testing.T) {
	t.Parallel()
	server := mcp.NewServer(&mcp.Implementation{Name: "orders", Version: "1"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: toolName, Description: toolAbout},
		func(context.Context, *mcp.CallToolRequest, struct{ Number int }) (*mcp.CallToolResult, map[string]string, error) {
			return nil, map[string]string{"state": toolResult}, nil
		})
	host := httptest.NewServer(mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, nil))
	t.Cleanup(host.Close)

	without := callMCP(t.Context(), t, host.URL, &http.Client{})
	for name, c := range map[string]*http.Client{
		"HTTPClient": traceroot.HTTPClient(nil),
		"Transport":  {Transport: traceroot.Transport(http.DefaultTransport)},
	} {
		t.Run("integrations-13 a client of MCP, "+name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			if with := callMCP(ctx, t, host.URL, c); !reflect.DeepEqual(with, without) {
				t.Errorf("the tool gives %v, without the SDK %v", with, without)
			}
			if spans := rec.Spans(); len(spans) != 0 {
				t.Errorf("the trace is\n%s", rec.Tree())
			}
		})
	}
}

func callMCP(ctx context.Context, t *testing.T, url string, c *http.Client) any {
	t.Helper()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "agent", Version: "1"}, nil).Connect(ctx,
		&mcp.StreamableClientTransport{Endpoint: url, HTTPClient: c}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := session.Close(); err != nil {
			t.Errorf("close the session: %v", err)
		}
	}()
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: toolName, Arguments: toolArguments()})
	if err != nil {
		t.Fatal(err)
	}
	return result.StructuredContent
}
