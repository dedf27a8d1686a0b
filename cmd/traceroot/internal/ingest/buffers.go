package ingest

// buffers are kept for requests to come. A pool of package sync would be empty after every other collection of garbage,
// and a collection comes with every few requests.
type buffers chan []byte

const (
	mostKept    = 4
	largestKept = 2 << 20
)

func newBuffers() buffers { return make(buffers, mostKept) }

// take is a buffer whose content is of no use; nil where there is none.
func (b buffers) take() []byte {
	select {
	case buffer := <-b:
		return buffer
	default:
		return nil
	}
}

// give keeps a buffer that nobody else has.
func (b buffers) give(buffer []byte) {
	if cap(buffer) == 0 || cap(buffer) > largestKept {
		return
	}
	select {
	case b <- buffer:
	default:
	}
}
