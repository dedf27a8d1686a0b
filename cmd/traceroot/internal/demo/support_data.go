package demo

// What the shop knows: a few orders, its catalogue and its policy.

type customerOrder struct {
	ID        int         `json:"id"`
	Placed    string      `json:"placed"`
	Status    string      `json:"status"`
	Delivered string      `json:"delivered,omitempty"`
	ShipTo    address     `json:"ship_to"`
	Items     []orderItem `json:"items"`
}

type address struct {
	Street     string `json:"street"`
	City       string `json:"city"`
	State      string `json:"state"`
	PostalCode string `json:"postal_code"`
}

type orderItem struct {
	SKU     string `json:"sku"`
	Name    string `json:"name"`
	Qty     int    `json:"qty"`
	WeightG int    `json:"weight_g"`
	Price   string `json:"price"`
}

type article struct {
	SKU   string `json:"sku"`
	Name  string `json:"name"`
	Price string `json:"price"`
}

type stockLevel struct {
	SKU              string `json:"sku"`
	OnHand           int    `json:"on_hand"`
	Warehouse        string `json:"warehouse"`
	EarliestDelivery string `json:"earliest_delivery"`
}

type returnPolicy struct {
	WindowDays      int    `json:"window_days"`
	Label           string `json:"label"`
	RefundOrReplace string `json:"refund_or_replace"`
	Notes           string `json:"notes"`
}

type labelRequest struct {
	OrderID int     `json:"order_id"`
	SKU     string  `json:"sku"`
	WeightG int     `json:"weight_g"`
	From    address `json:"from"`
	Reason  string  `json:"reason"`
}

type label struct {
	Label    string `json:"label"`
	Carrier  string `json:"carrier"`
	Sent     string `json:"sent"`
	ValidFor string `json:"valid_for"`
}

type shipment struct {
	OrderID  int    `json:"order_id"`
	SKU      string `json:"sku"`
	Parcel   string `json:"parcel"`
	Delivery string `json:"delivery"`
}

func shopOrders() map[int]customerOrder {
	orders := make(map[int]customerOrder)
	for _, o := range []customerOrder{
		{
			ID: 60418, Placed: "2026-11-09", Status: "delivered", Delivered: "2026-11-17",
			ShipTo: address{"1142 SE Alder St", "Portland", "OR", "97201"},
			Items:  []orderItem{{"RD-7150-12", "Rear derailleur, 12-speed", 1, 302, "189.00"}, {"CN-6100-118", "Chain, 12-speed", 1, 257, "34.90"}},
		},
		{
			ID: 60430, Placed: "2026-11-17", Status: "packing",
			ShipTo: address{"88 Quarry Rd", "Bend", "OR", "97701"},
			Items:  []orderItem{{"LT-700", "Dynamo headlight", 1, 138, "119.00"}},
		},
		{
			ID: 60402, Placed: "2026-11-05", Status: "in transit",
			ShipTo: address{"5 Ferry Ln", "Astoria", "OR", "97103"},
			Items:  []orderItem{{"TY-2935", "Tyre, 29 × 2.35", 2, 860, "54.50"}},
		},
	} {
		orders[o.ID] = o
	}
	return orders
}

var catalogue = []article{
	{"BP-K04S", "Brake pads, resin, for flat mount callipers", "21.90"},
	{"BP-N04C", "Brake pads, metal, for four-piston callipers", "34.50"},
	{"TT-29", "Tubeless tape, 29 mm", "12.00"},
	{"GB-NORD-S", "Gravel bike Nord, size S", "1749.00"},
	{"GB-NORD-XS", "Gravel bike Nord, size XS", "1749.00"},
	{"GB-FELL-M", "Gravel bike Fell, size M", "2190.00"},
}

var shopStock = map[string]stockLevel{
	"RD-7150-12": {"RD-7150-12", 4, "PDX-2", "2026-11-20"},
	"BP-K04S":    {"BP-K04S", 31, "PDX-2", "2026-11-20"},
	"TT-29":      {"TT-29", 52, "PDX-1", "2026-11-19"},
	"GB-NORD-S":  {"GB-NORD-S", 1, "shop", "2026-11-18"},
	"GB-NORD-XS": {"GB-NORD-XS", 2, "PDX-2", "2026-11-24"},
}

var shopPolicy = returnPolicy{
	WindowDays: 30, Label: "prepaid", RefundOrReplace: "as the customer likes",
	Notes: "No photo needed below 250.00. The replacement may leave before the part is back.",
}
