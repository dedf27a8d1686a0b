package capture_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/traceroot-ai/traceroot-go/internal/capture"
)

type (
	waiting struct{ started, proceed chan struct{} }
	leaving struct{}
)

func (w waiting) MarshalJSON() ([]byte, error) {
	close(w.started)
	<-w.proceed
	return []byte(`"done"`), nil
}

func (leaving) MarshalJSON() ([]byte, error) {
	runtime.Goexit()
	return nil, nil
}

func TestSlowMarshalerDelaysOnlyItsOwnCall(t *testing.T) {
	t.Parallel()
	slow := waiting{make(chan struct{}), make(chan struct{})}
	var captured string
	var wg sync.WaitGroup
	wg.Go(func() { captured = capture.Text([]any{slow}, roomy).Text })
	<-slow.started
	for i := range 1000 { // of types that are known and of one that is not
		if got, want := text(t, []any{i, &node{Name: "a"}, struct{ N int }{i}}), fmt.Sprintf(`[%d,{"name":"a"},{"N":%d}]`, i, i); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
	close(slow.proceed)
	wg.Wait()
	if captured != `["done"]` {
		t.Errorf("the slow one gives %s", captured)
	}
}

// A method that ends its goroutine does so: the language knows no way to go on. What it was called from is left in order.
func TestGoexitInAMarshaler(t *testing.T) {
	t.Parallel()
	for range 10 {
		var wg sync.WaitGroup
		returned := false
		wg.Go(func() {
			capture.Text([]any{"before", leaving{}, strings.Repeat("x", 100_000)}, roomy)
			returned = true
		})
		wg.Wait()
		if returned {
			t.Fatal("the goroutine went on")
		}
		if got := text(t, map[string]any{"a": []any{1}}); got != `{"a":[1]}` {
			t.Fatalf("the next value gives %s", got)
		}
	}
}

// With -race, reading after the return would be seen.
func TestNothingIsReadAfterTheReturn(t *testing.T) {
	t.Parallel()
	raw := json.RawMessage(`{"a": "b"}`)
	body, name := []byte("body"), "name"
	list := []any{"x", 1}
	labels, first := map[string]string{"k": "v"}, &node{Name: "n"}
	v := map[string]any{"raw": raw, "body": body, "list": list, "labels": labels, "name": &name, "node": first}
	want := `{"body":"body","labels":{"k":"v"},"list":["x",1],"name":"name","node":{"name":"n"},"raw":{"a":"b"}}`

	captured := []capture.Value{capture.Text(v, roomy), capture.Object(v, roomy), capture.Text(body, roomy), capture.Text(raw, roomy)}
	clear(raw)
	clear(body)
	clear(list)
	clear(labels)
	name = "changed"
	first.Name = "changed"
	clear(v)
	for i, want := range []string{want, want, "body", `{"a":"b"}`} {
		if captured[i].Text != want {
			t.Errorf("got  %s\nwant %s", captured[i].Text, want)
		}
	}
}

func TestNothingIsChanged(t *testing.T) {
	t.Parallel()
	list, raw, asked := []string{"b", "a"}, json.RawMessage(` { "b" : 1 } `), request(3)
	v := map[string]any{"set": map[string]struct{}{"b": {}, "a": {}}, "list": list, "raw": raw, "number": *big.NewInt(7), "request": asked}
	state := func() string { return fmt.Sprint(list, string(raw), len(v)) + standard(t, asked) }
	before := state()
	capture.Text(v, roomy)
	capture.Text(v, 50)
	if after := state(); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
}

func TestBigNumbers(t *testing.T) {
	t.Parallel()
	type amounts struct {
		I big.Int
		F big.Float
		R *big.Rat
	}
	million := amounts{*big.NewInt(1_000_000), *big.NewFloat(.5), big.NewRat(1, 3)}
	expectTexts(t, map[string]any{
		`{"I":1000000,"F":"0.5","R":"1/3"}`: million,
		`[{"I":0,"F":"0","R":null}]`:        []amounts{{}},
		`{"n":123456789012345678901234567890,"p":-7}`: map[string]any{
			"n": *mustBig("123456789012345678901234567890"), "p": big.NewInt(-7),
		},
		"-7": *big.NewInt(-7),
	})
}
