package main

import (
	"errors"
	"net/http/httptest"
	"os"

	anthropicoption "github.com/anthropics/anthropic-sdk-go/option"
	"github.com/openai/openai-go/v3/option"
	langchainopenai "github.com/tmc/langchaingo/llms/openai"
	"google.golang.org/genai"
)

// reach is how the clients get to their models.
type reach struct {
	openai    []option.RequestOption
	anthropic []anthropicoption.RequestOption
	google    genai.ClientConfig
	langchain []langchainopenai.Option
	close     func()
}

// titler is the model of langchaingo's turn.
const titler = "gpt-4.1-nano"

// providers reaches the real models. The clients read their keys themselves.
func providers() (reach, error) {
	for _, key := range []string{"OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"} {
		if os.Getenv(key) == "" {
			return reach{}, errors.New("-live needs " + key)
		}
	}
	return reach{
		google:    genai.ClientConfig{Backend: genai.BackendGeminiAPI, APIKey: os.Getenv("GEMINI_API_KEY")},
		langchain: []langchainopenai.Option{langchainopenai.WithModel(titler)},
		close:     func() {},
	}, nil
}

// scripted reaches models on this machine that say what they were told to.
func scripted() reach {
	const key = "scripted"
	models := httptest.NewServer(scriptedModels())
	return reach{
		openai:    []option.RequestOption{option.WithBaseURL(models.URL + "/v1"), option.WithAPIKey(key)},
		anthropic: []anthropicoption.RequestOption{anthropicoption.WithBaseURL(models.URL), anthropicoption.WithAPIKey(key)},
		google: genai.ClientConfig{
			Backend: genai.BackendGeminiAPI, APIKey: key, HTTPOptions: genai.HTTPOptions{BaseURL: models.URL},
		},
		langchain: []langchainopenai.Option{
			langchainopenai.WithModel(titler), langchainopenai.WithBaseURL(models.URL + "/v1"), langchainopenai.WithToken(key),
		},
		close: models.Close,
	}
}
