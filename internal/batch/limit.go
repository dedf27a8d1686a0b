package batch

import "time"

// A limit of the server is believed in for so many accepted requests or so long, whichever comes first. Then larger requests
// are tried again: it may have been that of a proxy which is gone. Each time that was in vain, it takes twice as many, and
// each time that it was not, half as many.
const (
	regrowRequests    = 32
	minRegrowRequests = 4
	maxRegrowRequests = 1024
	regrowTime        = 10 * time.Minute
)

// sizeLimit is what the answers of the server have told of the largest request that it takes, so that requests beyond it are
// not sent in vain. The zero value knows of no limit.
//
// Servers count the bytes of a body as it is sent or unpacked, and do not say which. So both are kept: what was accepted and
// refused soon shows which of them is not what counts.
type sizeLimit struct {
	body, unpacked bound
	ratio          float64 // unpacked ÷ body, of the batch that was packed last

	streak      int // accepted requests since the limit was what it is
	regrowAfter int // so many of them
	regrowAt    time.Time
	regrown     bool // larger requests are on trial
}

// bound is one measure of the requests since the first that was too large.
type bound struct {
	refused  int // the least; 0: none was
	accepted int // the most
}

// holds reports whether the measure can be what the server counts.
func (b bound) holds() bool { return b.accepted < b.refused }

// excludes reports whether a request is hardly smaller than one that was refused, and larger than all that were accepted.
func (b bound) excludes(n int) bool { return n > b.accepted && n >= b.refused-b.refused/8 }

// target is what requests should measure: not less than half of what was refused, since that was halved until it fit.
func (b bound) target() int { return min(max(b.accepted, b.refused/2), b.refused-b.refused/3) }

// isKnown reports whether there is a limit.
func (l *sizeLimit) isKnown() bool { return l.body.refused > 0 }

// refuse takes in that a batch was too large. A span that was so alone may have been the only one.
func (l *sizeLimit) refuse(b batch) {
	if b.spans == 1 {
		return
	}
	body := len(b.payload.Body())
	if !l.isKnown() {
		*l = sizeLimit{body: bound{refused: body}, unpacked: bound{refused: b.size}, regrowAfter: regrowRequests}
		l.packed(b)
	}
	if l.regrown {
		l.regrowAfter = min(2*l.regrowAfter, maxRegrowRequests)
	}
	l.body.refused = min(l.body.refused, body)
	l.unpacked.refused = min(l.unpacked.refused, b.size)
	l.believe(false)
	l.checkSense()
}

// believe starts to count how long the limit lasts.
func (l *sizeLimit) believe(regrown bool) {
	l.regrown = regrown
	l.streak = 0
	l.regrowAt = time.Now().Add(regrowTime)
}

// packed takes in how well spans compress just now.
func (l *sizeLimit) packed(b batch) {
	if body := len(b.payload.Body()); body > 0 {
		l.ratio = float64(b.size) / float64(body)
	}
}

// accept takes in that a request was not too large.
func (l *sizeLimit) accept(b batch) {
	if !l.isKnown() {
		return
	}
	l.streak++
	l.body.accepted = max(l.body.accepted, len(b.payload.Body()))
	l.unpacked.accepted = max(l.unpacked.accepted, b.size)
	l.checkSense()
}

// checkSense forgets a limit of neither measure: it was something else about a request that the server refused.
func (l *sizeLimit) checkSense() {
	if !l.body.holds() && !l.unpacked.holds() {
		*l = sizeLimit{}
	}
}

// regrow doubles a limit that has lasted, and forgets one that no batch reaches.
func (l *sizeLimit) regrow(batchBytes int) {
	if !l.isKnown() || l.streak < l.regrowAfter && time.Now().Before(l.regrowAt) {
		return
	}
	if l.regrown {
		l.regrowAfter = max(l.regrowAfter/2, minRegrowRequests)
	}
	l.body.refused *= 2
	l.unpacked.refused *= 2
	l.believe(true)
	if l.body.refused > batchBytes && l.unpacked.refused > 2*batchBytes {
		*l = sizeLimit{}
	}
}

// excludes reports whether a batch is too large by every measure that can be the one.
func (l *sizeLimit) excludes(b batch) bool {
	return l.isKnown() &&
		(!l.body.holds() || l.body.excludes(len(b.payload.Body()))) &&
		(!l.unpacked.holds() || l.unpacked.excludes(b.size))
}

// batchBytes is what the next batch should have at the most, not compressed, if it compresses like the last.
func (l *sizeLimit) batchBytes(most int) int {
	if !l.isKnown() {
		return most
	}
	target := 0
	if l.body.holds() {
		target = int(float64(l.body.target()) * l.ratio)
	}
	if l.unpacked.holds() {
		target = max(target, l.unpacked.target())
	}
	return min(target, most)
}

// fit makes batches of the size that the server is known to take.
func (d *dispatcher) fit() {
	size := d.limit.batchBytes(d.cfg.BatchBytes)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.batchBytes = size
}
