package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/traceroot-ai/traceroot-go/traceroottest"
)

func TestQuickstartIsTraced(t *testing.T) {
	t.Parallel()
	ctx, recorder := traceroottest.New(t)
	text, err := supportAgent(ctx, "60418")
	if want := "Order 60418 was delivered on Tuesday."; err != nil || text != want {
		t.Fatalf("supportAgent returned %q and %v, want %q", text, err, want)
	}
	agent, tool := recorder.Span("support-agent"), recorder.Span("get_order")
	if agent.Type != "agent" || tool.Type != "tool" || tool.ParentID != agent.SpanID {
		t.Errorf("want an agent with a tool below it, got\n%s", recorder.Tree())
	}
	if got := fmt.Sprint(tool.Input); got != "60418" || agent.Output != text {
		t.Errorf("the tool's input is %s and the agent's output %v, want what was passed and returned", got, agent.Output)
	}
}

func TestReadmeShowsThisProgram(t *testing.T) {
	t.Parallel()
	_, program, _ := strings.Cut(strings.TrimSpace(read(t, "main.go")), "\npackage main\n")
	_, rest, found := strings.Cut(read(t, "../../README.md"), "```go\npackage main\n")
	shown, _, closed := strings.Cut(rest, "\n```")
	if !found || !closed {
		t.Fatal("README.md has no Go program")
	}
	if shown != program {
		t.Errorf("the first program of README.md is not this one:\n%s", shown)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}
