// Package usage tries traceroot.UsageOf on the usage types of the providers' own Go clients, so that a client that
// renames a field is noticed here and not in somebody's bill.
//
// It is tests only. How UsageOf reads maps and spellings is tested beside it, in the root module.
package usage
