package capture_test
import ("testing";"github.com/traceroot-ai/traceroot-go/internal/capture")
func BenchmarkParams(b *testing.B){
 r := request(4)
 p := r.Tools[0].Function.Parameters
 for b.Loop() { capture.Text(p, roomy) }
}
