package otlp

import "encoding/binary"

// deflateWindow is how far back deflate can say that something repeats.
const deflateWindow = 32 << 10

const (
	probeEvery = 512
	probeBytes = 32
	minBlob    = 4 * probeEvery

	// smallestApart is the smallest blob that is worth a block of its own, which costs about a hundred bytes, and what the
	// text behind it could have said by reference to the text before.
	smallestApart = 8 << 10
)

// blob is a long run of base64 or the like, such as an image, in which nothing repeats as it does in text.
type blob struct {
	from, to int // in its part; of a part before, from is negative and counts from this one's beginning
	mark     [3]uint64
}

// markOf is the same for blobs that begin with the same image, and hardly ever for others. It is taken from the middle, as
// far as deflate could refer to it: images of one kind begin alike.
func markOf(blob []byte) (mark [3]uint64) {
	step := min(len(blob), smallestApart) / (len(mark) + 1)
	for i := range mark {
		mark[i] = binary.LittleEndian.Uint64(blob[step*(i+1):])
	}
	return mark
}

// appendBlobs finds the blobs in data. It looks at samples, and at the bytes around the first and the last of a blob.
func appendBlobs(to []blob, data []byte) []blob {
	done := 0
	for from, end := 0, 0; from+probeBytes <= len(data); from = end + probeEvery {
		end = from
		for end+probeBytes <= len(data) && isBase64(data[end:end+probeBytes]) {
			end += probeEvery
		}
		if end-from < minBlob {
			continue
		}
		for from > done && base64Bytes[data[from-1]] {
			from--
		}
		end -= probeEvery // back to the last sample that was base64
		for end < len(data) && base64Bytes[data[end]] {
			end++
		}
		to = append(to, blob{from, end, markOf(data[from:end])})
		done = end
	}
	return to
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
	const sampleBytes, tableBits = 2 << 10, 10
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
