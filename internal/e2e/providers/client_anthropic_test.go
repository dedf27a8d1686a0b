package providers_test

import (
	"context"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/bedrock"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/vertex"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"github.com/traceroot-ai/traceroot-go"
)

func anthropicSDK() []adapter {
	messages := func(name string, w *wire, connect func(url string, opts ...option.RequestOption) anthropic.Client) adapter {
		return family("anthropic-sdk-go"+name, connect, []way[option.RequestOption]{
			{"Middleware", func() option.RequestOption { return option.WithMiddleware(traceroot.Middleware()) }},
			{"HTTPClient", func() option.RequestOption { return option.WithHTTPClient(traceroot.HTTPClient(nil)) }},
		}, []part[anthropic.Client]{{wire: w, client: anthropicClient}})[0]
	}
	onBedrock := messages(" on Bedrock", &anthropicOnBedrock, newAnthropicOnBedrock)
	// The middleware stands above that of Bedrock, and sees Anthropic's own format.
	onBedrock.hooks[0].differs = func(w *wire) { w.provider = "anthropic" }
	onVertex := messages(" on Vertex AI", &anthropicMessages, newAnthropicOnVertex)
	onVertex.hooks[1].differs = func(w *wire) { w.provider = "gcp.vertex_ai" }
	onVertex.ownTransport = true
	return []adapter{messages("", &anthropicMessages, newAnthropic), onBedrock, onVertex}
}

// anthropicOnBedrock is what the server answers there, and what the client is asked, which is as ever.
var anthropicOnBedrock = func() wire {
	w := bedrockInvoke
	w.ask = `{"model":"` + bedrockModel + `",` + claudeAsk + `}`
	w.askTools = `{"model":"` + bedrockModel + `",` + claudeAskTools + `}`
	w.overload.headers = append(retryNow, w.overload.headers...)
	return w
}()

func anthropicClient(c anthropic.Client) client {
	return client{
		ask: asking(c.Messages.New),
		stream: streaming(c.Messages.NewStreaming, func(event anthropic.MessageStreamEventUnion) string {
			return event.Delta.Text
		}),
	}
}

func newAnthropic(url string, opts ...option.RequestOption) anthropic.Client {
	return anthropic.NewClient(append([]option.RequestOption{option.WithBaseURL(url), option.WithAPIKey(key)}, opts...)...)
}

// newAnthropicOnBedrock has the cloud's option behind the others, as its documentation asks for.
func newAnthropicOnBedrock(url string, opts ...option.RequestOption) anthropic.Client {
	return anthropic.NewClient(append(opts, bedrock.WithConfig(awsConfig()), option.WithBaseURL(url))...)
}

func newAnthropicOnVertex(url string, opts ...option.RequestOption) anthropic.Client {
	credentials := &google.Credentials{TokenSource: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: key})}
	cloud := vertex.WithCredentials(context.Background(), "global", "a-project", credentials)
	return anthropic.NewClient(append(opts, cloud, option.WithBaseURL(url))...)
}
