package api_test

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/api"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store/storetest/memory"
)

// pageSpan is what the tests read of a span.
type pageSpan struct {
	Kind, Message string
	MS            float64
	In, Out       []string
	Input         *struct {
		Text, Blob string
		Bytes      int
	}
	Tools     []struct{ Name, Description string }
	Truncated map[string]int
	Fresh     *struct {
		Since string
		From  int
	}
	Asked []struct {
		ID, Name, Span, Result string
		Failed                 bool
		Seen                   []struct{ Path, Hash string }
		Unseen                 []struct {
			Path, Value, Closest, At string
			Odd                      []int
		}
	}
	Answers *struct{ Call, ReadBy string }
	Summary *struct {
		MS, Waiting, Generating, Tools, Own, Cost float64
		By                                        []struct {
			Name, Kind string
			Count      int
		}
	}
}

func TestSpanView(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		s.write(support(20, "972O1"))
		first := ask[pageSpan](s, "/api/ui/spans/"+spanID(20, 1))
		if first.Kind != "llm" || len(first.In) != 1 || first.Out[0] != asksForLabel.Hash.String() || first.Truncated["input"] != 90000 {
			s.Errorf("call %+v", first)
		}
		if len(first.Tools) != 1 || first.Tools[0].Name != "create_label" || first.Tools[0].Description != "d" {
			s.Errorf("tools %+v", first.Tools)
		}
		if len(first.Asked) != 1 {
			s.Fatalf("asked %+v", first.Asked)
		}
		asked := first.Asked[0]
		if asked.Span != spanID(20, 2) || !asked.Failed || asked.Result != labelFails.Hash.String() {
			s.Errorf("asked %+v", asked)
		}
		if len(asked.Seen) != 1 || asked.Seen[0].Path != "order" || asked.Seen[0].Hash != userSays.Hash.String() {
			s.Errorf("seen %+v", asked.Seen)
		}
		if len(asked.Unseen) != 1 || asked.Unseen[0].Closest != "97201" || len(asked.Unseen[0].Odd) != 1 || asked.Unseen[0].Odd[0] != 3 {
			s.Errorf("unseen %+v", asked.Unseen)
		}
		second := ask[pageSpan](s, "/api/ui/spans/"+spanID(20, 4)+"?trace="+traceID(20))
		if second.Fresh == nil || second.Fresh.Since != spanID(20, 1) || second.Fresh.From != 2 {
			s.Errorf("fresh %+v", second.Fresh)
		}
		tool := ask[pageSpan](s, "/api/ui/spans/"+spanID(20, 2))
		if tool.Answers == nil || tool.Answers.Call != spanID(20, 1) || tool.Answers.ReadBy != spanID(20, 4) {
			s.Errorf("answers %+v", tool.Answers)
		}
		agent := ask[pageSpan](s, "/api/ui/spans/"+spanID(20, 0)).Summary
		if agent == nil || agent.MS != 1000 || agent.Waiting != 200 || agent.Generating != 570 || agent.Tools != 190 || agent.Own != 40 || agent.Cost != 0.002 {
			s.Errorf("summary %+v", agent)
		}
		s.refused("/api/ui/spans/"+spanID(9, 9), http.StatusNotFound)
	})
}

func TestMessagesView(t *testing.T) {
	t.Parallel()
	onEach(t, func(s *service) {
		long := store.NewMessage(`{"role":"tool","content":"` + strings.Repeat("ü", 40_000) + ` needle"}`)
		s.write(support(20, "972O1", span(4, func(s *store.Span) { s.Call.In = append(s.Call.In, long, picture) })))
		type messages struct {
			Data []struct {
				Role       string
				Content    any
				ToolCallID string
				IsError    bool
				Calls      []struct{ Name string } `json:"tool_calls"`
			}
		}
		address := "/api/ui/messages?" + url.Values{"h": {labelFails.Hash.String(), asksForLabel.Hash.String()}}.Encode()
		got := ask[messages](s, address).Data
		if len(got) != 2 || got[0].Role != "tool" || got[0].ToolCallID != "c1" || !got[0].IsError || got[1].Calls[0].Name != "create_label" {
			s.Errorf("messages %+v", got)
		}
		if kept := s.do(http.MethodGet, address).Header().Get("Cache-Control"); !strings.Contains(kept, "immutable") {
			s.Errorf("kept as %q", kept)
		}
		if kept := s.do(http.MethodGet, address+"&h="+store.HashOf("none").String()).Header().Get("Cache-Control"); kept != "no-store" {
			s.Errorf("with one missing kept as %q", kept)
		}
		s.refused("/api/ui/messages?h=1", http.StatusBadRequest)

		type parts struct {
			Data []struct {
				Content []struct {
					Text, Mime, Blob     string
					Bytes, Width, Height int
				}
			}
		}
		part := ask[parts](s, "/api/ui/messages?h="+long.Hash.String()).Data[0].Content[0]
		if len(part.Text) != 64<<10 || part.Bytes != 80_007 {
			s.Errorf("long text of %d bytes, said to be %d", len(part.Text), part.Bytes)
		}
		blob := "/api/ui/blobs/" + part.Blob
		if w := s.do(http.MethodGet, blob, "Range", "bytes=80001-"); w.Code != http.StatusPartialContent || w.Body.String() != "needle" {
			s.Errorf("range: %d %q", w.Code, w.Body)
		}
		found := ask[struct{ Data []struct{ Byte int } }](s, blob+"?find=NEEDLE").Data
		if len(found) != 1 || found[0].Byte != 80_001 {
			s.Errorf("found %+v", found)
		}
		s.as("other").refused(blob, http.StatusNotFound)
		s.refused(strings.Replace(blob, "/blobs/", "/blobs/0", 1), http.StatusNotFound)

		image := ask[parts](s, "/api/ui/messages?h="+picture.Hash.String()).Data[0].Content[1]
		if image.Mime != "image/png" || image.Width != 1 || image.Height != 1 {
			s.Errorf("image %+v", image)
		}
		w := s.do(http.MethodGet, "/api/ui/blobs/"+image.Blob)
		if w.Header().Get("Content-Type") != "image/png" || !strings.HasPrefix(w.Body.String(), "\x89PNG") {
			s.Errorf("image: %v", w.Header())
		}
	})
}

// TestBlobsAreHarmless serves what a stranger may send as a picture.
func TestBlobsAreHarmless(t *testing.T) {
	t.Parallel()
	png := func(width, height uint32) string {
		header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), width), height)
		header = append(header, 8, 2, 0, 0, 0)
		file := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), uint32(len(header)-4))
		return string(binary.BigEndian.AppendUint32(append(file, header...), crc32.ChecksumIEEE(header)))
	}
	avif := "\x00\x00\x00\x1cftypavif\x00\x00\x00\x00" + "ispe\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x10"
	for name, tt := range map[string]struct{ content, want string }{
		"png":                {png(7000, 7000), "image/png"},
		"a bomb":             {png(7100, 7100), "application/octet-stream"},
		"a larger bomb":      {png(1<<31-1, 1<<31-1), "application/octet-stream"},
		"a broken png":       {"\x89PNG\r\n\x1a\nnothing", "application/octet-stream"},
		"gif":                {"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "image/gif"},
		"webp":               {"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x00\x00\x00\x00\x00\x00", "image/webp"},
		"avif":               {avif, "image/avif"},
		"wav":                {"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/wav"},
		"mp3":                {"ID3\x04\x00\x00", "audio/mpeg"},
		"mp3 without a head": {"\xff\xfb\x90\x00", "audio/mpeg"},
		"ogg":                {"OggS\x00\x02", "audio/ogg"},
		"svg":                {`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, "application/octet-stream"},
		"html":               {"<!doctype html><script>alert(1)</script>", "application/octet-stream"},
		"pdf":                {"%PDF-1.7", "application/octet-stream"},
		"empty":              {"", "application/octet-stream"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, memory.New())
			message := store.NewMessage(`{"role":"user","content":[{"type":"image","data":"data:image/png;base64,` +
				base64.StdEncoding.EncodeToString([]byte(tt.content)) + `"}]}`)
			s.write(support(20, "972O1", span(4, func(s *store.Span) { s.Call.In = append(s.Call.In, message) })))
			part := ask[struct {
				Data []struct{ Content []struct{ Blob string } }
			}](s, "/api/ui/messages?h="+message.Hash.String()).Data[0].Content[0]
			w := s.do(http.MethodGet, "/api/ui/blobs/"+part.Blob)
			header := w.Header()
			if w.Code != http.StatusOK || w.Body.String() != tt.content || header.Get("Content-Type") != tt.want {
				t.Errorf("status %d, %s, want %s", w.Code, header.Get("Content-Type"), tt.want)
			}
			inline := strings.HasPrefix(header.Get("Content-Disposition"), "inline")
			if inline != (tt.want != "application/octet-stream") {
				t.Errorf("disposition %s", header.Get("Content-Disposition"))
			}
			if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Content-Security-Policy") != "sandbox; default-src 'none'" ||
				header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
				t.Errorf("headers %v", header)
			}
		})
	}
}

func TestSource(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	files := map[string]string{"label.go": "package label\n\nfunc create() {\n}\n", "later.go": "package later\n", ".env": "SECRET=1\n"}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		old := start.Add(-time.Hour)
		if name == "later.go" {
			old = start.Add(48 * time.Hour)
		}
		if err := os.Chtimes(filepath.Join(folder, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	outside := filepath.Join(t.TempDir(), "outside.go")
	if err := os.WriteFile(outside, []byte("package outside\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(folder, "link.go")); err != nil {
		t.Fatal(err)
	}
	s := serve(t, memory.New())
	at := func(file string, line int) string {
		s.Helper()
		s.write(support(20, "972O1", span(3, func(s *store.Span) { s.Source = store.Source{File: file, Line: line} })))
		return "/api/ui/source?span=" + spanID(20, 3)
	}
	type source struct {
		Path    string
		Matches bool
		From    int
		Lines   []string
	}
	hidden := func(file string, line int) {
		s.Helper()
		if got := ask[source](s, at(file, line)); got.Path != "" || got.Matches || len(got.Lines) > 0 {
			t.Errorf("%s: %+v, want nothing of it", file, got)
		}
	}
	hidden("label.go", 3) // nothing is shown unless the server says so
	s.handler = api.New(api.Options{Store: s.store, Sources: folder})
	for _, file := range []string{"label.go", filepath.Join(folder, "label.go")} {
		got := ask[source](s, at(file, 3))
		if !got.Matches || got.From != 1 || len(got.Lines) != 4 || got.Lines[2] != "func create() {" {
			t.Errorf("%s: %+v", file, got)
		}
	}
	for _, target := range []string{at("later.go", 1)} {
		if got := ask[source](s, target); got.Matches || len(got.Lines) > 0 {
			t.Errorf("a changed file: %+v", got)
		}
	}
	for _, file := range []string{".env", "none.go", "link.go", "../" + filepath.Base(filepath.Dir(outside)) + "/outside.go", outside, "", "."} {
		hidden(file, 1)
	}
}
