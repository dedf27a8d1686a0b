package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/traceroot-ai/traceroot-go"
)

// desk holds the tools of the support agent: over the shop's own orders, and over the services of others.
type desk struct {
	skills     []skill
	http       *http.Client
	carrier    string // URLs
	inventory  string
	retryDelay time.Duration

	mu     sync.Mutex
	orders map[int]customerOrder // guarded by mu
}

func newDesk(client *http.Client, url string, retryDelay time.Duration) *desk {
	d := &desk{
		http: client, carrier: url + "/carrier", inventory: url + "/inventory", retryDelay: retryDelay, orders: shopOrders(),
	}
	d.skills = []skill{
		newSkill("get_order", "Looks up an order.",
			`{"type":"object","properties":{"order_id":{"type":"integer"}},"required":["order_id"]}`, d, (*desk).getOrder),
		newSkill("check_stock", "Tells how many pieces of an article there are and how soon one can be delivered.",
			`{"type":"object","properties":{"sku":{"type":"string"},"deliver_by":{"type":"string"}},"required":["sku"]}`, d, (*desk).checkStock),
		newSkill("find_article", "Searches the catalogue.",
			`{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}`, d, (*desk).findArticle),
		newSkill("get_return_policy", "Tells what holds for sending something back.",
			`{"type":"object","properties":{"reason":{"type":"string"}},"required":["reason"]}`, d, (*desk).getReturnPolicy),
		newSkill("create_return_label", "Buys a prepaid label for sending an item back.", labelSchema, d, (*desk).createReturnLabel),
		newSkill("ship_replacement", "Sends an item of an order once more.",
			`{"type":"object","properties":{"order_id":{"type":"integer"},"sku":{"type":"string"}},"required":["order_id","sku"]}`, d, (*desk).shipReplacement),
		newSkill("change_address", "Changes where an order goes, as long as it is in the warehouse.",
			`{"type":"object","properties":{"order_id":{"type":"integer"},"street":{"type":"string"}},"required":["order_id","street"]}`, d, (*desk).changeAddress),
	}
	return d
}

const labelSchema = `{"type":"object","required":["order_id","sku","weight_g","from","reason"],"properties":{` +
	`"order_id":{"type":"integer"},"sku":{"type":"string"},"weight_g":{"type":"integer"},"reason":{"type":"string"},` +
	`"from":{"type":"object","required":["street","city","state","postal_code"],"properties":{` +
	`"street":{"type":"string"},"city":{"type":"string"},"state":{"type":"string"},"postal_code":{"type":"string"}}}}}`

// CallError says which tool failed.
type CallError struct {
	Tool string
	Err  error
}

// Error names the tool before the reason.
func (e *CallError) Error() string { return e.Tool + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *CallError) Unwrap() error { return e.Err }

type orderLookup struct {
	OrderID int `json:"order_id"`
}

func (d *desk) getOrder(ctx context.Context, q orderLookup) (customerOrder, error) {
	const query = "SELECT id, placed, status, delivered, ship_to, items FROM orders WHERE id = $1"
	return traceroot.Do(ctx, "SELECT orders", func(ctx context.Context) (customerOrder, error) {
		if err := pause(ctx, d.retryDelay*11/5); err != nil {
			return customerOrder{}, err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		found, ok := d.orders[q.OrderID]
		if !ok {
			return customerOrder{}, fmt.Errorf("there is no order %d", q.OrderID)
		}
		return found, nil
	}, traceroot.Input(map[string]any{"sql": query, "args": []any{q.OrderID}}))
}

type stockLookup struct {
	SKU       string `json:"sku"`
	DeliverBy string `json:"deliver_by,omitempty"`
}

func (d *desk) checkStock(ctx context.Context, q stockLookup) (stockLevel, error) {
	return traceroot.Do(ctx, "GET /v2/stock/{sku}", func(ctx context.Context) (level stockLevel, err error) {
		err = callService(ctx, d.http, http.MethodGet, d.inventory+"/v2/stock/"+q.SKU, nil, &level)
		return level, err
	}, traceroot.Input(q))
}

type returnQuery struct {
	Reason string `json:"reason"`
}

func (d *desk) getReturnPolicy(ctx context.Context, _ returnQuery) (returnPolicy, error) {
	return shopPolicy, pause(ctx, d.retryDelay*6/5)
}

type articleQuery struct {
	Text string `json:"text"`
}

func (d *desk) findArticle(ctx context.Context, q articleQuery) ([]article, error) {
	if err := pause(ctx, d.retryDelay*2); err != nil {
		return nil, err
	}
	found := []article{}
	for _, a := range catalogue {
		if strings.Contains(strings.ToLower(a.Name), strings.ToLower(q.Text)) {
			found = append(found, a)
		}
	}
	return found, nil
}

const labelAttempts = 3

// createReturnLabel buys a label from the carrier, which is asked again when it is too busy. Each attempt is a span.
func (d *desk) createReturnLabel(ctx context.Context, wanted labelRequest) (label, error) {
	for attempt := 1; ; attempt++ {
		bought, err := traceroot.Do(ctx, "POST /v1/labels", func(ctx context.Context) (label, error) {
			return d.buyLabel(ctx, wanted)
		}, traceroot.Input(wanted))
		if isBusy(err) && attempt < labelAttempts {
			err = pause(ctx, d.retryDelay)
			if err == nil {
				continue
			}
		}
		if err != nil {
			return label{}, &CallError{Tool: "create_return_label", Err: err}
		}
		return bought, nil
	}
}

func (d *desk) buyLabel(ctx context.Context, wanted labelRequest) (bought label, err error) {
	err = callService(ctx, d.http, http.MethodPost, d.carrier+"/v1/labels", wanted, &bought)
	if refused, ok := errors.AsType[*APIError](err); ok && refused.Field == "from.postal_code" {
		refused.Value = wanted.From.PostalCode
	}
	return bought, err
}

type replacementRequest struct {
	OrderID int    `json:"order_id"`
	SKU     string `json:"sku"`
}

func (d *desk) shipReplacement(ctx context.Context, q replacementRequest) (shipment, error) {
	return shipment{OrderID: q.OrderID, SKU: q.SKU, Parcel: "CW-5520914", Delivery: "2026-11-20"}, pause(ctx, d.retryDelay*4)
}

type addressChange struct {
	OrderID int    `json:"order_id"`
	Street  string `json:"street"`
}

func (d *desk) changeAddress(ctx context.Context, q addressChange) (customerOrder, error) {
	if err := pause(ctx, d.retryDelay*3); err != nil {
		return customerOrder{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	changed, ok := d.orders[q.OrderID]
	if !ok || changed.Status != "packing" {
		return customerOrder{}, fmt.Errorf("order %d has left the warehouse", q.OrderID)
	}
	changed.ShipTo.Street = q.Street
	d.orders[q.OrderID] = changed
	return changed, nil
}
