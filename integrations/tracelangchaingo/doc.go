// Package tracelangchaingo traces programs that are written with github.com/tmc/langchaingo.
//
// A [Handler] is a callbacks.Handler. Given to an executor, its agent, its tools, a chain, a retriever, it makes the tree
// of a run from what they report: agent → chain → model, tool, retriever.
//
//	handler := tracelangchaingo.NewHandler()
//	agent := agents.NewOneShotAgent(model, tools, agents.WithCallbacksHandler(handler))
//	executor := agents.NewExecutor(agent, agents.WithCallbacksHandler(handler))
//
// Model calls are recorded at the wire. Importing the package lets traceroot.WithIntegrations(traceroot.LangChain) reach
// langchaingo's default HTTP client; [Transport] records a client of one's own. Both put the model's span below the
// handler's open span. The root package's hooks know nothing of callbacks: what they record stands below the span of the
// context, beside the handler's chain, unless [Model] wraps the model.
//
// A callback gets a context and cannot return one. So the handler keeps the open spans of each goroutine, which is where
// langchaingo reports the end of what it began: runs never mix, even when they share a handler and a context. What it
// cannot see is what a chain starts on other goroutines, and where a tool ends that has no handler: such a tool's span
// ends with the agent's next step. [Chain], [Tool], [Retriever] and [Model] wrap one part each and pass a real context,
// which is exact everywhere. Wrappers and handler can be mixed: each call is one span.
//
// The package does not record embeddings, memories, vector stores or output parsers by themselves, and no prompt
// templates. It has no part in what a model is asked.
package tracelangchaingo
