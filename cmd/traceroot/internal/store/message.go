package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"unsafe"
)

// Message is one message of a conversation. Its body is JSON text with the members role, content and, where there are
// any, name, tool_calls and tool_call_id, as the wire contract's section 5.3 has them. Equal messages have equal bodies
// whoever sent them, so that a conversation that repeats itself is stored once.
type Message struct {
	Hash Hash
	Body string // empty where only the hash was read
}

// NewMessage returns the message with that body.
func NewMessage(body string) Message { return Message{Hash: HashOf(body), Body: body} }

// Hash names a text by its content: the first half of its SHA-256.
type Hash [16]byte

// HashOf is the hash of text.
func HashOf(text string) Hash {
	raw := unsafe.Slice(unsafe.StringData(text), len(text)) //nolint:gosec // nobody writes to it, and a copy costs as much as the sum
	sum := sha256.Sum256(raw)
	return Hash(sum[:len(Hash{})])
}

// String is the hash as 32 hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes what String gives.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// ParseHash reads what String gives.
func ParseHash(text string) (Hash, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(Hash{}) {
		return Hash{}, fmt.Errorf("message hash %q is not 32 hex digits", text)
	}
	return Hash(raw), nil
}
