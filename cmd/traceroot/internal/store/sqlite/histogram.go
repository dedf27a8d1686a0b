package sqlite

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// histogramValue is a column of rollups: pairs of a bucket and its count, as uvarints, by bucket; nil for an empty one.
func histogramValue(h store.Histogram) any {
	if len(h) == 0 {
		return nil
	}
	var blob []byte
	for _, bucket := range slices.Sorted(maps.Keys(h)) {
		blob = appendNumber(blob, bucket)
		blob = binary.AppendVarint(blob, h[bucket])
	}
	return blob
}

// addHistogram adds a column of rollups to h.
func addHistogram(h store.Histogram, value any) error {
	r := numberReader{rest: bytesOf(value)}
	for len(r.rest) > 0 {
		bucket, count := r.next(), r.signed()
		if r.bad {
			return errBlob
		}
		h.AddTo(bucket, count)
	}
	return nil
}
