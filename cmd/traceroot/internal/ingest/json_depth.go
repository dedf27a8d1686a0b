package ingest

// boundDepth empties the lists and objects at that depth of JSON text, in place, so that no reader of it has to recurse
// further. Text that is no JSON stays none, or becomes as wrong as it was.
func boundDepth(text []byte, depth int) {
	open, quoted := 0, false
	for i := 0; i < len(text); i++ {
		inside := open >= depth
		switch c := text[i]; {
		case quoted && c == '\\':
			if inside {
				text[i], text[min(i+1, len(text)-1)] = ' ', ' '
			}
			i++
			continue
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			open++
		case c == '}' || c == ']':
			open--
			inside = open >= depth
		}
		if inside {
			text[i] = ' '
		}
	}
}
