package verdict

// Window is how many tokens of input a model takes, zero where that is not known.
func Window(model string) int64 { return windowOf(model) }
