package verdict_test

import (
	"reflect"
	"testing"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/verdict"
)

func TestVerdictOfAFailureNamesStepRepeatAndArgument(t *testing.T) {
	t.Parallel()
	got := judge(t, support())
	want := &verdict.Verdict{
		Rule: verdict.RuleFailed, Status: verdict.Failed,
		Parts: []verdict.Part{
			{Text: "Failed at step 3 of 3."},
			{Text: " "},
			{Text: "create_return_label", SpanID: "05"},
			{Text: " answered 422 "},
			{Text: "address_invalid", Code: true},
			{Text: ", twice with identical arguments. "},
			{Text: "postal_code 972O1", Code: true, Odd: []int{15}},
			{Text: ", with a letter O, is not in anything the model was shown: "},
			{Text: "get_order", SpanID: "03"},
			{Text: " had returned "},
			{Text: "97201", Code: true},
			{Text: "."},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestVerdictIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	want := judge(t, support())
	for range 20 {
		if got := judge(t, support()); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %q, and before %q", got.Text(), want.Text())
		}
	}
}

func TestVerdictNamesWhoHadToldWhatWasMeant(t *testing.T) {
	t.Parallel()
	for told, want := range map[string]string{
		user("Look up order ord_88231."):                    "the user had said ord_88231.",
		system("The test order is ord_88231."):              "the instructions say ord_88231.",
		message("role", `"tool"`, "content", `"ord_88231"`): "it had been shown ord_88231.",
	} {
		got := judge(t, []store.Span{
			agent("01", "", "agent", 0, 90, failed("there is no order ord_88321")),
			model("02", "01", 1, 9, []string{user("Hello"), told}, []string{says("", asks("c", "get_order", `{"id":"ord_88321"}`))}),
			tool("03", "01", "get_order", 10, 19, failed("there is no order ord_88321")),
		})
		want = "Failed. get_order failed: there is no order ord_88321. id ord_88321 is not in anything the model was shown: " + want
		if got.Text() != want {
			t.Errorf("got  %s\nwant %s", got.Text(), want)
		}
	}
}
