package app

// Opened for tests.
var (
	StartReceiver = startReceiver
	Screen        = screen
)

// URL is the address of a receiver.
func (r *receiver) URL() string { return r.url }

// All is what a receiver keeps.
func (r *receiver) All() []keptTrace { return r.all() }

// Stop ends a receiver.
func (r *receiver) Stop() { r.stop() }

// KeptTrace is what a receiver keeps.
type KeptTrace = keptTrace
