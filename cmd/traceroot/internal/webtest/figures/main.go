package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/profiler"
	"github.com/chromedp/cdproto/tracing"
	"github.com/chromedp/chromedp"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/server"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/webtest/gauge"
)

var prof = flag.String("prof", "", "")
var nrows = flag.Int("rows", 100000, "")
var domain = flag.String("domain", "threadTicks", "")

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	what := flag.String("what", "trace", "")
	flag.Parse()
	ctx := context.Background()
	data, err := os.MkdirTemp("", "figures")
	check(err)
	defer os.RemoveAll(data)
	began := time.Now()
	check(gauge.Stock{Traces: *nrows, Rich: 6000}.Fill(ctx, data))
	fmt.Println("filled in", time.Since(began))
	s, err := server.Start(ctx, server.Config{Data: data, Addr: "127.0.0.1:0", GRPCAddr: "off"})
	check(err)
	defer s.Close(ctx)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.Flag("disable-gpu", true), chromedp.Flag("hide-scrollbars", true))
	allocator, end := chromedp.NewExecAllocator(ctx, options...)
	defer end()
	b, cancel := chromedp.NewContext(allocator)
	defer cancel()
	check(chromedp.Do(b))
	for _, w := range strings.Split(*what, ",") {
		switch w {
		case "trace":
			for range 4 {
				load(b, s.URL()+"/t/"+gauge.LargeTrace, `document.querySelectorAll('.tree [role=treeitem]').length > 5`)
			}
		case "grouped":
			for range 4 {
				load(b, s.URL()+"/t/"+gauge.GroupedTrace, `document.querySelectorAll('.tree [role=treeitem]').length > 3`)
			}
		case "wire":
			for _, p := range []string{"/api/ui/traces?limit=100", "/api/ui/traces?limit=1000", "/api/ui/traces/" + gauge.LargeTrace, "/api/ui/traces/" + gauge.GroupedTrace, "/api/ui/traces/" + gauge.LargeTrace + "/conversation", "/traces", "/t/x"} {
				for _, enc := range []string{"identity", "gzip"} {
					r, _ := http.NewRequest("GET", s.URL()+p, nil)
					r.Header.Set("Accept-Encoding", enc)
					began := time.Now()
					resp, err := http.DefaultClient.Do(r)
					check(err)
					n, _ := io.Copy(io.Discard, resp.Body)
					fmt.Println(p, enc, resp.Status, n, time.Since(began))
				}
			}
		case "small":
			for range 4 {
				load(b, s.URL()+"/t/"+gauge.SmallTrace, `document.querySelectorAll('.tree [role=treeitem]').length > 5`)
			}
		case "list":
			for range 4 {
				load(b, s.URL()+"/traces", `document.querySelectorAll('.tr[data-id]').length > 5`)
			}
		case "scroll":
			for range 2 {
				scroll(b, s.URL(), 4*47)
			}
		case "lab":
			lab(b, "file:///tmp/webperf7/lab/lab.html")
		case "fling":
			for range 2 {
				scroll(b, s.URL(), 40*47)
			}
		}
	}
}

type m map[string]float64

func metrics(ctx context.Context) m {
	got, err := chromedp.Call(ctx, performance.GetMetrics, cdp.Empty{})
	check(err)
	out := m{}
	for _, x := range got.Metrics {
		out[x.Name] = x.Value
	}
	return out
}

func (a m) minus(b m) string {
	var s strings.Builder
	for _, k := range []string{"ScriptDuration", "RecalcStyleDuration", "LayoutDuration", "V8CompileDuration", "DevToolsCommandDuration", "TaskDuration", "TaskOtherDuration", "ThreadTime", "ProcessTime"} {
		fmt.Fprintf(&s, "%s %.0f  ", strings.TrimSuffix(k, "Duration"), (a[k]-b[k])*1000)
	}
	fmt.Fprintf(&s, "S+R+L %.1f  nodes %.0f layouts %.0f styles %.0f", (a["ScriptDuration"]-b["ScriptDuration"]+a["RecalcStyleDuration"]-b["RecalcStyleDuration"]+a["LayoutDuration"]-b["LayoutDuration"])*1000, a["Nodes"], a["LayoutCount"]-b["LayoutCount"], a["RecalcStyleCount"]-b["RecalcStyleCount"])
	return s.String()
}

func tab(b context.Context) (context.Context, func()) {
	ctx, cancel := chromedp.NewContext(b, chromedp.WithNewBrowserContext())
	check(chromedp.Do(ctx, chromedp.EmulateViewport(1440, 900)))
	_, err := chromedp.Call(ctx, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomain(*domain)})
	check(err)
	return ctx, cancel
}

var nprof int

func startProf(ctx context.Context) func() {
	if *prof == "" {
		return func() {}
	}
	_, err := chromedp.Call(ctx, profiler.Enable, cdp.Empty{})
	check(err)
	_, err = chromedp.Call(ctx, profiler.SetSamplingInterval, profiler.SetSamplingIntervalParams{Interval: 200})
	check(err)
	_, err = chromedp.Call(ctx, profiler.Start, cdp.Empty{})
	check(err)
	return func() {
		got, err := chromedp.Call(ctx, profiler.Stop, cdp.Empty{})
		check(err)
		out, err := json.Marshal(got.Profile)
		check(err)
		nprof++
		check(os.WriteFile(filepath.Join(*prof, fmt.Sprintf("p%d.cpuprofile", nprof)), out, 0o644))
	}
}

func load(b context.Context, url, until string) {
	ctx, cancel := tab(b)
	defer cancel()
	before := metrics(ctx)
	stop := startProf(ctx)
	stopT := startTrace(ctx)
	began := time.Now()
	check(chromedp.Do(ctx, chromedp.Navigate(url)))
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](until))
		check(err)
		if ok {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	took := time.Since(began)
	at := metrics(ctx)
	time.Sleep(600 * time.Millisecond)
	stop()
	stopT()
	after := metrics(ctx)
	fp, err := chromedp.Run(ctx, chromedp.Evaluate[map[string]float64](`(() => { const o = {}; for (const e of performance.getEntriesByType('paint')) o[e.name] = e.startTime; const n = performance.getEntriesByType('navigation')[0]; o.response = n.responseStart; o.responseEnd = n.responseEnd; o.dcl = n.domContentLoadedEventEnd; for (const r of performance.getEntriesByType('resource')) if (/main.*js/.test(r.name)) { o.jsStart = r.startTime; o.jsEnd = r.responseEnd; } return o; })()`))
	check(err)
	fmt.Printf("%s\n  wall %v %v\n  first: %s\n  all:   %s\n", url, took, fp, at.minus(before), after.minus(before))
}

func scroll(b context.Context, base string, by int) {
	ctx, cancel := tab(b)
	defer cancel()
	check(chromedp.Do(ctx, chromedp.Navigate(base+"/traces")))
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`(() => {
		const list = document.querySelector('.virtual');
		list.scrollTop = list.scrollHeight;
		return list.scrollHeight >= %d * 47 - 50;
	})()`, *nrows)))
		check(err)
		if ok {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(500 * time.Millisecond)
	const frames = 200
	before := metrics(ctx)
	stop := startProf(ctx)
	stopT := startTrace(ctx)
	times, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(`new Promise((done) => {
		const list = document.querySelector('.virtual');
		let n = 0, y = 5000 * 47; const t = [];
		const frame = (now) => { t.push(now); y -= %d; if (y < 0) y = 5000 * 47; list.scrollTop = y; if (++n < %d) requestAnimationFrame(frame); else done(t); };
		requestAnimationFrame(frame);
	})`, by, frames), chromedp.EvalAwaitPromise))
	check(err)
	stop()
	stopT()
	after := metrics(ctx)
	fmt.Printf("scroll by %d rows, %d frames in %.0f ms; sums: %s\n", by/47, frames, times[len(times)-1]-times[0], after.minus(before))
	fmt.Printf("  per frame: S+R+L %.2f  Task %.2f Thread %.2f\n", ((after["ScriptDuration"]-before["ScriptDuration"])+(after["RecalcStyleDuration"]-before["RecalcStyleDuration"])+(after["LayoutDuration"]-before["LayoutDuration"]))*1000/frames, (after["TaskDuration"]-before["TaskDuration"])*1000/frames, (after["ThreadTime"]-before["ThreadTime"])*1000/frames)
}

var traceOut = flag.String("trace", "", "")

func startTrace(ctx context.Context) func() {
	if *traceOut == "" {
		return func() {}
	}
	var mu sync.Mutex
	var all []json.RawMessage
	done := make(chan struct{})
	check(chromedp.Listen(ctx, func(e any) {
		switch e := e.(type) {
		case *tracing.EventDataCollected:
			mu.Lock()
			for _, v := range e.Value {
				b, _ := json.Marshal(v)
				all = append(all, b)
			}
			mu.Unlock()
		case *tracing.EventTracingComplete:
			close(done)
		}
	}))
	_, err := chromedp.Call(ctx, tracing.Start, tracing.StartParams{TraceConfig: &tracing.TraceConfig{IncludedCategories: []string{"devtools.timeline", "disabled-by-default-devtools.timeline", "blink", "v8", "blink.user_timing", "loading", "toplevel", "disabled-by-default-v8.compile", "navigation"}}, TransferMode: "ReportEvents"})
	check(err)
	return func() {
		_, err := chromedp.Call(ctx, tracing.End, cdp.Empty{})
		check(err)
		<-done
		nprof++
		out, _ := json.Marshal(map[string]any{"traceEvents": all})
		check(os.WriteFile(filepath.Join(*traceOut, fmt.Sprintf("t%d.json", nprof)), out, 0o644))
	}
}
