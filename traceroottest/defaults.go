package traceroottest

import (
	"slices"
	"sync"

	"github.com/traceroot-ai/traceroot-go"
)

// defaults are the clients that recorders have made the default, the latest last: a subtest that has its own gives the
// default back to the test around it.
var defaults defaultStack

type defaultStack struct {
	mu      sync.Mutex
	clients []*traceroot.Client // guarded by mu
}

func (d *defaultStack) push(c *traceroot.Client) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clients = append(d.clients, c)
	traceroot.SetDefault(c)
}

func (d *defaultStack) pop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clients = slices.Delete(d.clients, len(d.clients)-1, len(d.clients))
	if len(d.clients) == 0 {
		traceroot.SetDefault(nil)
		return
	}
	traceroot.SetDefault(d.clients[len(d.clients)-1])
}
