from openai import OpenAI
from openinference.instrumentation.openai import OpenAIInstrumentor
from scenario import MODEL_URL, openai_calls, provider

OpenAIInstrumentor().instrument(tracer_provider=provider())
client = OpenAI(base_url=MODEL_URL + "/v1")
openai_calls(client)
client.embeddings.create(model="text-embedding-3-small", input=["Paris", "Rome"])
