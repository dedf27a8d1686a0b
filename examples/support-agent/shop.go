package main

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// The shop is made up: a look-up takes its time, as over a network, and then finds the one order and the one article.

type order struct {
	ID         string    `json:"order_id"`
	Delivered  time.Time `json:"delivered"`
	ReceivedBy string    `json:"received_by"`
	Carrier    string    `json:"carrier"`
	Tracking   string    `json:"tracking"`
	Items      []string  `json:"items"`
}

func findOrder(ctx context.Context, id string) (order, error) {
	if err := pause(ctx, 380*time.Millisecond); err != nil {
		return order{}, err
	}
	if id != "60418" {
		return order{}, fmt.Errorf("there is no order %s", id)
	}
	return order{
		ID:         id,
		Delivered:  time.Date(2026, time.March, 10, 14, 32, 0, 0, time.UTC),
		ReceivedBy: "your neighbour at number 14",
		Carrier:    "VeloPost",
		Tracking:   "VP30418872",
		Items:      []string{"1 RD-7150 rear derailleur", "2 CN-6100 chains"},
	}, nil
}

type stock struct {
	Article   string `json:"article"`
	Pieces    int    `json:"pieces"`
	Warehouse string `json:"warehouse"`
	Price     string `json:"price"`
}

// findStock is overloaded at each first attempt, so that every trace has a failure to look at.
func findStock(ctx context.Context, article string, attempt int) (stock, error) {
	if err := pause(ctx, 160*time.Millisecond); err != nil {
		return stock{}, err
	}
	switch {
	case attempt == 1:
		return stock{}, fmt.Errorf("stock service: %w", statusError(http.StatusServiceUnavailable))
	case article != "RD-7150":
		return stock{}, fmt.Errorf("stock service: %w", statusError(http.StatusNotFound))
	default:
		return stock{Article: article, Pieces: 7, Warehouse: "Utrecht", Price: "EUR 189.00"}, nil
	}
}

// statusError is an HTTP status that is not 200.
type statusError int

func (e statusError) Error() string {
	return fmt.Sprintf("%d %s", int(e), http.StatusText(int(e)))
}

// pause waits for d, or until ctx is done and returns why.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
