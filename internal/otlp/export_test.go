package otlp

// FieldOf and IsIdentity are what the test's own cutter shares with the package's.
var (
	FieldOf    = fieldOf
	IsIdentity = isIdentity
)
