// Package tracelangchaingo traces programs that are written with github.com/tmc/langchaingo.
//
// A [Handler] is a callbacks.Handler. Given to an executor, its agent, its tools, a chain, a retriever, it makes the tree
// of a run from what they report: agent → chain → model, tool, retriever.
//
//	handler := tracelangchaingo.NewHandler()
//	agent := agents.NewOneShotAgent(model, tools, agents.WithCallbacksHandler(handler))
//	executor := agents.NewExecutor(agent, agents.WithCallbacksHandler(handler))
//
// Model calls are recorded at the wire, by any of the root package's hooks: give a model traceroot.HTTPClient(nil), or
// reach langchaingo's default HTTP client by traceroot.WithIntegrations(traceroot.LangChain), which needs the import of
// this package. The import also tells the hooks which span the handler has open on the goroutine, so that the model's
// span stands inside the chain that calls the model. [Transport] does the same for other instrumentation below it.
// [Model] records models that no hook sees.
//
// Spans have the scope "traceroot.langchain" and report the program's line that called langchaingo.
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
