package providers_test

import (
_ "github.com/openai/openai-go"
_ "github.com/openai/openai-go/v2"
_ "github.com/openai/openai-go/v3"
_ "github.com/openai/openai-go/v3/azure"
_ "github.com/anthropics/anthropic-sdk-go"
_ "github.com/anthropics/anthropic-sdk-go/bedrock"
_ "github.com/anthropics/anthropic-sdk-go/vertex"
_ "google.golang.org/genai"
_ "github.com/sashabaranov/go-openai"
_ "github.com/tmc/langchaingo/llms/openai"
_ "github.com/tmc/langchaingo/llms/anthropic"
_ "github.com/tmc/langchaingo/llms/googleai"
_ "github.com/tmc/langchaingo/llms/ollama"
_ "github.com/tmc/langchaingo/llms/mistral"
_ "github.com/tmc/langchaingo/llms/bedrock"
_ "github.com/tmc/langchaingo/llms/cohere"
_ "github.com/ollama/ollama/api"
_ "github.com/cohere-ai/cohere-go/v2/client"
_ "github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
_ "github.com/Azure/azure-sdk-for-go/sdk/ai/azopenai"
_ "github.com/cloudwego/eino-ext/components/model/openai"
_ "github.com/modelcontextprotocol/go-sdk/mcp"
)

