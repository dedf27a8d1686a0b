package llmhttp

import "slices"

// vertexPredict is the wire format of predict: Vertex AI's text embeddings, and Imagen. Which of them it was, the answer
// tells. An endpoint's predict is left alone: it may be any model, of whatever data.
var vertexPredict = dialect{
	protocol:  "vertex_predict",
	operation: "predict",
	home:      &vertexHome,
	vectors:   true,
	ends:      []string{"predict"},
	match:     func(a address) (place, bool) { return namedIn(a, "models") },
	proof:     isPredict,
	request:   readPredictRequest,
	answer:    readPredictAnswer,
}

// isPredict tells requests to Google's models from those to TensorFlow Serving and its like, which have the same path
// and instances, too, but other ones: numbers, lists of them, data as {"b64": …}.
func isPredict(body *value) bool {
	for v := range body.get("instances").all() {
		for _, name := range []string{"content", "prompt", "text"} {
			if v.get(name).is(textKind) {
				return true
			}
		}
		for _, name := range []string{"image", "video"} {
			if media := v.get(name); media.get("bytesBase64Encoded") != nil || media.get("gcsUri") != nil {
				return true
			}
		}
	}
	return false
}

func readPredictRequest(body *value, to *Request) {
	to.Model = body.get("model").str()
	to.Parameters = readParameters(body, nil)
	to.Messages = predictMessages(body)
}

// predictMessages makes one message of a user for each text.
func predictMessages(body *value) []Message {
	var messages []Message
	for v := range body.get("instances").all() {
		for _, text := range []*value{v.get("content"), v.get("prompt")} {
			if text.is(textKind) {
				messages = append(messages, Message{Role: "user", Content: textParts(text)})
				break
			}
		}
	}
	return messages
}

func readPredictAnswer(body *value, x *exchange) {
	predictions := body.get("predictions")
	switch {
	case predictions.first().get("embeddings").known():
		readPredictedVectors(predictions, x)
	case slices.ContainsFunc(slices.Collect(predictions.all()), isPredictedImage): // the first may have been filtered
		readPredictedImages(predictions, x)
	}
}

func readPredictedVectors(predictions *value, x *exchange) {
	x.Operation = "embeddings"
	x.Embeddings = &Embeddings{
		Count: predictions.size, Dimensions: dimensions(predictions.first().get("embeddings", "values")),
	}
	x.Usage.Input = Tokens(0)
	for v := range predictions.all() {
		tokens := v.get("embeddings", "statistics", "token_count").count()
		x.Usage.Input.N += tokens.N
		x.Usage.Input.Known = x.Usage.Input.Known && tokens.Known
	}
	if !x.Usage.Input.Known {
		x.Usage.Input.N = 0
	}
}

func isPredictedImage(v *value) bool { return v.get("bytesBase64Encoded").is(textKind) }

// readPredictedImages makes one message of each image; of one that was filtered, an empty one.
func readPredictedImages(predictions *value, x *exchange) {
	x.Operation = "image_generation"
	for v := range predictions.all() {
		m := Message{Role: "assistant"}
		if isPredictedImage(v) {
			m.Content = []Part{mediaPart(Part{Type: PartImage, MediaType: v.get("mimeType").str()}, nil, v.get("bytesBase64Encoded"))}
		}
		x.Messages = append(x.Messages, m)
	}
}
