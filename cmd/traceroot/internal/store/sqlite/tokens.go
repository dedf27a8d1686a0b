package sqlite

import (
	"encoding/base32"
	"hash/fnv"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/store"
)

// maxFound is the longest value of an attribute, or of a member of metadata, that is found.
const maxFound = 200

// valueToken is the word in trace_words for a member of an object: field is store.FieldAttribute or
// store.FieldMetadata, value the string itself or the JSON text of anything else.
func valueToken(field store.Field, key, value string) string {
	return token(string(field), key, value)
}

// keyToken is the word in trace_words for any member with that key, its value being found or not.
func keyToken(field store.Field, key string) string {
	return token(string(field), key)
}

var tokenText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// token is of no form that a word of a text has: store.IndexText leaves no underscore.
func token(parts ...string) string {
	h := fnv.New64a()
	for _, part := range parts {
		_, _ = h.Write([]byte(part))
		_, _ = h.Write([]byte{0xff}) // in no UTF-8 text
	}
	var sum [8]byte
	return "_" + tokenText.EncodeToString(h.Sum(sum[:0]))
}

// memberTokens calls add with the tokens of a JSON object.
func memberTokens(field store.Field, object string, add func(token string)) {
	if object == "" || !gjson.Valid(object) {
		return
	}
	gjson.Parse(object).ForEach(func(key, value gjson.Result) bool {
		add(keyToken(field, key.Str))
		text := value.Raw
		if value.Type == gjson.String {
			text = value.Str
		}
		if len(text) <= maxFound {
			add(valueToken(field, key.Str, text))
		}
		return true
	})
}
