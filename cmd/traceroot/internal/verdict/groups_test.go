package verdict_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

// checks is an agent that checked many prices, of which those of one shop took long.
func checks(n int) []store.Span {
	spans := []store.Span{agent("01", "", "price-watch", 0, 900_000)}
	for i := range n {
		ms, shop := 50+i%20, i%40
		if shop == 14 {
			ms = 9000
		}
		spans = append(spans, tool(fmt.Sprintf("c%05d", i), "01", "check_price", i*10, i*10+ms, input(fmt.Sprintf(`{"sku":"S%d","shop":%d}`, i, shop))))
	}
	return spans
}

func TestGroups(t *testing.T) {
	t.Parallel()
	spans := append(checks(400), tool("d1", "01", "report", 5000, 6000))
	groups := verdict.Groups(spans)
	if len(groups) != 1 {
		t.Fatalf("got %d groups", len(groups))
	}
	g := groups[0]
	if g.Name != "check_price" || g.Kind != store.KindTool || g.ParentID != "01" || len(g.Spans) != 400 || g.Spans[0] != "c00000" {
		t.Errorf("got %+v", g)
	}
	if g.P50 != 59*time.Millisecond || g.P90 != 68*time.Millisecond || g.P99 != 9*time.Second || g.Max != 9*time.Second {
		t.Errorf("got the percentiles %v %v %v, and at most %v", g.P50, g.P90, g.P99, g.Max)
	}
	if g.Slow != 10 || len(g.Outliers) != 8 {
		t.Errorf("got %d outliers, and named %v", g.Slow, g.Outliers)
	}
	want := []verdict.Shared{{Key: "input.shop", Value: "14", Among: "slow", Having: 10, Of: 10}}
	if !reflect.DeepEqual(g.Shared, want) {
		t.Errorf("the outliers share %+v, want %+v", g.Shared, want)
	}
	count := 0
	for n, bin := range g.Histogram {
		count += bin.Count
		if n > 0 && bin.From != g.Histogram[n-1].To || bin.To < bin.From {
			t.Errorf("bin %d is %+v, after %+v", n, bin, g.Histogram[max(n-1, 0)])
		}
	}
	if count != 400 || len(g.Histogram) > 24 {
		t.Errorf("the histogram has %d in %d bins", count, len(g.Histogram))
	}
}

func TestGroupsHaveEightSiblings(t *testing.T) {
	t.Parallel()
	if got := verdict.Groups(checks(7)); len(got) != 0 {
		t.Errorf("seven are %+v", got)
	}
	if got := verdict.Groups(checks(8)); len(got) != 1 || got[0].Slow != 0 || got[0].Shared != nil {
		t.Errorf("eight are %+v", got)
	}
	apart := checks(9)
	for i := range apart[1:] {
		apart[1+i].ParentSpanID = fmt.Sprint("p", i%2)
	}
	if got := verdict.Groups(apart); len(got) != 0 {
		t.Errorf("children of two are %+v", got)
	}
}

func TestGroupOfWhatFailedAndRuns(t *testing.T) {
	t.Parallel()
	spans := checks(40)
	for i := range spans {
		s := &spans[i]
		if i%10 == 3 {
			failed("503")(s)
			s.Payload.Attributes = `{"server.address":"shop14.example"}`
		}
		if i%10 == 4 {
			s.End = time.Time{}
		}
		s.Usage = &store.Usage{Input: 10}
	}
	g := verdict.Groups(spans)[0]
	if g.Failed != 4 || g.Running != 4 || g.Tokens != 400 || !g.Unpriced {
		t.Errorf("got %d failed, %d running, %d tokens, unpriced %t", g.Failed, g.Running, g.Tokens, g.Unpriced)
	}
	want := verdict.Shared{Key: "server.address", Value: "shop14.example", Among: "failed", Having: 4, Of: 4}
	if len(g.Shared) != 1 || g.Shared[0] != want {
		t.Errorf("they share %+v, want %+v", g.Shared, want)
	}
}

func TestGroupOfSpansThatAllRun(t *testing.T) {
	t.Parallel()
	spans := checks(10)
	for i := range spans {
		spans[i].End = time.Time{}
	}
	if g := verdict.Groups(spans)[0]; g.Running != 10 || g.Histogram != nil || !g.End.IsZero() {
		t.Errorf("got %+v", g)
	}
}
