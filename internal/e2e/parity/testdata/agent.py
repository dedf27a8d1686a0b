"""A support agent, traced by the released Python SDK. It is the same agent as agent.go, line by line."""

import json
import os
from collections.abc import Iterator
from datetime import datetime, timezone

import openai
from opentelemetry import trace

import traceroot
from traceroot import Integration, observe, update_current_span, update_current_trace, using_attributes

TOOLS = [{
    "type": "function",
    "function": {
        "name": "find_order",
        "description": "Finds an order by its number.",
        "parameters": {
            "type": "object",
            "properties": {"number": {"type": "integer"}, "detail": {"type": "string"}},
            "required": ["number", "detail"],
        },
    },
}]


class OrderClosedError(Exception):
    """An order that nothing can be done about any more."""


@observe(name="support-agent", type="agent", metadata={"team": "returns", "revision": 3}, tags=["support", "v2"])
def answer(question: str) -> str:
    identify("acme")
    messages = [{"role": "user", "content": question}]
    asks = chat(messages, tools=TOOLS)
    call = asks.tool_calls[0]
    order = find_order(**json.loads(call.function.arguments))
    messages += [asks.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": call.id, "content": order["state"]}]
    reply = chat(messages).content
    try:
        refund(order["number"])
    except OrderClosedError:
        pass
    for _ in words(reply):
        pass
    first = words(reply)
    next(first)
    first.close()
    grade(question, reply)
    with trace.get_tracer("app").start_as_current_span("audit"):
        pass
    return reply


@observe()
def identify(customer: str) -> None:
    policy()
    update_current_trace(user_id="user-7", metadata={"customer": customer}, tags=["vip"])


@observe()
def policy() -> int:
    return 30


def chat(messages: list[dict], **options):
    return model.chat.completions.create(
        model="gpt-4o", messages=messages, temperature=0.2, max_tokens=64, **options
    ).choices[0].message


@observe(name="find-order", type="tool", session_id="session-of-tool", user_id="user-of-tool")
def find_order(number: int, detail: str) -> dict:
    return {
        "number": number, "state": "shipped to Zoë", "weight": float("nan"), "items": ["book", "pen"], "note": None,
        "at": datetime(2026, 2, 5, 12, 30, tzinfo=timezone.utc), "label": b"\xff\xfe",
    }


@observe(type="tool")
def refund(number: int) -> None:
    raise OrderClosedError(f"order {number} is closed")


@observe()
def words(text: str) -> Iterator[str]:
    yield from text.split()


@observe(name="judge", type="llm", capture_input=False)
def grade(question: str, reply: str) -> float:
    prompt = [{"role": "user", "content": f"Grade {reply!r} as an answer to {question!r}"}]
    update_current_span(
        model="judge-1", model_parameters={"temperature": 0, "seed": 7}, prompt=prompt,
        usage={"input_tokens": 120, "output_tokens": 8, "cache_read_tokens": 64}, cost=0.0123,
    )
    update_current_span(name="grade", input={"question": question}, output={"score": 0.9}, metadata={"rubric": "short"})
    return 0.9


model = None

if __name__ == "__main__":
    traceroot.initialize(integrations=[Integration.OPENAI])
    model = openai.OpenAI(base_url=os.environ["MODEL_URL"], api_key="sk-none")
    with using_attributes(
        user_id="user-of-context", session_id="session-9", tags=["eu", "beta"], metadata={"channel": "web", "größe": 1}
    ):
        print(answer("Where is order 1042?"))
    traceroot.flush()
