package api

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	_ "image/gif"  // dimensions
	_ "image/jpeg" // dimensions
	_ "image/png"  // dimensions
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxPixels is the largest image that a browser is handed to decode.
const maxPixels = 50_000_000

const octets = "application/octet-stream"

// sniff tells what content is, whatever its sender called it, and whether a page may show it.
func sniff(content []byte) (mediaType string, inline bool) {
	switch found := http.DetectContentType(content); {
	case found == "audio/wave":
		return "audio/wav", true
	case found == "audio/mpeg", len(content) > 2 && content[0] == 0xff && slices.Contains([]byte{0xfb, 0xf3, 0xf2}, content[1]):
		return "audio/mpeg", true
	case found == "application/ogg":
		return "audio/ogg", true
	case found == "image/png", found == "image/jpeg", found == "image/gif", found == "image/webp":
		mediaType = found
	case isAVIF(content):
		mediaType = "image/avif"
	default:
		return octets, false
	}
	width, height, known := dimensions(content)
	if !known || int64(width)*int64(height) > maxPixels {
		return octets, false
	}
	return mediaType, true
}

// dimensions reads those of an image from its header.
func dimensions(content []byte) (width, height int, known bool) {
	switch {
	case isAVIF(content):
		return avifDimensions(content)
	case len(content) >= 30 && string(content[:4]) == "RIFF" && string(content[8:12]) == "WEBP":
		return webpDimensions(content)
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(content))
	return config.Width, config.Height, err == nil && config.Width > 0 && config.Height > 0
}

func isAVIF(content []byte) bool {
	return len(content) > 12 && (string(content[4:12]) == "ftypavif" || string(content[4:12]) == "ftypavis")
}

// avifDimensions takes the largest of all images in the file.
func avifDimensions(content []byte) (width, height int, known bool) {
	most := int64(0)
	for rest := content; ; {
		_, after, found := bytes.Cut(rest, []byte("ispe"))
		if !found || len(after) < 12 {
			return width, height, width > 0 && height > 0
		}
		w, h := binary.BigEndian.Uint32(after[4:]), binary.BigEndian.Uint32(after[8:])
		if pixels := int64(min(w, 1<<31)) * int64(min(h, 1<<31)); pixels > most {
			most, width, height = pixels, int(w), int(h)
		}
		rest = after
	}
}

// webpDimensions reads the first chunk of a file of 30 bytes or more.
func webpDimensions(content []byte) (width, height int, known bool) {
	chunk := content[20:]
	three := func(at int) int { return int(chunk[at]) | int(chunk[at+1])<<8 | int(chunk[at+2])<<16 }
	switch string(content[12:16]) {
	case "VP8X":
		return three(4) + 1, three(7) + 1, true
	case "VP8L":
		bits := binary.LittleEndian.Uint32(chunk[1:])
		return int(bits&0x3fff) + 1, int(bits>>14&0x3fff) + 1, chunk[0] == 0x2f
	case "VP8 ":
		width, height = int(binary.LittleEndian.Uint16(chunk[6:]))&0x3fff, int(binary.LittleEndian.Uint16(chunk[8:]))&0x3fff
		return width, height, width > 0 && height > 0
	}
	return 0, 0, false
}

// isDataURL tells data from a text that only begins like it.
func isDataURL(text string) bool {
	head, _, found := strings.Cut(text[:min(len(text), 200)], ",")
	return found && strings.HasPrefix(head, "data:") && strings.HasSuffix(head, ";base64")
}

func readDataURL(text string) (mediaType string, data []byte) {
	head, body, _ := strings.Cut(strings.TrimPrefix(text, "data:"), ",")
	mediaType, _, _ = strings.Cut(head, ";")
	if unescaped, err := url.PathUnescape(body); err == nil && strings.Contains(body, "%") {
		body = unescaped
	}
	body = strings.TrimRight(strings.Map(func(r rune) rune {
		switch r {
		case '-':
			return '+'
		case '_':
			return '/'
		case ' ', '\n', '\r', '\t':
			return -1
		}
		return r
	}, body), "=")
	data, _ = base64.RawStdEncoding.DecodeString(body) // up to where it is none
	return mediaType, data
}
