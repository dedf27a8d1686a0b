package main

import (
	"os"
	"runtime"
	"testing"
)

func TestMain(m *testing.M) {
	if isSink() {
		exitOn(runSink(os.Stdin, os.Stdout))
		return
	}
	os.Exit(m.Run()) //nolint:forbidigo // this is the test binary's main
}

// slack is how much worse than its limit a CPU time may be here: machines that run tests are small and busy.
const slack = 1.25

// It runs before the tests that are parallel, since it measures CPU time.
func TestExportCost(t *testing.T) {
	switch {
	case testing.Short():
		t.Skip("it takes half a minute")
	case runtime.GOOS != "linux" && runtime.GOOS != "darwin":
		t.Skip("CPU time is not measured here")
	case underRace:
		t.Skip("the figures are those of the race detector")
	}
	p, err := readProse(t.Context())
	if err != nil {
		t.Skip(err)
	}
	to, err := startSink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer to.stop()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			f, err := measure(t.Context(), to, k, p, 512, 3)
			if err == nil && k.gated && f.cpuRatio > cpuLimit*slack {
				f, err = measure(t.Context(), to, k, p, 512, 9) // whatever else ran has had its time
			}
			if err != nil {
				t.Fatal(err)
			}
			t.Log("\n" + table([]figure{f}))
			if k.gated && f.cpuRatio > cpuLimit*slack {
				t.Errorf("%.3f of the stock exporter's CPU time, the limit is %.2f", f.cpuRatio, cpuLimit)
			}
			if f.bytesRatio > bytesLimit {
				t.Errorf("%.3f of the stock exporter's bytes, the limit is %.2f", f.bytesRatio, bytesLimit)
			}
		})
	}
}

func BenchmarkExport(b *testing.B) {
	p, err := readProse(b.Context())
	if err != nil {
		b.Skip(err)
	}
	to, err := startSink(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer to.stop()
	for _, k := range kinds {
		records := k.make(p, 512)
		for _, s := range []side{ours, stock} {
			b.Run("spans="+k.name+"/by="+s.name, func(b *testing.B) {
				var c cost
				for b.Loop() {
					next, err := once(b.Context(), to, s, records)
					if err != nil {
						b.Fatal(err)
					}
					c.cpu += next.cpu
					c.Bytes += next.Bytes
				}
				spans := float64(b.N * len(records))
				b.ReportMetric(float64(c.cpu.Nanoseconds())/spans, "cpu-ns/span")
				b.ReportMetric(float64(c.Bytes)/spans, "B/span")
			})
		}
	}
}
