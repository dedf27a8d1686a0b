from openai import OpenAI
from scenario import MODEL_URL, get_weather, openai_calls
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import agent, tool, workflow

Traceloop.init(app_name="interop", api_endpoint=MODEL_URL, disable_batch=True)


@tool(name="get_weather")
def weather(city):
    return get_weather(city)


@agent(name="helper")
def helper():
    openai_calls(OpenAI(base_url=MODEL_URL + "/v1"))
    weather("Paris")


@workflow(name="trip")
def trip(question):
    Traceloop.set_association_properties({"user_id": "user-1", "session_id": "session-1"})
    helper()
    return "done"


trip("How is Paris?")
