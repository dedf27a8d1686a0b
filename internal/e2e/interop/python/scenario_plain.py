"""The parts of the scenario that need no exporter."""

import os

MODEL_URL = os.environ["MODEL_URL"]
QUESTION = "What is the capital of France?"


def get_weather(city: str) -> str:
    return f"21 °C in {city}"
