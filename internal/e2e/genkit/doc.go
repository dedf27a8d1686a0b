// Package genkit runs Firebase Genkit's models, recorded by the SDK, against scripted servers on this machine, as the
// package providers does with the providers' own clients.
//
// It is tests only, and a module that the workspace does not use: genkit's dotprompt needs a version of jsonschema that
// anthropic-sdk-go, which the other tests need, does not compile with. So it requires this repository by a replace. Its
// rows of the table in docs/integrations.md are in testdata, where the test of that table finds them.
package genkit
