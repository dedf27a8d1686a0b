package tracemcp_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/traceroot-ai/traceroot-go/integrations/tracemcp"
	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

// respond has the middleware of a server record a tool call that is answered with result.
func respond(ctx context.Context, t *testing.T, result mcp.Result) {
	t.Helper()
	handle := tracemcp.NewServerMiddleware()(func(context.Context, string, mcp.Request) (mcp.Result, error) { return result, nil })
	got, err := handle(ctx, "tools/call", &mcp.CallToolRequest{Params: &mcp.CallToolParamsRaw{Name: "search"}})
	if err != nil || got != result {
		t.Fatalf("the handler's result became %v, %v", got, err)
	}
}

func TestOutputOfTools(t *testing.T) {
	t.Parallel()
	text := func(s string) *mcp.TextContent { return &mcp.TextContent{Text: s} }
	for _, test := range []struct {
		name   string
		result *mcp.CallToolResult
		want   string // JSON
	}{
		{"nothing", &mcp.CallToolResult{}, `[]`},
		{"a text", &mcp.CallToolResult{Content: []mcp.Content{text("red")}}, `"red"`},
		{
			"several texts", &mcp.CallToolResult{Content: []mcp.Content{text("red"), text("blue")}},
			`[{"type":"text","text":"red"},{"type":"text","text":"blue"}]`,
		},
		{
			"media, without the bytes", &mcp.CallToolResult{Content: []mcp.Content{
				&mcp.ImageContent{Data: make([]byte, 300), MIMEType: "image/png"},
				&mcp.AudioContent{Data: []byte("la"), MIMEType: "audio/wav"},
			}},
			`[{"type":"image","source":"inline","base64_len":400,"media_type":"image/png"},
			  {"type":"audio","source":"inline","base64_len":4,"media_type":"audio/wav"}]`,
		},
		{
			"resources", &mcp.CallToolResult{Content: []mcp.Content{
				&mcp.ResourceLink{URI: "file:///a", Name: "a", MIMEType: "text/plain"},
				&mcp.EmbeddedResource{Resource: &mcp.ResourceContents{URI: "file:///b", MIMEType: "image/png", Blob: make([]byte, 3)}},
				&mcp.EmbeddedResource{},
			}},
			`[{"type":"resource_link","uri":"file:///a","name":"a","media_type":"text/plain"},
			  {"type":"resource","source":"inline","base64_len":4,"uri":"file:///b","media_type":"image/png"},
			  null]`,
		},
		{
			"structured content that the text repeats",
			&mcp.CallToolResult{Content: []mcp.Content{text(`{"b": 1, "a": 2}`)}, StructuredContent: map[string]any{"a": 2, "b": 1}},
			`{"a":2,"b":1}`,
		},
		{
			"structured content beside another text",
			&mcp.CallToolResult{Content: []mcp.Content{text("two")}, StructuredContent: map[string]any{"count": 2}},
			`{"content":"two","structuredContent":{"count":2}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			ctx, rec := traceroottest.New(t)
			respond(ctx, t, test.result)
			expectJSON(t, rec.Span("search").Output, test.want)
		})
	}
}

func TestResources(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	w := newWorld()
	contents := map[string][]*mcp.ResourceContents{
		"shop://terms": {{URI: "shop://terms", MIMEType: "text/plain", Text: "no refunds"}},
		"shop://logo":  {{URI: "shop://logo", MIMEType: "image/png", Blob: make([]byte, 30)}},
	}
	for uri := range contents {
		w.server.AddResource(&mcp.Resource{URI: uri, Name: uri}, func(context.Context, *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
			return &mcp.ReadResourceResult{Contents: contents[uri]}, nil
		})
	}
	session := connectInMemory(ctx, t, w)
	for _, uri := range []string{"shop://terms", "shop://logo", "shop://prices"} {
		_, _ = session.ReadResource(ctx, &mcp.ReadResourceParams{URI: uri})
	}

	spans := rec.Spans()
	if len(spans) != 6 {
		t.Fatalf("got\n%swant a client's and a server's span for each of three reads", rec.Tree())
	}
	for i, want := range []struct{ uri, output string }{
		{"shop://terms", `"no refunds"`},
		{"shop://logo", `[{"type":"resource","source":"inline","base64_len":40,"media_type":"image/png","uri":"shop://logo"}]`},
		{"shop://prices", `null`},
	} {
		client, server := spans[2*i], spans[2*i+1]
		for _, span := range []traceroottest.Span{client, server} {
			if span.Name != "resources/read" || span.Type != "span" || span.Input != want.uri {
				t.Errorf("%s %s of %v, want a read of %s", span.Type, span.Name, span.Input, want.uri)
			}
			expectJSON(t, span.Output, want.output)
			if failed := span.Err != ""; failed != (want.output == `null`) {
				t.Errorf("the read of %s has error %q", want.uri, span.Err)
			}
		}
		if server.ParentID != client.SpanID {
			t.Errorf("the server's read of %s is not below the client's", want.uri)
		}
	}
}

func TestPrompts(t *testing.T) {
	t.Parallel()
	ctx, rec := traceroottest.New(t)
	w := newWorld()
	w.server.AddPrompt(&mcp.Prompt{Name: "greet", Arguments: []*mcp.PromptArgument{{Name: "who"}}},
		func(_ context.Context, req *mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
			return &mcp.GetPromptResult{Messages: []*mcp.PromptMessage{
				{Role: "user", Content: &mcp.TextContent{Text: "Say hello to " + req.Params.Arguments["who"]}},
				{Role: "user", Content: &mcp.ImageContent{Data: make([]byte, 3), MIMEType: "image/png"}},
			}}, nil
		})
	session := connectInMemory(ctx, t, w)
	if _, err := session.GetPrompt(ctx, &mcp.GetPromptParams{Name: "greet", Arguments: map[string]string{"who": "Ada"}}); err != nil {
		t.Fatal(err)
	}

	if got, want := rec.Tree(), "span prompts/get greet\n  span prompts/get greet\n"; got != want {
		t.Fatalf("got\n%swant\n%s", got, want)
	}
	for _, span := range rec.Spans() {
		expectJSON(t, span.Input, `{"who":"Ada"}`)
		expectJSON(t, span.Output, `[{"role":"user","content":"Say hello to Ada"},
			{"role":"user","content":[{"type":"image","source":"inline","base64_len":4,"media_type":"image/png"}]}]`)
	}
}

// expectJSON compares a decoded value with JSON text, whatever the order of members.
func expectJSON(t *testing.T, got any, want string) {
	t.Helper()
	var decoded any
	if err := json.Unmarshal([]byte(want), &decoded); err != nil {
		t.Fatal(err)
	}
	is, _ := json.Marshal(got)
	should, _ := json.Marshal(decoded)
	if string(is) != string(should) {
		t.Errorf("got  %s\nwant %s", is, should)
	}
}
