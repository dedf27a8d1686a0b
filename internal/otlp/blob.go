package otlp

import "encoding/binary"

// deflateWindow is how far back deflate can say that something repeats.
const deflateWindow = 32 << 10

const (
	probeEvery = 512
	probeBytes = 32
	minBlob    = 4 * probeEvery
)

// findBlob returns where the first blob lies in data: a long run of base64 or the like, such as an image, in which nothing
// repeats as it does in text. It looks at samples only, so the beginning may be some hundred bytes late. Without any blob it
// returns the end of data twice.
func findBlob(data []byte) (from, to int) {
	for from = 0; from+probeBytes <= len(data); from += probeEvery {
		to = from
		for to+probeBytes <= len(data) && isBase64(data[to:to+probeBytes]) {
			to += probeEvery
		}
		if to-from >= minBlob {
			to -= probeEvery // back to the last sample that was base64
			for to < len(data) && base64Bytes[data[to]] {
				to++
			}
			return from, to
		}
		from = to
	}
	return len(data), len(data)
}

func isBase64(data []byte) bool {
	for _, c := range data {
		if !base64Bytes[c] {
			return false
		}
	}
	return true
}

// base64Bytes are those of both alphabets.
var base64Bytes = func() (table [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=") {
		table[c] = true
	}
	return table
}()

// repeats reports whether the same four bytes come again and again in a blob, as in base64 of what is not compressed. It looks
// at a sample from the middle, away from headers.
func repeats(blob []byte) bool {
	const sampleBytes, tableBits = 4 << 10, 12
	sample := blob[(len(blob)-sampleBytes)/2:][:sampleBytes]
	var last [1 << tableBits]uint32 // by hash, the four bytes seen last
	again := 0
	for i := range sampleBytes - 3 {
		four := binary.LittleEndian.Uint32(sample[i:])
		hash := four * 2654435761 >> (32 - tableBits)
		if last[hash] == four {
			again++
		}
		last[hash] = four
	}
	return again > sampleBytes/32
}
