package llmhttp

// anthropicCounts is usage as Anthropic tells it: the input is what was neither read from a cache nor written to one.
type anthropicCounts struct {
	input, cacheRead, cacheWrite, cacheWrite1h Count
	output, thinking                           Count
}

// anthropicTally gathers the usage of an answer, which a stream tells first in part and at its end once more.
type anthropicTally struct {
	answer     anthropicCounts
	compaction anthropicCounts // of the conversation before it: the answer's counts leave it out
}

func anthropicUsage(u *value) Usage {
	var t anthropicTally
	t.take(u)
	return t.usage()
}

// take overrides key by key.
func (t *anthropicTally) take(u *value) {
	t.answer.override(u)
	iterations := u.get("iterations")
	if !iterations.known() {
		return
	}
	t.compaction = anthropicCounts{}
	for v := range iterations.all() {
		if v.get("type").str() == "compaction" { // an "advisor_message" is another model's
			var c anthropicCounts
			c.override(v)
			t.compaction = t.compaction.plus(c)
		}
	}
}

func (t *anthropicTally) usage() Usage {
	c := t.answer.plus(t.compaction)
	u := Usage{
		Input: c.input, Output: c.output, Reasoning: c.thinking,
		CacheRead: c.cacheRead, CacheWrite: c.cacheWrite, CacheWrite1h: c.cacheWrite1h,
	}
	if u.Input.Known {
		u.Input.N += c.cacheRead.N + c.cacheWrite.N
	}
	return u
}

func (c *anthropicCounts) override(u *value) {
	c.input = firstCount(u.get("input_tokens").count(), c.input)
	c.cacheRead = firstCount(u.get("cache_read_input_tokens").count(), c.cacheRead)
	c.cacheWrite = firstCount(u.get("cache_creation_input_tokens").count(), c.cacheWrite)
	c.cacheWrite1h = firstCount(u.get("cache_creation", "ephemeral_1h_input_tokens").count(), c.cacheWrite1h)
	c.output = firstCount(u.get("output_tokens").count(), c.output)
	c.thinking = firstCount(u.get("output_tokens_details", "thinking_tokens").count(), c.thinking)
}

func (c anthropicCounts) plus(d anthropicCounts) anthropicCounts {
	return anthropicCounts{
		input: c.input.plus(d.input), output: c.output.plus(d.output), thinking: c.thinking.plus(d.thinking),
		cacheRead: c.cacheRead.plus(d.cacheRead), cacheWrite: c.cacheWrite.plus(d.cacheWrite),
		cacheWrite1h: c.cacheWrite1h.plus(d.cacheWrite1h),
	}
}
