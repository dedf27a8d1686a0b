package webui

import (
	"context"
	"time"
)

// watchEvery is how often the sources on the disk are looked at.
const watchEvery = 300 * time.Millisecond

// Watch calls changed whenever the sources on the disk have, until ctx ends. Without [Options.Dev] it returns at once.
func (p *Pages) Watch(ctx context.Context, changed func()) {
	if !p.sources.onDisk {
		return
	}
	known, _ := p.sources.state() // a file that is being written: the next look sees it
	ticker := time.NewTicker(watchEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if state, err := p.sources.state(); err == nil && state != known {
			known = state
			changed()
		}
	}
}
