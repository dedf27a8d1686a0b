package demo

import (
	"slices"
	"strings"
	"time"
)

const (
	wheelFile = "wheel/true.go"
	wheelTest = "wheel/true_test.go"
)

// loopTask is one that the model does not see through: the test wants a wheel with one loose spoke to be told apart, and
// the model turns the knobs of a function that never looks at a single spoke.
func loopTask() codingTask {
	const red = `--- FAIL: TestWheelTruing (0.41s)
    --- FAIL: TestWheelTruing/one_loose_spoke (0.02s)
        true_test.go:37: Wobble() = 0.31 mm, want it above 0.50 mm with a loose spoke
FAIL	bikeshop/wheel	0.873s
`
	return codingTask{
		user: "user-0003", session: "sess_2302", tags: []string{"loop", "repo:wheel"},
		task:  "make TestWheelTruing pass; the test is right, so leave it as it is",
		limit: 24 * time.Second,
		files: map[string]string{
			wheelFile: `package wheel

// Wobble is how far the rim strays sideways, in millimetres.
func Wobble(spokes []Spoke) float64 {
	const (
		stiffness = 1.00
		window    = 4
	)
	var worst float64
	for i := range spokes {
		worst = max(worst, pull(spokes, i, window)/stiffness)
	}
	return worst
}

// pull is the mean tension of the spokes around i.
func pull(spokes []Spoke, i, window int) float64 {
	var sum float64
	for d := -window; d <= window; d++ {
		sum += spokes[(i+d+len(spokes))%len(spokes)].Tension
	}
	return sum / float64(2*window+1)
}
`,
			wheelTest: `package wheel

import "testing"

func TestWheelTruing(t *testing.T) {
	t.Run("one loose spoke", func(t *testing.T) {
		spokes := evenSpokes(32)
		spokes[11].Tension = 0
		if got := Wobble(spokes); got < 0.5 {
			t.Errorf("Wobble() = %.2f mm, want it above 0.50 mm with a loose spoke", got)
		}
	})
}
`,
		},
		tests: slices.Repeat([]testRun{{took: 1240 * time.Millisecond, Output: red}}, 6),
	}
}

// flagTask is one that works out, after an edit that missed.
func flagTask() codingTask {
	const green = "ok  \tbikeshop/cmd/stock\t0.412s\n"
	return codingTask{
		user: "user-0003", session: "sess_2296", tags: []string{"repo:stock"},
		task: "add a --json flag to the stock command",
		files: map[string]string{
			"cmd/stock/main.go": `package main

func main() {
	low := flag.Int("low", 3, "show articles with fewer pieces")
	flag.Parse()
	for _, a := range articles(*low) {
		fmt.Println(a.SKU, a.OnHand)
	}
}
`,
			"README.md": "# Articles that run low\n\nstock -low 3\n",
		},
		tests: []testRun{{took: 1650 * time.Millisecond, Passed: true, Output: green}, {took: 980 * time.Millisecond, Passed: true, Output: green}},
	}
}

func codingScenes() []scene {
	test := use{name: "go_test", input: `{"package":"./wheel/...","run":"TestWheelTruing"}`}
	loop := []reply{
		{says: "I will read the function and its test first.", uses: []use{
			{name: "read_file", input: rawInput(fileQuery{wheelFile})}, {name: "read_file", input: rawInput(fileQuery{wheelTest})},
		}},
	}
	guesses := []struct{ says, was, is string }{
		{"The rim looks too stiff for one spoke to show. I will make it softer.", "stiffness = 1.00", "stiffness = 0.80"},
		{"Still too stiff, it seems.", "stiffness = 0.80", "stiffness = 0.60"},
		{"The window may hide the spoke. A smaller one should help.", "window    = 4", "window    = 3"},
		{"A little less stiffness again.", "stiffness = 0.60", "stiffness = 0.50"},
		{"Let me try both together, in small steps.", "window    = 3", "window    = 2"},
		{"One more step in the same direction.", "stiffness = 0.50", "stiffness = 0.45"},
		{"The value has not moved; perhaps the step was too small.", "stiffness = 0.45", "stiffness = 0.40"},
	}
	for _, g := range guesses {
		loop = append(loop, reply{says: g.says, uses: []use{
			{name: "edit_file", input: rawInput(fileEdit{wheelFile, g.was, g.is})}, test,
		}})
	}
	const stock = "cmd/stock/main.go"
	return []scene{
		{cue: loopTask().task, context: 31200, replies: loop},
		{cue: flagTask().task, context: 17400, replies: []reply{
			{says: "First the command as it is.", uses: []use{{name: "read_file", input: rawInput(fileQuery{stock})}}},
			{says: "I will add the flag beside the other one.", uses: []use{{name: "edit_file", input: rawInput(fileEdit{
				stock, "low := flag.Int(\"low\", 3, \"\")", "asJSON := flag.Bool(\"json\", false, \"print JSON\")",
			})}}},
			{says: "That text was not in the file. I will take the line as it stands.", uses: []use{
				{name: "edit_file", input: rawInput(fileEdit{
					stock, "\tflag.Parse()\n", "\tasJSON := flag.Bool(\"json\", false, \"print JSON\")\n\tflag.Parse()\n\tif *asJSON {\n\t\t_ = json.NewEncoder(os.Stdout).Encode(articles(*low))\n\t\treturn\n\t}\n",
				})},
				{name: "go_test", input: `{"package":"./cmd/stock/..."}`},
			}},
			{says: "Now a line in the README.", uses: []use{
				{name: "edit_file", input: rawInput(fileEdit{"README.md", "stock -low 3\n", "stock -low 3\nstock -json\n"})},
				{name: "go_test", input: `{"package":"./cmd/stock/..."}`},
			}},
			{says: "The stock command has a --json flag that prints the same articles as JSON, and the README shows it. The tests pass."},
		}},
	}
}

// rawInput is a tool's input as models write it, with < and > as they are.
func rawInput(v any) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(jsonText(v))
}
