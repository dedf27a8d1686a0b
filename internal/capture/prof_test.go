package capture_test
import ("testing";"time";"encoding/json";"runtime/debug";"github.com/traceroot-ai/traceroot-go/internal/capture")
func minOf(f func()) time.Duration {
 r:=1
 for timed(f,r)<100*time.Microsecond { r*=2 }
 best:=time.Hour
 for range 600 { best=min(best, timed(f,r)/time.Duration(r)) }
 return best
}
func TestMin(t *testing.T){
 _ = debug.SetGCPercent
 for _, l := range loads() { a,b:=minOf(func(){capture.Text(l.v,roomy)}), minOf(func(){json.Marshal(l.v)}); t.Logf("%-32s %8v %8v %.3f",l.name,a,b,float64(a)/float64(b)) }
 for n, v := range samples() { a,b:=minOf(func(){capture.Text(v,roomy)}), minOf(func(){json.Marshal(v)}); t.Logf("%-32s %8v %8v %.3f",n,a,b,float64(a)/float64(b)) }
}
func BenchmarkProf(b *testing.B){
 for _, l := range loads() { b.Run(l.name, func(b *testing.B){ b.ReportAllocs(); for b.Loop(){ capture.Text(l.v, roomy)} }) }
}
