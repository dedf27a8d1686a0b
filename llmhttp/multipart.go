package llmhttp

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"strconv"
	"strings"
)

// ReadForm is [Route.ReadRequest] for a body of the content type multipart/form-data, which it needs with its parameters.
// Files are measured and not kept. It reads the body to its end; where that is no such form, nothing of it is known.
func (r Route) ReadForm(body io.Reader, contentType string, limits Limits) (*Request, error) {
	source := &failureReader{source: body}
	form := readForm(source, contentType, limits.bounds(r.spoken()))
	_, _ = io.Copy(io.Discard, source)
	return r.request(form, limits), source.err
}

// failureReader remembers how its source failed.
type failureReader struct {
	source io.Reader
	err    error
}

func (r *failureReader) Read(p []byte) (int, error) {
	n, err := r.source.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// formFiles is the member that holds the files of a form: a list of {name, type, size}.
const formFiles = "files"

const (
	maxFormName = 1 << 10 // bytes of the name of a field, file or media type
	maxFormPart = 1024    // fields and files; more are not read
)

// A form becomes an object whose members are its fields, so that dialects read forms as they read JSON.
type form struct {
	fields   value
	files    value
	text     int // bytes of one field
	textLeft int // bytes that all fields may still take
}

func readForm(body io.Reader, contentType string, b bounds) *value {
	mediaType, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || mediaType != "multipart/form-data" || parameters["boundary"] == "" {
		return nil
	}
	f := form{fields: value{kind: objectKind}, files: value{kind: arrayKind, key: formFiles}, text: b.text, textLeft: maxText}
	parts := multipart.NewReader(body, parameters["boundary"])
	for range maxFormPart {
		part, err := parts.NextPart()
		if err != nil || f.take(part) != nil {
			break
		}
	}
	f.fields.add(f.files)
	return &f.fields
}

func (f *form) take(part *multipart.Part) error {
	mediaType := mediaTypeOf(part.Header.Get("Content-Type"))
	if part.FileName() != "" || mediaType != "" && !isText(mediaType) && mediaType != "application/json" {
		return f.takeFile(part, mediaType)
	}
	return f.takeField(part)
}

func (f *form) takeFile(part *multipart.Part, mediaType string) error {
	size, err := io.Copy(io.Discard, part)
	if err != nil {
		return err
	}
	file := value{kind: objectKind}
	file.add(textMember("name", part.FileName()))
	file.add(textMember("type", mediaType))
	file.add(value{kind: numberKind, key: "size", text: strconv.FormatInt(size, 10)})
	f.files.add(file)
	return nil
}

func (f *form) takeField(part *multipart.Part) error {
	head := beginning{limit: max(min(f.text, f.textLeft), alwaysKept)}
	size, err := io.Copy(&head, part)
	if err != nil {
		return err
	}
	f.textLeft -= len(head.kept)
	field := textValue(head.kept, int(size))
	field.kind = literalKind(field)
	field.key = textMember(strings.TrimSuffix(part.FormName(), "[]"), "").key
	f.fields.add(*field)
	return nil
}

// literalKind is what JSON would call a value that a form can only give as text.
func literalKind(field *value) kind {
	switch {
	case field.text == "true", field.text == "false":
		return boolKind
	case field.text != "" && strings.Trim(field.text, "+-.0123456789eE") == "" && json.Valid([]byte(field.text)):
		return numberKind
	default:
		return textKind
	}
}

func textMember(name, text string) value {
	clip := func(s string) string { return strings.ToValidUTF8(cutText(s, maxFormName), replacement) }
	return value{kind: textKind, key: clip(name), text: clip(text), size: len(clip(text))}
}

func (v *value) add(member value) {
	v.items = append(v.items, member)
	v.size++
}

// inWords is a text again that a form made a number of.
func inWords(v *value) *value {
	if !v.is(numberKind) && !v.is(boolKind) {
		return v
	}
	return &value{kind: textKind, key: v.key, text: v.words(), size: v.kept()}
}

// formParts are the files of a form, of the type that each media type tells, or else of a usual one.
func formParts(body *value, usual PartType) []Part {
	var parts []Part
	for v := range body.get(formFiles).all() {
		size, _ := v.get("size").number()
		mediaType := v.get("type").str()
		parts = append(parts, Part{
			Type: partTypeOf(mediaType, usual), Source: SourceInline, Base64Len: base64Len(size),
			Name: v.get("name").str(), MediaType: mediaType,
		})
	}
	return parts
}

// base64Len is how long the base64 text of as many bytes is.
func base64Len(size int64) int {
	return base64.StdEncoding.EncodedLen(int(min(max(size, 0), math.MaxInt/2)))
}
