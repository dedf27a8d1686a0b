package verdict_test

import "github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"

const (
	badLabel = `{"order_id":60418,"from":{"name":"Mira","postal_code":"972O1"}}`
	refusal  = `422 address_invalid: postal_code "972O1" is not a valid code for Portland, OR`
)

// support is a support agent that misread a postal code, was refused, tried the same again and handed over.
func support() []store.Span {
	order := `{"id":60418,"address":{"street":"1142 SE Alder St","postal_code":"97201"}}`
	shown := []string{system("You are the support agent of a bicycle shop."), user("Mira here. The derailleur of order 60418 is bent, can I send it back?")}
	first := says("I look it up.", asks("call_01", "get_order", `{"order_id":60418}`))
	shown2 := list(shown, []string{first, result("call_01", order)})
	second := says("I make a label.", asks("call_04", "create_return_label", badLabel))
	shown3 := list(shown2, []string{second, result("call_04", "error: "+refusal)})
	third := says("The carrier refused it. I'll try once more.", asks("call_05", "create_return_label", badLabel))
	return []store.Span{
		agent("01", "", "support-agent", 0, 17_920, failed("step 3: create_return_label: "+refusal, "step 3: "+refusal, refusal)),
		model("02", "01", 40, 2310, shown, []string{first}),
		tool("03", "01", "get_order", 2330, 2714, input(`{"order_id":60418}`), output(order)),
		model("04", "01", 2738, 5020, shown2, []string{second}),
		tool("05", "01", "create_return_label", 8430, 9712, took("call_04"), input(badLabel), failed("create_return_label: "+refusal)),
		span("06", "05", store.KindSpan, "POST /v1/labels", 8452, 8971, failed("503 Service Unavailable")),
		span("07", "05", store.KindSpan, "POST /v1/labels", 9121, 9694, failed(refusal)),
		model("08", "01", 9741, 12_310, shown3, []string{third}),
		tool("09", "01", "create_return_label", 12_338, 13_021, took("call_05"), input(badLabel), failed("create_return_label: "+refusal)),
		span("0a", "09", store.KindSpan, "POST /v1/labels", 12_350, 13_000, failed(refusal)),
		agent("0b", "01", "handover-writer", 13_100, 17_900),
		model("0c", "0b", 13_110, 17_000, []string{system("You write tickets."), user("Hand this over.")}, []string{says("Done.")}),
	}
}
