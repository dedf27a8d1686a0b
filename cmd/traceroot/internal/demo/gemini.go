package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// gemini asks a model of Google's with net/http alone. Given a client of traceroot.HTTPClient, each attempt is a span.
type gemini struct {
	http  *http.Client
	url   string // of the API, without /v1beta
	key   string
	model string
	delay time.Duration // before a second attempt, doubled each time
}

type geminiRequest struct {
	SystemInstruction geminiContent   `json:"systemInstruction"`
	Contents          []geminiContent `json:"contents"`
	Tools             []geminiTools   `json:"tools,omitempty"`
	GenerationConfig  geminiConfig    `json:"generationConfig"`
}

type geminiConfig struct {
	Temperature float64 `json:"temperature"`
}

type geminiTools struct {
	FunctionDeclarations []geminiFunction `json:"functionDeclarations"`
}

type geminiFunction struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Parameters  json.RawMessage `json:"parameters"`
}

type geminiContent struct {
	Role  string       `json:"role,omitempty"`
	Parts []geminiPart `json:"parts"`
}

// geminiPart is a text, a call of a function or the response to one.
type geminiPart struct {
	Text             string          `json:"text,omitempty"`
	FunctionCall     *geminiCall     `json:"functionCall,omitempty"`
	FunctionResponse *geminiResponse `json:"functionResponse,omitempty"`
}

type geminiCall struct {
	ID   string          `json:"id"`
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"`
}

type geminiResponse struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Response map[string]any `json:"response"`
}

type geminiChunk struct {
	Candidates []struct {
		Content geminiContent `json:"content"`
	} `json:"candidates"`
}

func geminiText(role, text string) geminiContent {
	return geminiContent{Role: role, Parts: []geminiPart{{Text: text}}}
}

func (c geminiContent) text() string {
	var b strings.Builder
	for _, part := range c.Parts {
		b.WriteString(part.Text)
	}
	return b.String()
}

func (c geminiContent) calls() []geminiCall {
	var calls []geminiCall
	for _, part := range c.Parts {
		if part.FunctionCall != nil {
			calls = append(calls, *part.FunctionCall)
		}
	}
	return calls
}

const geminiAttempts = 4

// ask returns the model's next content. A model that is too busy is asked again.
func (g *gemini) ask(ctx context.Context, system string, skills []skill, contents []geminiContent) (geminiContent, error) {
	request := geminiRequest{
		SystemInstruction: geminiText("", system), Contents: contents, GenerationConfig: geminiConfig{Temperature: 0.4},
	}
	var functions []geminiFunction
	for _, s := range skills {
		functions = append(functions, geminiFunction{Name: s.name, Description: s.description, Parameters: s.parameters})
	}
	if functions != nil {
		request.Tools = []geminiTools{{functions}}
	}
	body, err := json.Marshal(request)
	if err != nil {
		return geminiContent{}, err
	}
	for attempt := 1; ; attempt++ {
		content, status, err := g.send(ctx, body)
		if err == nil || status != http.StatusTooManyRequests {
			return content, err
		}
		if attempt == geminiAttempts {
			return content, fmt.Errorf("%w (%d attempts)", err, attempt)
		}
		if err := pause(ctx, g.delay<<(attempt-1)); err != nil {
			return content, err
		}
	}
}

func (g *gemini) send(ctx context.Context, body []byte) (content geminiContent, status int, err error) {
	address := g.url + "/v1beta/models/" + g.model + ":streamGenerateContent?alt=sse"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return content, 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Goog-Api-Key", g.key)
	res, err := g.http.Do(req)
	if err != nil {
		return content, 0, fmt.Errorf("ask %s: %w", g.model, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		var told struct {
			Error struct {
				Message string `json:"message"`
			} `json:"error"`
		}
		_ = json.NewDecoder(io.LimitReader(res.Body, 1<<16)).Decode(&told) // The status says enough.
		return content, res.StatusCode, fmt.Errorf("ask %s: %s: %s", g.model, res.Status, told.Error.Message)
	}
	content, err = readGemini(res.Body)
	return content, res.StatusCode, err
}

// readGemini puts the content together from the chunks of its stream.
func readGemini(stream io.Reader) (geminiContent, error) {
	content := geminiContent{Role: "model"}
	var text strings.Builder
	lines := bufio.NewScanner(stream)
	for lines.Scan() {
		data, ok := bytes.CutPrefix(lines.Bytes(), []byte("data: "))
		if !ok {
			continue
		}
		var chunk geminiChunk
		if err := json.Unmarshal(data, &chunk); err != nil {
			return content, fmt.Errorf("read a chunk of the answer: %w", err)
		}
		for _, c := range chunk.Candidates {
			text.WriteString(c.Content.text())
			for _, call := range c.Content.calls() {
				content.Parts = append(content.Parts, geminiPart{FunctionCall: &call})
			}
		}
	}
	if text.Len() > 0 {
		content.Parts = append([]geminiPart{{Text: text.String()}}, content.Parts...)
	}
	return content, lines.Err()
}
