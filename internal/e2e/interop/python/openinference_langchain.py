from langchain.agents import create_agent
from langchain_openai import ChatOpenAI
from openinference.instrumentation.langchain import LangChainInstrumentor
from scenario import MODEL_URL, QUESTION, WEATHER, get_weather, provider

LangChainInstrumentor().instrument(tracer_provider=provider())
model = ChatOpenAI(model="gpt-4o-mini", base_url=MODEL_URL + "/v1", temperature=0.5)
create_agent(model, [get_weather], system_prompt="Answer in one sentence.").invoke(
    {"messages": [{"role": "user", "content": WEATHER}]})
for _ in model.stream(QUESTION):
    pass
