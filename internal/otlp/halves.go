package otlp

import "fmt"

// Halves splits a request that [Marshal] encoded into two with half of its spans each, in their order; of an odd number the
// second has one more. It works on the encoded form so that nobody has to keep spans once they are encoded, and so that
// masks run once; the spans are copied without a look into them. A request of fewer than two spans is an error, as is one
// that is malformed.
func Halves(data []byte) (first, second []byte, err error) {
	n := 0
	if err := new(encoder).editSpans(data, func(field) error { n++; return nil }); err != nil {
		return nil, nil, err
	}
	if n < 2 {
		return nil, nil, fmt.Errorf("split a request of %d spans: nothing to split", n)
	}
	if first, err = part(data, 0, n/2); err != nil {
		return nil, nil, err
	}
	if second, err = part(data, n/2, n); err != nil {
		return nil, nil, err
	}
	return first, second, nil
}

// part returns a request of the spans from one place on, up to another.
func part(data []byte, from, to int) ([]byte, error) {
	e, place := encoder{buf: make([]byte, 0, len(data)/2)}, 0
	err := e.editSpans(data, func(span field) error {
		if from <= place && place < to {
			e.copy(span)
		}
		place++
		return nil
	})
	return e.buf, err
}
