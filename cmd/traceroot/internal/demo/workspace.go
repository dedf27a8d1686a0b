package demo

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// codingTask is what a programmer asks the coding agent to do, and in which files.
type codingTask struct {
	user, session string
	tags          []string
	task          string
	limit         time.Duration // at pace 1; 0: none
	files         map[string]string
	tests         []testRun // one after the other; a run beyond them hangs
}

type testRun struct {
	took   time.Duration
	Passed bool   `json:"passed"`
	Output string `json:"output"`
}

// workspace is a repository with the tools to change it. It is one agent's, which uses one tool at a time.
type workspace struct {
	files  map[string]string
	tests  []testRun
	scaled func(time.Duration) time.Duration
}

func newWorkspace(t codingTask, scaled func(time.Duration) time.Duration) *workspace {
	return &workspace{files: t.files, tests: t.tests, scaled: scaled}
}

func (w *workspace) skills() []skill {
	return []skill{
		newSkill("read_file", "Returns the text of a file.",
			`{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}`, w, (*workspace).readFile),
		newSkill("edit_file", "Replaces a text, which stands once in the file, by another.",
			`{"type":"object","properties":{"path":{"type":"string"},"old":{"type":"string"},"new":{"type":"string"}},"required":["path","old","new"]}`, w, (*workspace).editFile),
		newSkill("go_test", "Runs tests of a package.",
			`{"type":"object","properties":{"package":{"type":"string"},"run":{"type":"string"}},"required":["package"]}`, w, (*workspace).goTest),
	}
}

type fileQuery struct {
	Path string `json:"path"`
}

func (w *workspace) readFile(ctx context.Context, q fileQuery) (string, error) {
	if err := pause(ctx, w.scaled(12*time.Millisecond)); err != nil {
		return "", err
	}
	text, ok := w.files[q.Path]
	if !ok {
		return "", fmt.Errorf("there is no file %s", q.Path)
	}
	return text, nil
}

type fileEdit struct {
	Path string `json:"path"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

func (w *workspace) editFile(ctx context.Context, e fileEdit) (string, error) {
	if err := pause(ctx, w.scaled(18*time.Millisecond)); err != nil {
		return "", err
	}
	text := w.files[e.Path]
	if strings.Count(text, e.Old) != 1 {
		return "", fmt.Errorf("the old text stands %d times in %s, not once", strings.Count(text, e.Old), e.Path)
	}
	w.files[e.Path] = strings.Replace(text, e.Old, e.New, 1)
	return "1 place changed", nil
}

type testQuery struct {
	Package string `json:"package"`
	Run     string `json:"run,omitempty"`
}

func (w *workspace) goTest(ctx context.Context, q testQuery) (testRun, error) {
	if len(w.tests) == 0 {
		<-ctx.Done()
		return testRun{}, fmt.Errorf("go test %s: %w", q.Package, context.Cause(ctx))
	}
	ran := w.tests[0]
	w.tests = w.tests[1:]
	return ran, pause(ctx, w.scaled(ran.took))
}
