package main

import (
	"context"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/traceroot-ai/traceroot-go/integrations/tracemcp"
)

type place struct {
	Place string `json:"place" jsonschema:"the city"`
}

// connectWeather starts an MCP server in this process and connects to it, both hooked: the server's spans join the
// client's trace.
func connectWeather(ctx context.Context) (*mcp.ClientSession, error) {
	server := mcp.NewServer(&mcp.Implementation{Name: "weather", Version: "v1.0.0"}, nil)
	server.AddReceivingMiddleware(tracemcp.NewServerMiddleware())
	mcp.AddTool(server, &mcp.Tool{Name: "forecast", Description: "Tells the weather of the next days."}, forecast)

	client := mcp.NewClient(&mcp.Implementation{Name: "travel-planner", Version: "v1.0.0"}, nil)
	client.AddSendingMiddleware(tracemcp.NewClientMiddleware())

	here, there := mcp.NewInMemoryTransports()
	if _, err := server.Connect(ctx, there, nil); err != nil {
		return nil, err
	}
	return client.Connect(ctx, here, nil)
}

func forecast(_ context.Context, _ *mcp.CallToolRequest, at place) (*mcp.CallToolResult, any, error) {
	text := at.Place + ": 4 °C and clear on Saturday, snow on Sunday"
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: text}}}, nil, nil
}
