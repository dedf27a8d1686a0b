package main

import (
	"context"
	"fmt"
	"math"

	"github.com/chromedp/chromedp"
)

func lab(b context.Context, url string) {
	ctx, cancel := tab(b)
	defer cancel()
	check(chromedp.Do(ctx, chromedp.Navigate(url)))
	names, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`V.map((v) => v.name)`))
	check(err)
	keys := []string{"ScriptDuration", "RecalcStyleDuration", "LayoutDuration", "TaskOtherDuration", "TaskDuration"}
	best := map[string][]float64{}
	const frames = 80
	for range 4 {
		for i, name := range names {
			_, err := chromedp.Run(ctx, chromedp.Evaluate[any](fmt.Sprintf(`setup(%d)`, i)))
			check(err)
			before := metrics(ctx)
			_, err = chromedp.Run(ctx, chromedp.Evaluate[any](fmt.Sprintf(`run(V[%d], %d)`, i, frames), chromedp.EvalAwaitPromise))
			check(err)
			after := metrics(ctx)
			for k, key := range keys {
				if best[name] == nil {
					best[name] = []float64{math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64}
				}
				best[name][k] = min(best[name][k], (after[key]-before[key])*1000/frames)
			}
		}
	}
	for _, name := range names {
		fmt.Printf("%-28s script %.2f style %.2f layout %.2f other %.2f  TASK %.2f\n", name, best[name][0], best[name][1], best[name][2], best[name][3], best[name][4])
	}
}
