# Reads the events of `go test -json`: prints what each failed test and package said, then how many tests there were.
# Subtests count, as they do in the events. Exits 1 when no test ran.

function field(name) {
	# Quotes inside of a value are escaped, so the first match is the field itself.
	if (!match($0, "\"" name "\":\"[^\"]*\"")) return ""
	return substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5)
}

function output(    text) {
	text = $0
	sub(/.*"Output":"/, "", text)
	sub(/"[^"]*$/, "", text)
	gsub(/\\\\/, "\001", text)
	gsub(/\\n/, "\n", text)
	gsub(/\\t/, "\t", text)
	gsub(/\\"/, "\"", text)
	gsub(/\\u003c/, "<", text)
	gsub(/\\u003e/, ">", text)
	gsub(/\\u0026/, "\\&", text)
	gsub(/\001/, "\\", text)
	return text
}

{
	action = field("Action")
	test = field("Test")
	package = action == "build-output" ? field("ImportPath") : field("Package")
	key = package SUBSEP test
}

# The race detector speaks up in whichever test runs at that moment, which may well pass: its report is the package's.
/WARNING: DATA RACE/ { racing[package] = 1 }
racing[package] && action == "output" { key = package SUBSEP }
/"Output":"==================/ { racing[package] = 0 }

(action == "output" && !/"Output":"=== /) || action == "build-output" { said[key] = said[key] output() }

action == "fail" { printf "%s", said[field("FailedBuild") SUBSEP] said[key] }

action == "pass" || action == "fail" || action == "skip" {
	delete said[key]
	if (test != "") count[action]++
}

END {
	printf "%d passed, %d failed, %d skipped\n", count["pass"], count["fail"], count["skip"]
	exit count["pass"] + count["fail"] == 0
}
