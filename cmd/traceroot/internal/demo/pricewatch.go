package demo

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sashabaranov/go-openai"

	"github.com/traceroot-ai/traceroot-go"
)

const priceRules = `You write the nightly price report of a bicycle shop, in three sentences.`

const (
	watchedArticles = 200
	priceWorkers    = 8
	priceAttempts   = 4
)

// priceWatch compares the prices of many articles, a few at a time, and has a model write up what has changed.
type priceWatch struct {
	client     *openai.Client
	model      string
	http       *http.Client
	shops      string // URL
	retryDelay time.Duration
}

func newPriceWatch(client *http.Client, url string, retryDelay time.Duration) *priceWatch {
	config := openai.DefaultConfig("demo")
	config.BaseURL = url + "/openai/v1"
	config.HTTPClient = traceroot.HTTPClient(client) // Each call of the model becomes a span.
	return &priceWatch{
		client: openai.NewClientWithConfig(config), model: "gpt-4.1-mini",
		http: client, shops: url + "/shops", retryDelay: retryDelay,
	}
}

// watched is an article in a shop.
type watched struct {
	SKU  string `json:"sku"`
	Shop string `json:"shop"`
}

// price is what an article costs in a shop, in whole dollars.
type price struct {
	Shop   string `json:"shop"`
	SKU    string `json:"sku"`
	Before int    `json:"before"`
	Now    int    `json:"now"`
}

func (p *priceWatch) check(ctx context.Context) error {
	ctx = traceroot.UsingAttributes(ctx, traceroot.Attributes{Tags: []string{"cron"}})
	_, err := traceroot.Do(ctx, "price-watch", func(ctx context.Context) (string, error) {
		articles, err := traceroot.Do(ctx, "load_articles", p.load, traceroot.MapOutput(func(articles any) any {
			list, _ := articles.([]watched)
			return map[string]int{"articles": len(list)}
		}))
		if err != nil {
			return "", err
		}
		prices, err := p.checkAll(ctx, articles)
		if err != nil {
			return "", err
		}
		return p.report(ctx, prices)
	}, traceroot.Type(traceroot.KindAgent), traceroot.Input(fmt.Sprintf("nightly check of %d articles", watchedArticles)))
	return err
}

func (p *priceWatch) load(ctx context.Context) ([]watched, error) {
	families := []string{"FR", "WH", "TY", "BP", "CN"}
	articles := make([]watched, watchedArticles)
	for i := range articles {
		articles[i] = watched{
			SKU:  fmt.Sprintf("%s-%04d", families[i%len(families)], 1100+37*i),
			Shop: strconv.Itoa(1 + i*7%20),
		}
	}
	return articles, pause(ctx, p.retryDelay)
}

// checkAll checks the prices with a few workers, and ends at the first error.
func (p *priceWatch) checkAll(ctx context.Context, articles []watched) ([]price, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	prices := make([]price, len(articles))
	next := make(chan int)
	var wg sync.WaitGroup
	for range priceWorkers {
		wg.Go(func() {
			for i := range next {
				found, err := p.checkPrice(ctx, articles[i])
				if err != nil {
					stop(err)
				}
				prices[i] = found
			}
		})
	}
	for i := range articles {
		next <- i
	}
	close(next)
	wg.Wait()
	return prices, context.Cause(ctx)
}

func (p *priceWatch) checkPrice(ctx context.Context, of watched) (price, error) {
	return traceroot.Do(ctx, "check_price", func(ctx context.Context) (price, error) {
		return p.askShop(ctx, of)
	}, traceroot.Type(traceroot.KindTool), traceroot.Input(of))
}

// askShop asks a shop again when it is too busy. Each attempt is a span.
func (p *priceWatch) askShop(ctx context.Context, of watched) (price, error) {
	for attempt := 1; ; attempt++ {
		found, err := traceroot.Do(ctx, "GET /shops/{shop}/prices/{sku}", func(ctx context.Context) (found price, err error) {
			err = callService(ctx, p.http, http.MethodGet, p.shops+"/"+of.Shop+"/prices/"+of.SKU, nil, &found)
			return found, err
		})
		if !isBusy(err) || attempt == priceAttempts {
			return found, err
		}
		if err := pause(ctx, p.retryDelay<<(attempt-1)); err != nil {
			return price{}, err
		}
	}
}

func (p *priceWatch) report(ctx context.Context, prices []price) (string, error) {
	var changes strings.Builder
	for _, found := range prices {
		if found.Now != found.Before {
			fmt.Fprintf(&changes, "%s in shop %s: %d, was %d\n", found.SKU, found.Shop, found.Now, found.Before)
		}
	}
	answer, err := p.client.CreateChatCompletion(ctx, openai.ChatCompletionRequest{
		Model: p.model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: priceRules},
			{Role: openai.ChatMessageRoleUser, Content: fmt.Sprintf("%d prices checked. Changes:\n%s", len(prices), changes.String())},
		},
	})
	if err != nil {
		return "", fmt.Errorf("ask %s: %w", p.model, err)
	}
	if len(answer.Choices) == 0 {
		return "", fmt.Errorf("%s gave no answer", p.model)
	}
	return answer.Choices[0].Message.Content, nil
}
