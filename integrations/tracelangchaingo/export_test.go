package tracelangchaingo

// What the tests need of the inside.
var Install = install

const MaxStacks = maxStacks

// ForgetAll gives up all that is open.
func ForgetAll() {
	running.mu.Lock()
	defer running.mu.Unlock()
	for running.oldest.Len() > 0 {
		running.drop(running.oldest.Front())
	}
	running.count.Store(0)
}

// OpenStacks is on how many goroutines something is open.
func OpenStacks() int { return int(running.count.Load()) }
