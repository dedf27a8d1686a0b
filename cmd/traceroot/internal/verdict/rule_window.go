package verdict

import "strings"

// fullShare is from where on a context window counts as nearly full.
const fullShare = 0.9

// windows are how many tokens of input models take, by the beginning of their names; the longest that fits counts.
// Models whose window depends on the account or on a header are not here.
var windows = []struct {
	model  string
	tokens int64
}{
	{"claude-3", 200_000},
	{"claude-haiku-4-5", 200_000},
	{"claude-opus-4-1", 200_000},
	{"claude-opus-4-5", 200_000},
	{"gemini-1.5-flash", 1_048_576},
	{"gemini-2.0-flash", 1_048_576},
	{"gemini-2.5", 1_048_576},
	{"gpt-3.5-turbo", 16_385},
	{"gpt-4-turbo", 128_000},
	{"gpt-4.1", 1_047_576},
	{"gpt-4o", 128_000},
	{"gpt-5", 272_000},
	{"gpt-5-chat", 128_000},
	{"o1", 200_000},
	{"o1-mini", 128_000},
	{"o1-preview", 128_000},
	{"o3", 200_000},
	{"o4-mini", 200_000},
}

// fullWindow finds the call that filled the context window of its model most, above 90 %. Where some call took more than
// we know a window to hold, ours is not that model's.
func fullWindow(v *view) *finding {
	fullest, share := -1, fullShare
	var window int64
	wrong := map[int64]bool{}
	for _, i := range v.order {
		s := &v.spans[i]
		size := windowOf(s.Model)
		if v.number[i] == 0 || size == 0 || s.Usage == nil || s.Usage.Estimated {
			continue
		}
		used := float64(s.Usage.Input) / float64(size)
		wrong[size] = wrong[size] || used > 1
		if used > share {
			fullest, share, window = i, used, size
		}
	}
	if fullest < 0 || wrong[window] {
		return nil
	}
	return &finding{
		status: Warning, head: "Context window nearly full.", explain: true,
		said: []Part{
			v.link(fullest), say(" was given " + grouped(v.spans[fullest].Usage.Input) + " of the " + grouped(window) +
				" tokens that "), quote(v.spans[fullest].Model), say(" takes"),
		},
	}
}

// windowOf is the size of a model's window, 0 where it is not known. Names may begin with that of a provider.
func windowOf(model string) int64 {
	model = strings.ToLower(model[strings.LastIndexByte(model, '/')+1:])
	var size int64
	longest := 0
	for _, w := range windows {
		rest, is := strings.CutPrefix(model, w.model)
		if is && (rest == "" || rest[0] == '-') && len(w.model) > longest {
			size, longest = w.tokens, len(w.model)
		}
	}
	return size
}
