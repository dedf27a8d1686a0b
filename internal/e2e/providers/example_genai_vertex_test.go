package providers_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"google.golang.org/genai"

	"github.com/traceroot-ai/traceroot-go"
)

// A client of one's own has no credentials on Vertex AI unless they are put into it, which has to come after the hook.
func Example_genAIOnVertexAI() {
	url, printSpans := rehearse(gemini.answer)
	defer printSpans()
	defer setDefaultCredentials()()

	ctx := context.Background()
	config := &genai.ClientConfig{Backend: genai.BackendVertexAI, Project: "a-project", Location: "global"}
	config.HTTPClient = traceroot.HTTPClient(nil)
	err := config.UseDefaultCredentials()
	if err != nil {
		panic(err)
	}
	config.HTTPOptions.BaseURL = url
	client, err := genai.NewClient(ctx, config)
	if err != nil {
		panic(err)
	}
	answer, err := client.Models.GenerateContent(ctx, "gemini-2.5-flash", genai.Text(question), nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Text())
	// Output:
	// It has shipped.
	// recorded: chat gemini-2.5-flash
}

// setDefaultCredentials makes a service account that of the machine, with a server here that gives out its tokens.
func setDefaultCredentials() (restore func()) {
	const variable = "GOOGLE_APPLICATION_CREDENTIALS"
	tokens := newScript(says(`{"access_token":"` + key + `","token_type":"Bearer","expires_in":3600}`))
	file, err := writeServiceAccount(tokens.URL)
	if err != nil {
		panic(err)
	}
	before, was := os.LookupEnv(variable)
	_ = os.Setenv(variable, file)
	return func() {
		tokens.Close()
		_ = os.Remove(file)
		if _ = os.Setenv(variable, before); !was {
			_ = os.Unsetenv(variable)
		}
	}
}

func writeServiceAccount(tokens string) (path string, err error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", err
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", err
	}
	account, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "agent@example.test", "token_uri": tokens,
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})),
	})
	if err != nil {
		return "", err
	}
	file, err := os.CreateTemp("", "account-*.json")
	if err != nil {
		return "", err
	}
	_, err = file.Write(account)
	return file.Name(), errors.Join(err, file.Close())
}
