package llmhttp

import (
	"encoding/json"
	"strconv"
	"strings"
)

// openAIImages is the wire format of OpenAI's images, made from a prompt, from other images, or from both.
var openAIImages = dialect{
	protocol:  "openai_images",
	operation: "image_generation",
	home:      &openAIHome,
	ends:      []string{"generations", "edits", "variations"},
	match: func(a address) (place, bool) {
		before, _ := cutLast(a.path, "/")
		return place{model: deployment(a.path)}, strings.HasSuffix(before, "/images")
	},
	proof:   provesImages,
	request: readImagesRequest,
	answer:  readImagesAnswer,
	stream:  newImagesStream,
}

// provesImages takes a prompt for proof; a variation has none, but then it names its model and comes with a file.
func provesImages(body *value) bool {
	return body.get("prompt").is(textKind) || body.get("model").str() != "" && body.get(formFiles).given()
}

func readImagesRequest(body *value, to *Request) {
	readOpenAI(body, to)
	to.Messages = promptMessages(inWords(body.get("prompt")))
	images := formParts(body, PartImage)
	for v := range body.get("images").all() { // of an edit that is JSON
		images = append(images, mediaPart(Part{Type: PartImage, Ref: v.get("file_id").str()}, imageURL(v), nil))
	}
	if len(images) == 0 {
		return
	}
	if len(to.Messages) == 0 {
		to.Messages = []Message{{Role: "user"}}
	}
	to.Messages[0].Content = append(to.Messages[0].Content, images...)
}

func readImagesAnswer(body *value, x *exchange) {
	readFacts(body, x)
	if body.get("error").given() && !body.get("data").given() {
		x.Error = errorOf(body, 200)
	}
	for v := range body.get("data").all() {
		x.Messages = append(x.Messages, imageMessage(v.get("url"), v.get("b64_json")))
	}
}

func imageMessage(url, base64 *value) Message {
	return Message{Role: "assistant", Content: []Part{mediaPart(Part{Type: PartImage}, url, base64)}}
}

// imagesStream shows images as they take form: each event brings one whole, and the last of them counts.
type imagesStream struct {
	asked   int // images
	done    []Message
	begun   *Message // the one that takes form
	errored bool
}

func newImagesStream(q *Request) stream { return &imagesStream{asked: imagesAsked(q.Parameters["n"])} }

func imagesAsked(n json.RawMessage) int {
	asked, _ := strconv.Atoi(string(n))
	return max(asked, 1)
}

func (s *imagesStream) take(e event, x *exchange) mark {
	if e.done {
		return isTerminal
	}
	if failure := eventError(e); failure != nil {
		x.Error, s.errored = failure, true
		return 0
	}
	_, kind := cutLast(e.kind(), ".") // image_generation.… or image_edit.…
	switch kind {
	case "partial_image":
		s.begun = new(imageMessage(nil, e.data.get("b64_json")))
		return hasOutput
	case "completed":
		readFacts(e.data, x)
		s.begun = nil
		if len(s.done) < maxPieces {
			s.done = append(s.done, imageMessage(nil, e.data.get("b64_json")))
		}
		if len(s.done) >= s.asked {
			return hasOutput | isTerminal
		}
		return hasOutput
	default:
		return 0
	}
}

func (s *imagesStream) finish(x *exchange) {
	x.Messages = s.done
	if s.begun != nil {
		x.Messages = append(x.Messages, *s.begun)
	}
	x.Complete = len(s.done) > 0 && s.begun == nil && !s.errored
}

// cutLast cuts a text at the last of its separators; what has none is all behind it.
func cutLast(s, separator string) (before, after string) {
	at := strings.LastIndex(s, separator)
	return s[:max(at, 0)], s[at+1:]
}
