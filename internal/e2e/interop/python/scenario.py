"""What each recording does: a text answer, a tool's round trip and a streamed answer."""

import os

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

MODEL_URL = os.environ["MODEL_URL"]
QUESTION = "What is the capital of France?"
WEATHER = "What is the weather in Paris?"
TOOL = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"21 °C in {city}"


def provider():
    made = TracerProvider()
    made.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(made)
    return made


def openai_calls(client):
    """The scenario on OpenAI's own client."""
    system = {"role": "system", "content": "Answer in one sentence."}
    client.chat.completions.create(
        model="gpt-4o-mini", temperature=0.5, messages=[system, {"role": "user", "content": QUESTION}])
    tools = [{"type": "function", "function": TOOL}]
    messages = [{"role": "user", "content": WEATHER}]
    answer = client.chat.completions.create(model="gpt-4o-mini", tools=tools, messages=messages).choices[0].message
    call = answer.tool_calls[0]
    messages += [answer.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": call.id, "content": get_weather("Paris")}]
    client.chat.completions.create(model="gpt-4o-mini", tools=tools, messages=messages)
    for _ in client.chat.completions.create(
        model="gpt-4o-mini", stream=True, stream_options={"include_usage": True}, messages=[{"role": "user", "content": [
            {"type": "text", "text": QUESTION},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
        ]}],
    ):
        pass
