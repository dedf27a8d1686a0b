package traceeino

import (
	"slices"
	"strings"

	"github.com/cloudwego/eino/callbacks"
	"github.com/cloudwego/eino/components"
	"github.com/cloudwego/eino/components/document"
	"github.com/cloudwego/eino/components/embedding"
	"github.com/cloudwego/eino/components/indexer"
	"github.com/cloudwego/eino/components/model"
	"github.com/cloudwego/eino/components/prompt"
	"github.com/cloudwego/eino/components/retriever"
	"github.com/cloudwego/eino/components/tool"
	"github.com/cloudwego/eino/schema"

	"github.com/traceroot-ai/traceroot-go"
)

// nameOf is what a run is called.
func nameOf(info *callbacks.RunInfo) string {
	switch {
	case info.Name != "":
		return info.Name
	case info.Type == "" && info.Component == "":
		return "eino"
	default:
		return info.Type + string(info.Component)
	}
}

func (h *Handler) kindOf(info *callbacks.RunInfo) traceroot.SpanKind {
	switch component := info.Component; {
	case slices.Contains(h.agents, info.Name):
		return traceroot.KindAgent
	case component == components.ComponentOfTool:
		return traceroot.KindTool
	case h.models && (component == components.ComponentOfChatModel || component == components.ComponentOfEmbedding):
		return traceroot.KindLLM
	default:
		return traceroot.KindSpan
	}
}

// shown is what a span shows of an input or an output: what eino hands to handlers on behalf of a component, or the
// value itself where a node has no more to say.
func shown(value any) (is any) {
	defer func() {
		if recover() != nil { // a nil pointer, or documents with foreign values under eino's own keys
			is = value
		}
	}()
	switch v := value.(type) {
	case *schema.Message:
		return shownMessages([]*schema.Message{v})
	case []*schema.Message:
		return shownMessages(v)
	case *model.CallbackInput:
		return shownMessages(v.Messages)
	case *model.CallbackOutput:
		return shownMessages([]*schema.Message{v.Message})
	case *prompt.CallbackInput:
		return shown(v.Variables)
	case *prompt.CallbackOutput:
		return shownMessages(v.Result)

	case *tool.CallbackInput:
		return v.ArgumentsInJSON
	case *schema.ToolArgument:
		return v.Text
	case *tool.CallbackOutput:
		if v.ToolOutput != nil {
			return shownToolResult(v.ToolOutput)
		}
		return v.Response
	case *schema.ToolResult:
		return shownToolResult(v)

	case *retriever.CallbackInput:
		return v.Query
	case *retriever.CallbackOutput:
		return shownDocuments(v.Docs)
	case *indexer.CallbackInput:
		return shownDocuments(v.Docs)
	case *indexer.CallbackOutput:
		return v.IDs
	case *document.LoaderCallbackInput:
		return v.Source
	case *document.LoaderCallbackOutput:
		return shownDocuments(v.Docs)
	case *document.TransformerCallbackInput:
		return shownDocuments(v.Input)
	case *document.TransformerCallbackOutput:
		return shownDocuments(v.Output)
	case []*schema.Document:
		return shownDocuments(v)

	case *embedding.CallbackInput:
		return v.Texts
	case *embedding.CallbackOutput:
		return shownVectors(v.Embeddings)
	case [][]float64:
		return shownVectors(v)

	case map[string]any:
		members := make(map[string]any, len(v))
		for key, member := range v {
			members[key] = shown(member)
		}
		return members
	default:
		return value
	}
}

// shownDocument is a document without what eino keeps in its metadata for itself: vectors, scores, instructions.
type shownDocument struct {
	ID       string         `json:"id,omitempty"`
	Content  string         `json:"content"`
	Score    float64        `json:"score,omitempty"`
	Metadata map[string]any `json:"metadata,omitempty"`
}

func shownDocuments(documents []*schema.Document) any {
	list := make([]shownDocument, 0, len(documents))
	for _, d := range documents {
		if d == nil {
			continue
		}
		kept := make(map[string]any, len(d.MetaData))
		for key, value := range d.MetaData {
			if !strings.HasPrefix(key, "_") {
				kept[key] = value
			}
		}
		list = append(list, shownDocument{ID: d.ID, Content: d.Content, Score: d.Score(), Metadata: kept})
	}
	return list
}

// vectors has the form of the output of embedding calls.
type vectors struct {
	Count      int `json:"count"`
	Dimensions int `json:"dimensions,omitempty"` // of the first one
}

func shownVectors(embeddings [][]float64) any {
	shape := vectors{Count: len(embeddings)}
	if shape.Count > 0 {
		shape.Dimensions = len(embeddings[0])
	}
	return shape
}
