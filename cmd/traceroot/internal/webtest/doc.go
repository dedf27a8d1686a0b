// Package webtest reads the pages of the server in a real browser, as a person does: it presses keys, clicks, follows
// links, kills the server, and asks whether what is on the screen is right, can be read, and asked nobody else.
//
// It is tests only, and drives a server in the same process with what package demo plays. They are skipped where there
// is no Chromium. It does not compare pixels, which fonts and drivers change, and it leaves to others what needs no
// browser: the rules of verdicts, the answers of the API, and the bundle.
package webtest
