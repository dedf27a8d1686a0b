package llmhttp

// What the dialects of OpenAI's audio share.

// audioFormat is the format of audio that a request wants.
func audioFormat(q *Request) string {
	return parse(q.Parameters["response_format"], bounds{text: alwaysKept, numbers: maxNumbers}).str()
}
