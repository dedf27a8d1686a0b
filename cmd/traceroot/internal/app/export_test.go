package app

// Opened for tests.
var Screen = screen
