# What the gates of the web UI need. It is sourced by .ci/run, whose functions and variables it uses.
#
# shellcheck shell=bash

# browser gets Chromium where Debian's packages can be installed. Without one the tests of the pages are skipped.
browser() {
	local name
	for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
		[ -n "$name" ] && command -v "$name" && return
	done
	if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
		echo 'no Chromium, and it takes apt-get and root to install it: the pages are not tested'
		return "$skipped"
	fi
	export DEBIAN_FRONTEND=noninteractive
	if ! { apt-get update && apt-get install --yes --no-install-recommends chromium fonts-dejavu-core; }; then
		echo 'chromium cannot be installed: the pages are not tested'
		return "$skipped"
	fi
}

# page_types checks the types of the pages' sources, which bundling only strips.
page_types() (
	local sources=$scratch/webui tool
	for tool in npm npx; do
		if ! command -v "$tool" >/dev/null; then
			echo "no $tool here: the types of the pages are not checked"
			return "$skipped"
		fi
	done
	# A copy, so that the checkout stays clean.
	mkdir "$sources" && cp -R cmd/traceroot/internal/webui/src cmd/traceroot/internal/webui/*.json "$sources" || return
	cd "$sources" || return
	if ! npm ci --no-audit --no-fund --ignore-scripts; then
		echo 'npm cannot install the types: they are not checked'
		return "$skipped"
	fi
	npx --no-install tsc --noEmit
)
