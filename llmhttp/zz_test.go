package llmhttp_test
import ("testing";"strings";"time")
func TestZZ(t *testing.T){
 a:=`{"output":{"message":{"content":[`+strings.TrimSuffix(strings.Repeat(`{"text":"`+strings.Repeat("x",300)+`"},`,50000),",")+`]}},"stopReason":"x"}`
 s:=time.Now(); _,r:=exchange{url:converseURL,answer:a}.read(t); t.Log(len(a),time.Since(s),len(r.Messages[0].Content))
}
