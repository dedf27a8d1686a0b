from anthropic import Anthropic
from openinference.instrumentation.anthropic import AnthropicInstrumentor
from scenario import MODEL_URL, QUESTION, TOOL, WEATHER, get_weather, provider

AnthropicInstrumentor().instrument(tracer_provider=provider())
client = Anthropic(base_url=MODEL_URL)
model = {"model": "claude-sonnet-4-5", "max_tokens": 100}
client.messages.create(**model, system="Answer in one sentence.", messages=[{"role": "user", "content": QUESTION}])
tools = [{"name": TOOL["name"], "description": TOOL["description"], "input_schema": TOOL["parameters"]}]
messages = [{"role": "user", "content": WEATHER}]
answer = client.messages.create(**model, tools=tools, messages=messages)
messages += [
    {"role": "assistant", "content": [answer.content[0].model_dump(exclude_none=True)]},
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": get_weather("Paris")}]},
]
client.messages.create(**model, tools=tools, messages=messages)
with client.messages.stream(**model, messages=[{"role": "user", "content": QUESTION}]) as stream:
    for _ in stream:
        pass
