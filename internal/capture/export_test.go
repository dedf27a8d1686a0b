package capture

// AppendQuoted and AppendEscaped are tested by themselves, since they write to memory without the checks of the language.
var (
	AppendQuoted  = appendQuoted
	AppendEscaped = appendEscaped
)
