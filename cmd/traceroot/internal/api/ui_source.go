package api

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// sourceView is the code around a line. Of a file that is not there, or that is not to be shown, it has no path: that is
// how most spans are, and no failure.
type sourceView struct {
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Func    string   `json:"func,omitempty"`
	Path    string   `json:"path,omitempty"` // of the file, on this machine
	Matches bool     `json:"matches"`        // the file is as it was when the span began
	From    int      `json:"from"`           // number of the first of lines
	Lines   []string `json:"lines"`          // none where it does not match
}

// codeFiles are the files that are shown: spans come from strangers, and may name any file.
var codeFiles = []string{".go", ".py", ".js", ".jsx", ".ts", ".tsx", ".java", ".kt", ".rb", ".rs", ".c", ".cc", ".cpp", ".h", ".cs", ".swift", ".php"}

const (
	maxSource    = 4 << 20 // bytes of a file
	aroundSource = 8       // lines
)

// notHere is the view of a file that this server does not show.
func notHere(span *store.Span) sourceView {
	return sourceView{File: span.Source.File, Line: span.Source.Line, Func: span.Source.Function, Lines: []string{}}
}

func (s *server) source(r *http.Request, who Identity) (any, error) {
	values := r.URL.Query()
	span, err := s.store.Span(r.Context(), who.Project, values.Get("trace"), values.Get("span"))
	if errors.Is(err, store.ErrNotFound) {
		return nil, refusal{status: http.StatusNotFound, detail: "Span not found"}
	}
	if err != nil {
		return nil, err
	}
	if s.sources == "" || span.Source.File == "" || span.Source.Line < 1 || !slices.Contains(codeFiles, filepath.Ext(span.Source.File)) {
		return notHere(&span), nil
	}
	return readSource(s.sources, &span)
}

// readSource stays within the folder, symbolic links included.
func readSource(folder string, span *store.Span) (any, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the folder with sources: %w", err)
	}
	defer root.Close()
	name := filepath.FromSlash(span.Source.File)
	if filepath.IsAbs(name) {
		if name, err = filepath.Rel(folder, name); err != nil {
			return notHere(span), nil
		}
	}
	file, err := root.Open(name)
	if err != nil {
		return notHere(span), nil
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxSource {
		return notHere(span), nil
	}
	return linesAround(file, info, filepath.Join(folder, name), span)
}

func linesAround(file io.Reader, info fs.FileInfo, path string, span *store.Span) (any, error) {
	shown := sourceView{File: span.Source.File, Line: span.Source.Line, Func: span.Source.Function, Path: path, From: 1, Lines: []string{}}
	content, err := io.ReadAll(io.LimitReader(file, maxSource))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", span.Source.File, err)
	}
	lines := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
	if info.ModTime().After(span.Start) || shown.Line > len(lines) || !utf8.Valid(content) {
		return shown, nil
	}
	shown.Matches = true
	shown.From = max(shown.Line-aroundSource, 1)
	shown.Lines = lines[shown.From-1 : min(shown.Line+aroundSource, len(lines))]
	return shown, nil
}
