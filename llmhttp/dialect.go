package llmhttp

import (
	"cmp"
	"sync"
)

// A dialect is one wire format: how to know it, and how to read what is said in it.
type dialect struct {
	protocol  string
	operation string
	home      *provider // who speaks it on hosts that are not known
	vectors   bool      // long arrays of numbers are vectors or tokens, of which only the length counts

	ends  []string                      // the last words of its paths, after the last "/" or ":"
	match func(a address) (place, bool) // looks closer at a path that ends so
	proof func(body *value) bool        // of a request on a host that is not known; nil where the path says enough

	request func(body *value, to *Request) // the body of a request, nil when it is no JSON
	answer  func(body *value, x *exchange) // a whole body that is a JSON object
	plain   func(b plainBody, x *exchange) // a whole body of another media type; nil: there are none
	stream  func(q *Request) stream        // nil: it never streams
	lines   bool                           // its streams may be lines of JSON
	framing func(first byte) newFraming    // how its streams are cut; nil: framesSSE, or lines

	wraps []string // the path to a text that is JSON in base64
}

// dialects are tried in order: where two could take a path, the one that asks for more stands first.
var dialects = []*dialect{
	&openAIChat,
	&ollamaEmbeddings,
	&openAIEmbeddings,
	&openAIResponses,
	&openAICompletion,
	&openAIImages,
	&openAIModerations,
	&openAISpeech,
	&openAITranscription,
	&openAITranslation,
	&anthropicMessages,
	&anthropicCount,
	&anthropicVertex,
	&anthropicVertexCount,
	&gemini,
	&geminiStreaming,
	&geminiEmbed,
	&geminiCount,
	&vertexPredict,
	&ollamaChat,
	&ollamaGenerate,
	&ollamaEmbed,
	&cohereChat2,
	&cohereChat1,
	&cohereEmbed,
	&cohereRerank,
	&cohereGenerate,
	&bedrockConverse,
	&bedrockConverseStream,
	&bedrockEmbeddings,
	&bedrockImages,
	&bedrockRerank,
	&bedrockInvoke,
	&bedrockInvokeStream,
	&bedrockCount,
}

// index finds the dialects whose paths end in a word. It is made when it is first asked: what a package makes at its start is
// linked into every program that imports it, and these are a megabyte that many have no use for. For that, no dialect may
// need a function call to be made, or a copy of another variable.
var index struct {
	sync.Once
	byEnd map[string][]*dialect
}

func dialectsEndingIn(word string) []*dialect {
	index.Do(func() {
		index.byEnd = map[string][]*dialect{}
		for _, d := range dialects {
			for _, end := range d.ends {
				index.byEnd[end] = append(index.byEnd[end], d)
			}
		}
	})
	return index.byEnd[word]
}

// spoken is the route's dialect; on a Route that [Match] did not make, one that says nothing.
func (r Route) spoken() *dialect { return cmp.Or(r.dialect, &silence) }

var silence = dialect{answer: func(*value, *exchange) {}}

// namesModel is a part of many a proof.
func namesModel(body *value) bool { return body.get("model").str() != "" }
