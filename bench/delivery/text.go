package main

import (
	"math/rand/v2"
	"strings"
)

// corpus is a long text whose words are spread as those of a language are: few are frequent, many are rare. Parts of it
// compress as prompts and answers do.
type corpus string

const corpusBytes = 4 << 20

func newCorpus(random *rand.Rand) corpus {
	const vocabulary = 40_000
	words := make([]string, vocabulary)
	for i := range words {
		words[i] = word(random, 1+i%3+min(i/1000, 2))
	}
	frequency := rand.NewZipf(random, 1.15, 3, vocabulary-1)
	var text strings.Builder
	text.Grow(corpusBytes)
	for text.Len() < corpusBytes {
		text.WriteString(words[frequency.Uint64()])
		text.WriteByte(' ')
	}
	return corpus(text.String())
}

func word(random *rand.Rand, syllables int) string {
	const consonants, vowels = "bcdfghklmnprstvw", "aeiou"
	var text strings.Builder
	for range syllables {
		text.WriteByte(consonants[random.IntN(len(consonants))])
		text.WriteByte(vowels[random.IntN(len(vowels))])
	}
	return text.String()
}

// part is a text of that many bytes from some place, in memory of its own: a span that waits must weigh what it says.
func (c corpus) part(random *rand.Rand, size int) string {
	at := random.IntN(len(c) - size)
	return strings.Clone(string(c[at : at+size]))
}

// picture is a text of that many bytes that hardly compresses, as an image in base64.
func picture(random *rand.Rand, size int) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	text := make([]byte, size)
	for i := range text {
		text[i] = digits[random.IntN(len(digits))]
	}
	return string(text)
}
