package parity_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/traceroot-ai/traceroot-go"
	"github.com/traceroot-ai/traceroot-go/internal/e2e/parity"
)

// TestParity runs the agent with either SDK and compares what arrives, key by key: all that differs stands in the table
// of differences, and all that stands there differs.
func TestParity(t *testing.T) {
	python, ours := runBoth(t)
	if len(python) != len(ours) {
		t.Fatalf("the trees differ:\nPython %q\nGo     %q", placeNames(python), placeNames(ours))
	}
	found := newFindings()
	for i, place := range ours {
		t.Run(place.name, func(t *testing.T) {
			for key, c := range compare(python[i].facts, place.facts) {
				found.judge(t, place.name, key, c)
			}
		})
	}
	found.expectAllOfTheTable(t)
	tellTheSame(t, python, ours)
}

// findings are what the run has shown of the tables.
type findings struct {
	same map[string]bool // keys that were equal somewhere
	at   []map[string]bool
	keys []map[string]bool // for each row of the table, the places and the keys that it was needed for
}

func newFindings() *findings {
	f := &findings{same: map[string]bool{}}
	for range differences {
		f.at, f.keys = append(f.at, map[string]bool{}), append(f.keys, map[string]bool{})
	}
	return f
}

func (f *findings) judge(t *testing.T, place, key string, c comparison) {
	t.Helper()
	if c.kind == equal {
		f.same[key] = true
		return
	}
	for i, d := range differences {
		pattern, ok := d.covers(place, key, c.kind)
		if !ok {
			continue
		}
		f.at[i][place], f.keys[i][pattern] = true, true
		if d.undo != nil && !reflect.DeepEqual(d.undo(c.python), c.ours) {
			t.Errorf("%s differs in more than the table says:\nPython %v\nGo     %v", key, c.python, c.ours)
		}
		return
	}
	t.Errorf("%s is not in the table of differences: %s\nPython %v\nGo     %v", key, c.kind, c.python, c.ours)
}

// expectAllOfTheTable fails for what the tables say and the run did not show.
func (f *findings) expectAllOfTheTable(t *testing.T) {
	t.Helper()
	for i, d := range differences {
		for _, place := range d.at {
			if !f.at[i][place] {
				t.Errorf("the table says that %q differ at %q: they do not any more", d.keys, place)
			}
		}
		for _, key := range d.keys {
			if !f.keys[i][key] {
				t.Errorf("the table says that %s differs at %q: it does not any more", key, d.at)
			}
		}
	}
	if same := slices.Sorted(maps.Keys(f.same)); !slices.Equal(same, agreed) {
		t.Errorf("keys that agree somewhere: got %q, the list has %q", same, agreed)
	}
}

func placeNames(places []place) []string {
	var names []string
	for _, p := range places {
		names = append(names, p.name)
	}
	return names
}

// tellTheSame compares the model calls, where the two SDKs have other words for the same facts.
func tellTheSame(t *testing.T, python, ours []place) {
	t.Helper()
	for i, place := range ours {
		if !slices.Contains(chats, place.name) {
			continue
		}
		t.Run("facts of "+place.name, func(t *testing.T) {
			for _, same := range translations {
				theirs, theySay := lookUp(python[i].facts, same.python)
				our, weSay := lookUp(place.facts, same.ours)
				if theySay != weSay || text(theirs) != text(our) {
					t.Errorf("%s: %s is %s, %s is %s", same.fact, same.python, text(theirs), same.ours, text(our))
				}
			}
		})
	}
}

// runBoth runs the agent with either SDK, both configured by the same variables.
func runBoth(t *testing.T) (python, ours []place) {
	t.Helper()
	for name, value := range map[string]string{
		"TRACEROOT_API_KEY": "tr-parity", "TRACEROOT_ENVIRONMENT": "staging", "TRACEROOT_SERVICE_NAME": "support",
		"TRACEROOT_GIT_REPO": "example/support", "TRACEROOT_GIT_REF": "v1.4.2",
	} {
		t.Setenv(name, value)
	}

	fromPython := newReceiver(t)
	runPython(t, "TRACEROOT_HOST_URL="+fromPython.URL, "MODEL_URL="+newModel(t))

	fromGo := newReceiver(t)
	t.Setenv("TRACEROOT_HOST_URL", fromGo.URL)
	runGo(t, newModel(t))

	return places(t, fromPython.received()), places(t, fromGo.received())
}

func runGo(t *testing.T, modelURL string) {
	t.Helper()
	client := traceroot.Initialize()
	if _, err := parity.NewAgent(modelURL).Run(t.Context()); err != nil {
		t.Fatalf("run the agent: %v", err)
	}
	if err := client.Shutdown(t.Context()); err != nil {
		t.Fatalf("shut down: %v", err)
	}
}
