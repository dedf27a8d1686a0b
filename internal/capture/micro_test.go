package capture
import ("testing";"strings";"time")
func TestMicro(t *testing.T){
 for _, s := range []string{strings.Repeat("hello world, this is a plain text. ",100), strings.Repeat("a line of sixty characters or so, which then has an ending.\n",60), strings.Repeat("short \"q\" ", 300), "user", "tool_calls!", strings.Repeat("東京は日本の首都です。",100)} {
  buf:=make([]byte,0,10000)
  best:=time.Hour
  r:=100000/(len(s)+20)
  for range 300 { b:=time.Now(); for range r { buf=appendEscaped(buf[:0],s)}; best=min(best,time.Since(b)) }
  t.Logf("%.10q %d bytes %.2f ns %.2f GB/s",s,len(s),float64(best)/float64(r), float64(len(s)*r)/float64(best))
 }
}
