import traceroot
from scenario_plain import MODEL_URL, QUESTION, get_weather

traceroot.initialize(api_key="tr-00000000-0000-0000-0000-000000000000", host_url=MODEL_URL)


@traceroot.observe(type="tool")
def weather(city):
    return get_weather(city)


@traceroot.observe(type="llm")
def ask(question):
    traceroot.update_current_span(
        model="gpt-4o-mini",
        model_parameters={"temperature": 0.5},
        input=[{"role": "user", "content": question}],
        usage={"input_tokens": 20, "output_tokens": 7},
    )
    return {"role": "assistant", "content": "The capital of France is Paris."}


@traceroot.observe(type="agent", name="helper", session_id="session-1", user_id="user-1")
def helper(question):
    weather("Paris")
    return ask(question)["content"]


@traceroot.observe()
def fails():
    raise ValueError("no such city")


helper(QUESTION)
try:
    fails()
except ValueError:
    pass
traceroot.flush()
traceroot.shutdown()
