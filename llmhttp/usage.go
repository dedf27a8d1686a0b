package llmhttp

// Count is a number of tokens. The zero Count is one that the provider did not report, which is not a reported 0.
type Count struct {
	N     int64
	Known bool
}

// Tokens is a count that the provider reported.
func Tokens(n int64) Count { return Count{N: n, Known: true} }

// Usage is what a call cost in tokens, as the provider reported it and read the same way for all of them.
type Usage struct {
	Input        Count // all input: cached and written to a cache, too
	Output       Count // all output, reasoning included
	Total        Count // only where the provider says so; never summed up here
	CacheRead    Count // part of Input
	CacheWrite   Count // part of Input
	CacheWrite1h Count // part of CacheWrite
	Reasoning    Count // part of Output
}

// firstCount is the first count that is known.
func firstCount(cs ...Count) Count {
	for _, c := range cs {
		if c.Known {
			return c
		}
	}
	return Count{}
}

// grossUsage counts in the input that was read from a cache or written to one, which some providers report apart.
func grossUsage(u Usage) Usage {
	if u.Input.Known {
		u.Input.N += u.CacheRead.N + u.CacheWrite.N
	}
	return u
}

// sumCount adds what is known.
func sumCount(a, b Count) Count { return Count{N: a.N + b.N, Known: a.Known || b.Known} }

// plus adds what is more than 0: a count that nobody reported stays unknown.
func (c Count) plus(d Count) Count {
	if d.N == 0 {
		return c
	}
	return Tokens(c.N + d.N)
}
