package store

import "time"

// Query selects traces of one project. The zero query selects all of them, newest first.
type Query struct {
	From time.Time // of the trace's start, inclusive; zero: no limit
	To   time.Time // exclusive; zero: no limit

	Where       []Condition // all have to hold
	Words       []Words     // all have to be found in what went in or came out of some span
	Evaluations bool        // also traces of offline evaluations

	Sort  Sort
	After string // the Next of an earlier page with the same query; empty: from the start
	Limit int    // rows of a page, at most 1,000; zero: 50
	Total bool   // count all matches, which costs more than a page does
}

// Condition holds for a trace when one of Values, or the number, compares as Op says with Field, unless Not.
type Condition struct {
	Field  Field
	Key    string // of FieldMetadata and FieldAttribute
	Op     Op
	Values []string // of OpIn and OpContains; comparisons of text ignore case with OpContains alone
	Number float64  // of the other operators, in the field's unit
	Not    bool
}

// Op is how a condition compares.
type Op string

// The operators. Text fields know OpIn and OpContains, numbers the others.
const (
	OpIn       Op = "in"       // equal to one of the values
	OpContains Op = "contains" // one of the values is a part of it, in any case
	OpEqual    Op = "eq"
	OpGreater  Op = "gt"
	OpAtLeast  Op = "gte"
	OpLess     Op = "lt"
	OpAtMost   Op = "lte"
)

// Field is something that traces are selected, sorted or counted by.
type Field string

// Fields of text. Of those that several spans of a trace can tell, one match is enough.
const (
	FieldTraceID     Field = "trace_id"
	FieldName        Field = "name"
	FieldUser        Field = "user"
	FieldSession     Field = "session"
	FieldEnvironment Field = "env"     // of some span
	FieldStatus      Field = "status"  // one of the Status… constants of a trace
	FieldAgent       Field = "agent"   // name of some agent span
	FieldTool        Field = "tool"    // name of some tool span
	FieldModel       Field = "model"   // of some span
	FieldTag         Field = "tag"     // of the trace or some span
	FieldService     Field = "service" // of some span
	FieldVersion     Field = "version" // of some span
	FieldMetadata    Field = "metadata"
	FieldAttribute   Field = "attr"   // of some span; values of up to 200 bytes are found
	FieldAnyID       Field = "any_id" // trace id, name, session or user
)

// Fields of numbers.
const (
	FieldStart      Field = "start"   // sorting alone
	FieldDuration   Field = "latency" // milliseconds
	FieldFirstToken Field = "ttft"    // milliseconds, the longest of the trace
	FieldCost       Field = "cost"    // dollars
	FieldTokens     Field = "tokens"  // input and output
	FieldErrors     Field = "errors"  // spans with an error
	FieldSpans      Field = "spans"
)

// TraceStatus is how a trace stands.
type TraceStatus string

// A trace runs while its root or some span has not ended; else it failed when its root did.
const (
	TraceRunning   TraceStatus = "running"
	TraceFailed    TraceStatus = "failed"
	TraceRecovered TraceStatus = "recovered" // some span failed, the root did not
	TraceOK        TraceStatus = "ok"
)

// Words is something to search in texts. Upper and lower case, and marks above letters, make no difference.
type Words struct {
	Text   string // one word, or a phrase: words that follow each other
	Prefix bool   // the last word is the beginning of one
	Not    bool
}

// Sort is an order of traces. The zero value is newest first; equal ones are ordered by start, newest first.
type Sort struct {
	By        Field // FieldStart or a field of numbers; empty: FieldStart
	Ascending bool
}

// Page is one page of a list.
type Page[T any] struct {
	Rows  []T
	Next  string // to be given as After; empty on the last page
	Total int    // all matches, where the query asked for them
}

// Count is how often a value occurs.
type Count struct {
	Value string
	Count int
}

// SessionQuery selects sessions by their traces. Evaluations never count.
type SessionQuery struct {
	From, To time.Time // as in Query
	Search   string    // a part of the session id, in any case
	After    string
	Limit    int  // as in Query
	Total    bool // as in Query
}
