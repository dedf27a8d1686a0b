package verdict_test

import (
	"reflect"
	"testing"

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
