// Package arch holds the repository to its own rules: who may import whom, what the published module depends on, where
// the words of the wire are written, and that the documentation tells the truth about itself.
//
// It is tests only, and the rules stand as tables in rules_test.go. It judges structure, not behaviour: what a package
// does is for the tests beside it, and what a linter can see is left to .golangci.yml.
package arch
