//go:build race

package webtest_test

const raceDetector = true
