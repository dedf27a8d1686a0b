// Package gauge measures what the pages of the server cost a browser: CPU time of the thread that a page runs on, which
// other programs disturb less than they do clocks, and counts of what makes a page slow: requests, bytes, elements,
// layouts, rows that are filled.
//
// It fills a store with what is to be shown, and drives pages. It judges nothing: the tests of package webtest and the
// command figures do.
package gauge
