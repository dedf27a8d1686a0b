package demo

import (
	"net/http"

	"github.com/sashabaranov/go-openai"

	"github.com/traceroot-ai/traceroot-go"
)

// ServeModel is [StartModel] on a listener of the test's.
var ServeModel = serveModel

// NewOver is [New] with an HTTP client of the test's below the traced one.
func NewOver(client *http.Client, baseURL, model string) *Agent {
	config := openai.DefaultConfig("key")
	config.BaseURL = baseURL
	config.HTTPClient = traceroot.HTTPClient(client)
	return &Agent{client: openai.NewClientWithConfig(config), model: model}
}

// OpenOn is [Open] on a network of the test's.
var OpenOn = openOn

// Cues are what the scenes of the script are found by, in the order in which they are searched.
func Cues() []string {
	var cues []string
	for _, s := range allScenes() {
		cues = append(cues, s.cue)
	}
	return cues
}
