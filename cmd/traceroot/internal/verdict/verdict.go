// Package verdict says of a stored trace what a reader wants to know first: what failed, where, and which fact explains
// it. It also tells which span ran a tool call that a model asked for, where an argument came from, what a model call
// was shown that the one before it was not, and which spans are so many of one kind that they read better as a group.
//
// All of it is computed by rules from the trace alone, the same each time; nothing is scored and no model is asked. The
// package reads no store and no clock, and it draws nothing. Traces come from strangers: parents may be missing or form
// a circle, texts may be anything.
package verdict

import (
	"slices"
	"strings"
	"time"
)

// Verdict is what is to be said of a trace, in a sentence or two.
type Verdict struct {
	Rule   Rule // the one whose finding leads
	Status Status
	Parts  []Part // the text; the first part is a headline that ends with a full stop
}

// Status is how grave a verdict is.
type Status string

// The statuses.
const (
	Failed  Status = "failed"
	Running Status = "running"
	Warning Status = "warning" // the trace has not failed, but not all is well
)

// Part is a piece of a verdict's text. What stands between two pieces, spaces too, is in their texts.
type Part struct {
	Text   string `json:"text"`
	SpanID string `json:"span,omitempty"` // of the span that the text stands for; else empty
	Code   bool   `json:"code,omitempty"` // the text is a literal of the trace
	Odd    []int  `json:"odd,omitempty"`  // the characters of Text, from 0, that are not as they should be
}

// Rule names what a finding is about.
type Rule string

// The rules, in the order in which they are asked.
const (
	RuleFailed      Rule = "failed"       // the first failed leaf on the path of the root's error
	RuleRunning     Rule = "running"      // what runs
	RuleRepeated    Rule = "repeated"     // a call that had failed was made again, unchanged, and failed again
	RuleUnseen      Rule = "unseen"       // an argument of a failed call is not in what the model had been shown
	RuleLoop        Rule = "loop"         // one call with one result, three times or more
	RuleCut         Rule = "cut"          // the answer ends at the token limit or at a content filter
	RuleEmpty       Rule = "empty"        // the answer is empty
	RuleUnknownTool Rule = "unknown_tool" // the model asked for a tool that it was not offered
	RuleRetries     Rule = "retries"      // failed attempts took more than 30 % of the time
	RuleCache       Rule = "cache"        // a prompt says the same as before, but not to the byte
	RuleWindow      Rule = "window"       // the context window is more than 90 % full
	RuleUnended     Rule = "unended"      // the root span is missing or never ended
)

var rules = []struct {
	name Rule
	find func(*view) *finding
}{
	{RuleFailed, failedLeaf},
	{RuleRunning, stillRunning},
	{RuleRepeated, repeatedCall},
	{RuleUnseen, unseenArgument},
	{RuleLoop, loop},
	{RuleCut, cutAnswer},
	{RuleEmpty, emptyAnswer},
	{RuleUnknownTool, unknownTool},
	{RuleRetries, costlyRetries},
	{RuleCache, brokenCache},
	{RuleWindow, fullWindow},
	{RuleUnended, neverEnded},
}

// finding is what a rule found.
type finding struct {
	status  Status
	head    string // a headline, where the finding leads
	said    []Part // a sentence without its full stop
	tail    []Part // what the finding adds to a sentence about the same call; nil: a sentence of its own
	call    string // key of the tool call that it speaks of; else empty
	explain bool   // it may be why a trace failed
}

// view is a trace at a moment.
type view struct {
	*Trace
	now  time.Time
	lead *finding
}

// Judge returns what is to be said of a trace, nil when it is fine. The time tells apart a trace that runs from one that
// was abandoned; with the zero time none is.
//
// The first rule that finds something leads. Findings on the same call join it, and of those that may be why a trace
// failed, the first.
func Judge(t *Trace, now time.Time) *Verdict {
	v := view{Trace: t, now: now}
	var verdict *Verdict
	explained := false
	var sentences [][]Part
	for _, rule := range rules {
		if v.lead != nil && v.lead.status == Warning && v.lead.call == "" {
			break
		}
		found := rule.find(&v)
		switch {
		case found == nil:
		case verdict == nil:
			v.lead = found
			verdict = &Verdict{Rule: rule.name, Status: found.status, Parts: []Part{{Text: found.head}}}
			sentences = append(sentences, found.said)
		case found.call != "" && found.call == v.lead.call && found.tail != nil:
			sentences[0] = append(sentences[0], found.tail...)
		case found.call != "" && found.call == v.lead.call:
			sentences = append(sentences, found.said)
			explained = true
		case v.lead.status != Warning && found.explain && !explained:
			sentences = append(sentences, found.said)
			explained = true
		}
	}
	if verdict == nil {
		return nil
	}
	for _, sentence := range sentences {
		verdict.Parts = append(verdict.Parts, Part{Text: " "})
		verdict.Parts = append(verdict.Parts, sentence...)
		verdict.Parts = append(verdict.Parts, Part{Text: "."})
	}
	verdict.Parts = merge(verdict.Parts)
	return verdict
}

// Text is the verdict as plain text.
func (v *Verdict) Text() string {
	var text strings.Builder
	for _, part := range v.Parts {
		text.WriteString(part.Text)
	}
	return text.String()
}

// merge joins neighbours that are nothing but text.
func merge(parts []Part) []Part {
	merged := slices.Clone(parts[:1])
	for _, part := range parts[1:] {
		last := &merged[len(merged)-1]
		if len(merged) > 1 && part.plain() && last.plain() {
			last.Text += part.Text
			continue
		}
		merged = append(merged, part)
	}
	return merged
}

func (p *Part) plain() bool { return p.SpanID == "" && !p.Code }
