package sqlite

import (
	"encoding/base32"
	"encoding/binary"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// maxFound is the longest value of an attribute, or of a member of metadata, that is found.
const maxFound = 200

// token stands for a member of an object in trace_words, whatever its value or with that: a hash (64-bit FNV-1a) of the
// field, the key and maybe the value, each with a byte at its end that is in no UTF-8 text.
type token uint64

const noToken token = 14695981039346656037

func (t token) with(part string) token {
	const prime = 1099511628211
	for i := range len(part) {
		t = (t ^ token(part[i])) * prime
	}
	return (t ^ 0xff) * prime
}

var tokenText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// append appends the word for a token. No word of a text is like it: store.IndexText leaves no underscore.
func (t token) append(words []byte) []byte {
	var sum [8]byte
	binary.BigEndian.PutUint64(sum[:], uint64(t))
	return tokenText.AppendEncode(append(words, '_'), sum[:])
}

func (t token) String() string { return string(t.append(nil)) }

// keyToken is the token of any member with that key: field is store.FieldAttribute or store.FieldMetadata.
func keyToken(field store.Field, key string) token { return noToken.with(string(field)).with(key) }

// valueToken is the token of a member with that value: a string itself, the JSON text of anything else.
func valueToken(field store.Field, key, value string) token { return keyToken(field, key).with(value) }

// maxTold is how many tokens of a trace are remembered: most of its spans have the same attributes.
const maxTold = 256

// told are tokens that trace_words has for a trace.
type told map[token]struct{}

func (t told) has(one token) bool {
	_, ok := t[one]
	return ok
}
