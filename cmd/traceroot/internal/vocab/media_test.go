package vocab_test

import (
	"encoding/base64"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/traceroot-ai/traceroot-go/attr"
	"github.com/traceroot-ai/traceroot-go/cmd/traceroot/internal/vocab"
)

// The data of images and sounds stays with the message, so that a page can show it; of all other data only the size does.
func TestDataOfMedia(t *testing.T) {
	t.Parallel()
	encoded := func(size int) string { return base64.StdEncoding.EncodeToString(make([]byte, size)) }
	for _, tt := range []struct {
		name, part, want string
		size             int
	}{
		{"an image", `{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}`, "data:image/png;base64,AAAA", 4},
		{"an image beside its type", `{"type":"image","source":{"type":"base64","media_type":"image/webp","data":"AA-_"}}`, "data:image/webp;base64,AA-_", 4},
		{"a sound", `{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}`, "data:audio/wav;base64,AAAA", 4},
		{"an image as a file", `{"type":"file","file":{"file_data":"data:image/gif;base64,AAAA"}}`, "data:image/gif;base64,AAAA", 4},
		{"an image of two mebibytes", `{"type":"image","image":"data:image/png;base64,` + encoded(2<<20) + `"}`, "data:image/png;base64," + encoded(2<<20), 2796204},
		{"a larger one", `{"type":"image","image":"data:image/png;base64,` + encoded(2<<20+3) + `"}`, "", 2796208},
		{"a video", `{"type":"video_url","video_url":{"url":"data:video/mp4;base64,AAAA"}}`, "", 4},
		{"a document", `{"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}}`, "", 4},
		{"an image of no known type", `{"type":"image","image":"AAAA"}`, "", 4},
		{"what is no data", `{"type":"image","media_type":"image/png","image":"\"><script>"}`, "", 10},
		{"data in plain text", `{"type":"image_url","image_url":{"url":"data:image/svg+xml,<svg/>"}}`, "", 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			call := read(vocab.Attributes{attr.SpanType: "llm", attr.SpanInput: `[{"role":"user","content":[` + tt.part + `]}]`}).Call
			if call == nil || len(call.In) != 1 {
				t.Fatalf("read as %+v", call)
			}
			part := gjson.Get(call.In[0].Body, "content.0")
			if got := part.Get("data").Str; got != tt.want {
				t.Errorf("data %s, want %s", shortened(got), shortened(tt.want))
			}
			if size := int(part.Get("base64_len").Int()); size != tt.size || part.Get("source").Str != "inline" {
				t.Errorf("%s of %d, want %d inline", part.Get("source").Str, size, tt.size)
			}
		})
	}
}

func shortened(text string) string { return text[:min(len(text), 60)] }
