package vocab

import (
	"encoding/base64"
	"strings"

	"github.com/tidwall/gjson"
)

// readPart reads one piece of content. What it does not know stays as it was sent.
func readPart(kind string, f fields, v gjson.Result) []part {
	if f.get("source").Type == gjson.String { // our own form already
		return asSent(v)
	}
	switch kind {
	case "text", "input_text", "output_text":
		return texts(f.first("text", "content").String())
	case "reasoning", "thinking", "redacted_thinking", "redacted-reasoning":
		return reasoning(f)
	case "refusal":
		return []part{{kind: "refusal", text: f.first("refusal", "text", "content").String()}}
	case "image", "image_url", "input_image", "image-url":
		return []part{media("image", f)}
	case "audio", "input_audio", "audio-url":
		if !f.has("transcript") {
			return []part{media("audio", f)}
		}
	case "video", "video_url", "video-url":
		return []part{media("video", f)}
	case "file", "input_file", "document", "media", "document-url", "blob", "uri", "binary":
		return []part{media("file", f)}
	case "":
		if text := f.get("text"); text.Type == gjson.String {
			return texts(text.Str)
		}
	}
	return asSent(v)
}

// asSent keeps a part that we have no better form for.
func asSent(v gjson.Result) []part {
	if v.Raw == "" {
		return nil
	}
	return []part{{raw: string(appendNormal(nil, v.Raw))}}
}

func reasoning(f fields) []part {
	text := f.first("text", "content", "thinking", "reasoning")
	if summary := f.get("summary"); text.Type != gjson.String && summary.IsArray() {
		var all []string
		eachOf(summary, func(item gjson.Result) { all = append(all, item.Get("text").Str) })
		return []part{{kind: "reasoning", text: strings.Join(all, "\n")}}
	}
	if text.Type != gjson.String || text.Str == "" {
		return []part{{kind: "reasoning", redacted: true}}
	}
	return []part{{kind: "reasoning", text: text.Str}}
}

// media is an image, audio, video or file. A modality or media type says what it is better than the sender's word for the
// part does.
func media(kind string, f fields) part {
	p := part{kind: kind, name: f.first("filename", "name", "file.filename").Str}
	if modality := f.text("modality"); modality != "" {
		p.kind = modality
	}
	p.mediaType = f.first("media_type", "mediaType", "mimeType", "mime_type", "source.media_type").Str
	p.format = f.first("format", "input_audio.format").Str
	if general, _, _ := strings.Cut(p.mediaType, "/"); general == "image" || general == "audio" || general == "video" {
		p.kind = general
	}
	at := f.first(
		"image_url.url", "image_url", "image.image.url", "image.url", "video_url.url", "audio.audio.url", "audio.url", "input_audio.data",
		"file.file_data", "source.url", "source.data", "url", "uri", "file_uri", "image", "data", "file_data", "content")
	ref := f.first("file_id", "file.file_id", "ref")
	switch {
	case ref.Type == gjson.String:
		p.source, p.ref = "ref", ref.Str
	case at.Type == gjson.String:
		p.locate(at.Str)
	}
	return p
}

// maxData is how many bytes an image or a sound may have to be kept with its message. Of more only the size is told, as it
// is of all other data.
const maxData = 2 << 20

// locate tells a place from data.
func (p *part) locate(at string) {
	if inline, ok := strings.CutPrefix(at, "data:"); ok {
		head, data, _ := strings.Cut(inline, ",")
		mediaType, parameters, _ := strings.Cut(head, ";")
		if p.mediaType == "" {
			p.mediaType = mediaType
		}
		p.inline(data, strings.HasSuffix(parameters, "base64"))
		return
	}
	if scheme, _, ok := strings.Cut(at, "://"); ok && len(scheme) < 10 {
		p.source, p.url = "url", at
		return
	}
	p.inline(at, true)
}

// inline notes how large data is, and keeps what a page can show.
func (p *part) inline(data string, encoded bool) {
	p.source, p.size = "inline", len(data)
	mediaType := p.mediaType
	if mediaType == "" && p.format != "" {
		mediaType = p.kind + "/" + p.format
	}
	general, _, _ := strings.Cut(mediaType, "/")
	shown := general == "image" || general == "audio"
	bytes := base64.RawStdEncoding.DecodedLen(len(strings.TrimRight(data, "=")))
	if encoded && shown && bytes > 0 && bytes <= maxData && isBase64(data) {
		p.data = "data:" + mediaType + ";base64," + data
	}
}

// isBase64 reports whether text is of the characters of either alphabet alone.
func isBase64(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c != '+' && c != '/' && c != '-' && c != '_' && c != '=':
			return false
		}
	}
	return true
}
