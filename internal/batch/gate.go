package batch

import "time"

// gate decides when a request may start. It closes for all batches at once, for they go to one host: after a failure, until
// a random and growing wait is over; after Retry-After, not before that; after a refusal of the key, for a growing time. As
// long as no request has succeeded since, one at a time may try.
//
// Requests that were on their way when the gate closed tell nothing new: their failures are the same failure, and their
// successes say nothing about the host since.
type gate struct {
	failures  int       // of the host, in a row
	refusals  int       // of the key, in a row
	round     int       // counts how often the gate closed
	retryAt   time.Time // when to try again by our own choice
	notBefore time.Time // when to try at the earliest, by the server's wish
}

// width is how many requests may run at once, of at most so many.
func (g *gate) width(most int) int {
	if g.isTroubled() {
		return 1
	}
	return most
}

// troubles is how often in a row the gate closed.
func (g *gate) troubles() int { return g.failures + g.refusals }

// isTroubled reports whether no request has succeeded since the gate closed.
func (g *gate) isTroubled() bool { return g.troubles() > 0 }

// opens is when the next request may start. Whoever is in a hurry cuts a wait of our own choice short.
func (g *gate) opens(hurry bool) time.Time {
	if hurry || g.retryAt.Before(g.notBefore) {
		return g.notBefore
	}
	return g.retryAt
}

// answered opens the gate after an answer to a request of that round which shows that the host works.
func (g *gate) answered(round int) {
	if round == g.round {
		*g = gate{round: g.round}
	}
}

// failed closes the gate after a request of that round which should be repeated, not before the wait that the server asked
// for.
func (g *gate) failed(round int, asked time.Duration) {
	now := time.Now()
	if wish := now.Add(asked); asked > 0 && wish.After(g.notBefore) {
		g.notBefore = wish
	}
	if round == g.round {
		g.round++
		g.failures++
		g.retryAt = now.Add(backoff(g.failures))
	}
}

// refused closes the gate after a request of that round whose key the server did not take.
func (g *gate) refused(round int) {
	if round == g.round {
		g.round++
		g.refusals++
		g.retryAt = time.Now().Add(refusalPause(g.refusals))
	}
}
