package demo

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

var (
	fiveDigits = regexp.MustCompile(`^[0-9]{5}$`)
	// labelTimes are how long the carrier takes over the requests for an order, one after the other.
	labelTimes = []time.Duration{519 * time.Millisecond, 573 * time.Millisecond, 652 * time.Millisecond, 611 * time.Millisecond}
)

// serveLabel plays the carrier. It is too busy for the first request of each order, and reads postal codes well.
func (s *stage) serveLabel(w http.ResponseWriter, r *http.Request) {
	var wanted labelRequest
	if err := readRequest(w, r, &wanted); err != nil {
		refuseService(w, APIError{Status: http.StatusBadRequest, Code: "bad_request", Message: err.Error()})
		return
	}
	count := s.count("label " + strconv.Itoa(wanted.OrderID))
	if s.wait(r.Context(), labelTimes[(count-1)%len(labelTimes)]) != nil {
		return
	}
	switch {
	case count == 1:
		refuseService(w, APIError{Status: http.StatusServiceUnavailable, Code: "busy", Message: "the label service is restarting"})
	case !fiveDigits.MatchString(wanted.From.PostalCode):
		refuseService(w, APIError{
			Status: http.StatusUnprocessableEntity, Code: "address_invalid", Field: "from.postal_code",
			Message: fmt.Sprintf("is no valid code for %s, %s", wanted.From.City, wanted.From.State),
		})
	default:
		writeJSON(w, http.StatusOK, label{Label: "RL-40277", Carrier: "Cascade Wheels", Sent: "by mail", ValidFor: "14 days"})
	}
}

func (s *stage) serveStock(w http.ResponseWriter, r *http.Request) {
	if s.wait(r.Context(), 872*time.Millisecond) != nil {
		return
	}
	level, ok := shopStock[r.PathValue("sku")]
	if !ok {
		refuseService(w, APIError{Status: http.StatusNotFound, Code: "unknown_sku", Message: "there is no article " + r.PathValue("sku")})
		return
	}
	writeJSON(w, http.StatusOK, level)
}

// slowShop is one whose server is tired: the first requests for each of its articles fail.
const slowShop = "14"

// servePrice plays the shops whose prices are watched. Most answer fast, a few take their time.
func (s *stage) servePrice(w http.ResponseWriter, r *http.Request) {
	shop, sku := r.PathValue("shop"), r.PathValue("sku")
	chance := chanceOf(shop+sku, 0)
	took := time.Duration(20+chance.ExpFloat64()*55) * time.Millisecond
	if shop == slowShop {
		took += 700 * time.Millisecond
	}
	if s.wait(r.Context(), took) != nil {
		return
	}
	if shop == slowShop && s.count("price "+sku) <= 1+chance.IntN(3) {
		refuseService(w, APIError{Status: http.StatusServiceUnavailable, Code: "busy", Message: "try again later"})
		return
	}
	before := 20 + chance.IntN(180)
	now := before
	if chance.IntN(22) == 0 {
		now += before * (chance.IntN(21) - 10) / 100
	}
	writeJSON(w, http.StatusOK, price{Shop: shop, SKU: sku, Before: before, Now: now})
}

// servePage plays the web, as far as the research goes.
func (s *stage) servePage(w http.ResponseWriter, r *http.Request) {
	page := r.PathValue("page")
	took := time.Duration(240+chanceOf(page, 0).IntN(900)) * time.Millisecond
	if s.wait(r.Context(), took) != nil {
		return
	}
	for _, source := range sources {
		if source.URL == "https://"+page {
			writeJSON(w, http.StatusOK, source.page)
			return
		}
	}
	refuseService(w, APIError{Status: http.StatusNotFound, Code: "not_found", Message: "there is no such page"})
}

func refuseService(w http.ResponseWriter, why APIError) { writeJSON(w, why.Status, why) }
