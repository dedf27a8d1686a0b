package store

import (
	"crypto/sha256"
	"time"
)

// Scope is what a key is good for. Each includes those before it.
type Scope string

// The scopes.
const (
	ScopeIngest Scope = "ingest" // send spans
	ScopeRead   Scope = "read"   // and read them
	ScopeAdmin  Scope = "admin"  // and delete them, and manage keys of any project
)

// Key is what is known of a key. The key itself is told once, when it is made, and kept nowhere.
type Key struct {
	ID      string // short, for people
	Project string
	Name    string
	Scope   Scope
	Hint    string // the key with its middle left out
	Created time.Time
	Revoked time.Time // zero: it is good
}

// KeyHash is what a key is found by: SHA-256, as the platform does.
type KeyHash [sha256.Size]byte

// HashKey is the hash of a key.
func HashKey(key string) KeyHash { return sha256.Sum256([]byte(key)) }
