package main

import (
	"math/rand/v2"
	"strings"
)

// writer makes texts whose words are spread as those of a language are: few are frequent, many are rare.
type writer struct {
	rand  *rand.Rand
	words []string
	zipf  *rand.Zipf
}

// vocabulary is as large as that of a long correspondence.
const vocabulary = 40_000

func newWriter(random *rand.Rand) *writer {
	w := &writer{rand: random, words: make([]string, vocabulary), zipf: rand.NewZipf(random, 1.15, 3, vocabulary-1)}
	for i := range w.words {
		w.words[i] = w.word(1 + i%3 + min(i/1000, 2))
	}
	return w
}

func (w *writer) word(syllables int) string {
	const consonants, vowels = "bcdfghklmnprstvw", "aeiou"
	var word strings.Builder
	for range syllables {
		word.WriteByte(consonants[w.rand.IntN(len(consonants))])
		word.WriteByte(vowels[w.rand.IntN(len(vowels))])
	}
	if w.rand.IntN(2) == 0 {
		word.WriteByte(consonants[w.rand.IntN(len(consonants))])
	}
	return word.String()
}

// prose is a text of about that many bytes. It needs no escaping in JSON.
func (w *writer) prose(size int) string {
	var text strings.Builder
	text.Grow(size + 16)
	for sentence := 0; text.Len() < size; sentence++ {
		text.WriteString(w.words[w.zipf.Uint64()])
		if sentence > 6 && w.rand.IntN(8) == 0 {
			text.WriteByte('.')
			sentence = 0
		}
		text.WriteByte(' ')
	}
	return text.String()
}

// between is a number from low up to high.
func (w *writer) between(low, high int) int { return low + w.rand.IntN(high-low) }
