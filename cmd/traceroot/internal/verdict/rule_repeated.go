package verdict

// repeatedCall finds a call that failed, was made again with the same arguments in a later step, and failed again the
// same way, without ever working. Trying again what a moment later works is as it should be.
func repeatedCall(v *view) *finding {
	if v.lead != nil && v.lead.call == "" {
		return nil
	}
	key, failures := v.mostRepeated(func(c *Call) bool { return c.Failed })
	if v.lead != nil && v.lead.call != key {
		key = v.lead.call
		failures = v.repeats(func(c *Call) bool { return c.Failed })[key]
	}
	if len(failures) < 2 || v.succeeded(key) {
		return nil
	}
	calls := Calls(v.Trace)
	identical := say(times(len(failures)) + " with identical arguments")
	return &finding{
		status: Warning, head: "Repeated a failing call.", call: key,
		said: []Part{linkCall(&calls[failures[0]]), say(" failed "), identical},
		tail: []Part{say(", "), identical},
	}
}

// repeats are the indexes of calls by key, of each step one, whose failures read alike.
func (v *view) repeats(counts func(*Call) bool) map[string][]int {
	calls := Calls(v.Trace)
	found := map[string][]int{}
	for n := range calls {
		c := &calls[n]
		if !counts(c) {
			continue
		}
		before := found[c.key]
		if len(before) > 0 {
			last := &calls[before[len(before)-1]]
			if last.asker == c.asker {
				continue
			}
			if v.outcome(last) != v.outcome(c) {
				before = nil
			}
		}
		found[c.key] = append(before, n)
	}
	return found
}

// mostRepeated is the call that was repeated most, the first of several.
func (v *view) mostRepeated(counts func(*Call) bool) (key string, indexes []int) {
	repeats := v.repeats(counts)
	for _, c := range Calls(v.Trace) {
		if found := repeats[c.key]; len(found) > len(indexes) {
			key, indexes = c.key, found
		}
	}
	return key, indexes
}

// outcome is what came of a call, without the digits of a failure, which may be a time or the id of a request.
func (v *view) outcome(c *Call) string {
	if c.Failed && c.span >= 0 {
		return withoutDigits(errorText(&v.spans[c.span]))
	}
	if c.ReadBy != "" {
		return v.textOf(c.Result)
	}
	if c.span >= 0 && v.spans[c.span].Output != nil {
		return *v.spans[c.span].Output
	}
	return ""
}

func withoutDigits(text string) string {
	plain := []byte(text)
	for i, b := range plain {
		if '0' <= b && b <= '9' {
			plain[i] = '0'
		}
	}
	return string(plain)
}
