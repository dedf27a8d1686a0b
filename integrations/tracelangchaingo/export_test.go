package tracelangchaingo

// What the tests need of the inside.
var Install = install

const MaxStacks = maxStacks

// OpenStacks is on how many goroutines something is open.
func OpenStacks() int { return int(running.count.Load()) }
