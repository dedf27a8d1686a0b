import logfire
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from scenario import MODEL_URL, QUESTION, WEATHER, get_weather

logfire.configure(send_to_logfire=False, service_name="interop", console=False)
logfire.instrument_pydantic_ai()
model = OpenAIChatModel("gpt-4o-mini", provider=OpenAIProvider(base_url=MODEL_URL + "/v1", api_key="none"))
agent = Agent(model, name="helper", instructions="Answer in one sentence.", tools=[get_weather])
with logfire.span("asking about {city}", city="Paris", _tags=["trip"]):
    agent.run_sync(WEATHER)


async def stream():
    async with Agent(model).run_stream(QUESTION) as result:
        await result.get_output()


import asyncio  # noqa: E402

asyncio.run(stream())
logfire.force_flush()
