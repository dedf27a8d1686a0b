#!/usr/bin/env bash
# Tidies every module of the workspace, or those in the directories given.
#
#   scripts/tidy.sh [--check] [directory ...]
#
# With --check nothing is written: differences are printed, and make it fail.
#
# A nested module requires its siblings at a version that may not be tagged yet, and its go.mod must hold no replace.
# So tidy works on a copy of go.mod in which the siblings are replaced by their directories here.
set -euo pipefail
cd "$(dirname "$0")/.."

check=false
if [[ "${1:-}" == --check ]]; then
	check=true
	shift
fi

# "path directory" of each module of the workspace, as the go command sees it.
modules=$(go list -m -f '{{.Path}} {{.Dir}}')
if (($# == 0)); then
	while read -r _ directory; do
		set -- "$@" "$directory"
	done <<<"$modules"
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# tidy DIRECTORY leaves the tidied go.mod and go.sum in $scratch.
tidy() {
	local path directory
	cp go.mod "$scratch/go.mod"
	: >"$scratch/go.sum"
	if [[ -f go.sum ]]; then cp go.sum "$scratch/go.sum"; fi
	while read -r path directory; do
		go mod edit -replace "$path=$directory" "$scratch/go.mod"
	done <<<"$modules"
	GOWORK=off go mod tidy -modfile="$scratch/go.mod"
	while read -r path directory; do
		go mod edit -dropreplace "$path" "$scratch/go.mod"
	done <<<"$modules"
}

failed=false
for directory in "$@"; do
	pushd "$directory" >/dev/null
	tidy
	for file in go.mod go.sum; do
		if cmp -s "$file" "$scratch/$file"; then
			continue
		fi
		# A module without requirements needs no go.sum.
		if [[ ! -e $file && ! -s "$scratch/$file" ]]; then
			continue
		fi
		if $check; then
			echo "$directory/$file is not tidy:"
			diff -u "$file" "$scratch/$file" || failed=true
		else
			cp "$scratch/$file" "$file"
		fi
	done
	popd >/dev/null
done

if $failed; then
	echo "modules are not tidy; run scripts/tidy.sh and commit what it changes" >&2
	exit 1
fi
