package gitinfo

import (
	"path/filepath"
	"strings"
)

// originURL returns the first url of [remote "origin"] in the repository's config, "" when there is none. Includes are
// not followed and the user's own config is not read: both may name files anywhere.
func (d gitDir) originURL() string {
	inOrigin := false
	for line := range lines(filepath.Join(d.common, "config"), maxConfig) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "\ufeff"))
		if header, rest, ok := cutHeader(line); ok {
			if inOrigin {
				return ""
			}
			inOrigin = isOrigin(header)
			line = rest // git allows a key behind the header
		}
		if !inOrigin {
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok && strings.EqualFold(strings.TrimSpace(key), "url") {
			return configValue(value)
		}
	}
	return ""
}

// cutHeader splits `[section "name"] rest`.
func cutHeader(line string) (header, rest string, ok bool) {
	if !strings.HasPrefix(line, "[") {
		return "", line, false
	}
	header, rest, ok = strings.Cut(line[1:], "]")
	return header, strings.TrimSpace(rest), ok
}

// isOrigin tells whether a header is that of the remote origin, in today's form or in the dotted one of old.
func isOrigin(header string) bool {
	section, name, quoted := strings.Cut(header, `"`)
	if !quoted {
		return strings.EqualFold(strings.TrimSpace(header), "remote.origin")
	}
	return strings.EqualFold(strings.TrimSpace(section), "remote") && name == `origin"`
}

// configValue reads the text behind "=": quotes are taken off, backslashes escape, and a # or ; outside quotes starts a
// comment.
func configValue(text string) string {
	var value strings.Builder
	quoted, escaped := false, false
	for _, c := range strings.TrimSpace(text) {
		switch {
		case escaped:
			value.WriteRune(c)
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case !quoted && (c == '#' || c == ';'):
			return strings.TrimSpace(value.String())
		default:
			value.WriteRune(c)
		}
	}
	return strings.TrimSpace(value.String())
}
