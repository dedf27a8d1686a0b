package llmhttp

// What streams make messages of that come bit by bit. All of it takes room: a stream must not fill the memory with many
// small things either.

const (
	maxPieces    = 1024    // choices of an answer; calls, parts or images of a choice
	maxAllPieces = 1 << 14 // in one stream
	pieceSize    = 256     // bytes that one takes about, besides its texts
)

// piece is the element of m at an index, made when there is none; nil when that would be one too many.
func piece[T any](r *room, m *map[int]*T, index int) *T {
	found, ok := (*m)[index]
	if ok || len(*m) == maxPieces || !r.takePiece() {
		return found
	}
	if *m == nil {
		*m = make(map[int]*T)
	}
	found = new(T)
	(*m)[index] = found
	return found
}

func choiceIndex(choice *value) int {
	n, _ := choice.get("index").number()
	return int(min(max(n, 0), maxPieces))
}

// streamedPart is a part as far as it has come: a text, or a thought, goes on in the parts after it.
type streamedPart struct {
	Part
	text fragments
}

// addPart continues the last of the parts where both are texts, or both thoughts. The first answer is the one that may be
// followed.
func (r *room) addPart(parts *[]streamedPart, p Part, first bool) {
	last := len(*parts) - 1
	if last < 0 || !(*parts)[last].continues(p) {
		if len(*parts) == maxPieces || !r.takePiece() || !r.spend(len(p.URL)+len(p.MediaType)+len(p.Name)) {
			return
		}
		*parts = append(*parts, streamedPart{Part: p})
		last++
	}
	if !p.isText() {
		return
	}
	add := r.add
	if first && p.Type == PartText {
		add = r.say
	}
	add(&(*parts)[last].text, &value{kind: textKind, text: p.Text, size: len(p.Text) + p.Dropped})
}

func wholeParts(parts []streamedPart) []Part {
	var whole []Part
	for _, p := range parts {
		if p.isText() && !p.Redacted {
			p.Text, p.Dropped = string(p.text.kept), p.text.dropped()
		}
		whole = append(whole, p.Part)
	}
	return whole
}

// streamedCall is a call as far as it has come.
type streamedCall struct {
	id, name  string
	arguments fragments
}

// addToCall adds a piece of a call. Its id and its name come with the first piece.
func (r *room) addToCall(c *streamedCall, id, name, arguments *value) {
	r.name(&c.id, id)
	r.name(&c.name, name)
	r.add(&c.arguments, argumentsText(arguments))
}

func (c *streamedCall) call() ToolCall { return toolCall(c.id, c.name, c.arguments.value()) }
