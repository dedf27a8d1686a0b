package verdict

import (
	"strings"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// deliberate is up to which limit on its tokens an answer is meant to be cut: a label, a yes or no.
const deliberate = 64

// cutAnswer finds a last answer that ends at the token limit, or that a filter took.
func cutAnswer(v *view) *finding {
	i, reason := v.lastAnswer(func(call *store.Call) string { return cutBy(call.FinishReasons) })
	if i < 0 {
		return nil
	}
	f := &finding{status: Warning, head: "Answer cut.", explain: true}
	if reason == filtered {
		f.said = []Part{v.link(i), say(" was stopped by the content filter")}
		return f
	}
	if limit := gjson.Get(v.spans[i].Payload.Parameters, "max_tokens").Int(); limit > 0 && limit <= deliberate {
		return nil
	}
	f.said = []Part{v.link(i), say(" stopped at its token limit")}
	if usage := v.spans[i].Usage; usage != nil && usage.Output > 0 && !usage.Estimated {
		f.said = append(f.said, say(", after "+grouped(usage.Output)+" tokens"))
	}
	return f
}

const (
	tooLong  = "length"
	filtered = "filter"
)

// cutBy is what cut an answer, empty where nothing did. Where there are several answers, one that is whole is enough.
func cutBy(reasons []string) string {
	by := ""
	for _, reason := range reasons {
		switch strings.ToLower(reason) {
		case "length", "max_tokens", "max_output_tokens", "max_length", "error_max_tokens", "model_length":
			by = tooLong
		case "content_filter", "content_filtered", "content-filter", "safety", "prohibited_content", "blocklist", "spii",
			"recitation", "guardrail_intervened", "error_toxic":
			by = filtered
		default:
			return ""
		}
	}
	return by
}

// lastAnswer is the first conversation's last call of which found says something. What a later call went on from is no
// last answer.
func (v *view) lastAnswer(found func(*store.Call) string) (span int, what string) {
	for _, th := range v.threads().threads {
		last := th.steps[len(th.steps)-1].span
		s := &v.spans[last]
		if s.Running() || s.Status == store.StatusError || s.Call == nil {
			continue
		}
		if what := found(s.Call); what != "" {
			return last, what
		}
	}
	return -1, ""
}
