package llmhttp

import "strings"

// What the dialects of AWS Bedrock share: their paths, and streams that are binary.

var bedrockHome = provider{"bedrock", "aws.bedrock"}

// inModel matches the paths /model/X/verb. X may be the ARN of a profile, with slashes that its sender has not escaped.
func inModel(a address, verb string, streams bool) (place, bool) {
	before, ok := strings.CutSuffix(a.path, "/"+verb)
	at := strings.LastIndex(before, "/model/")
	if !ok || at < 0 {
		return place{}, false
	}
	model := before[at+len("/model/"):]
	isOne := model != "" && (!strings.Contains(model, "/") || strings.HasPrefix(model, "arn:"))
	return place{model: unescape(model), streams: streams}, isOne
}

// framesAWS is how Bedrock's streams are cut. JSON at the first byte is an answer in one piece: as part of the length of
// a frame it would make that larger than any.
func framesAWS(first byte) newFraming {
	if first == '{' || first == '[' {
		return nil
	}
	return newEventStream
}
