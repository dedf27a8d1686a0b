"""A model that says what its script says, on OpenAI's and Anthropic's wire, and a recorder of what is told about it.

Standard library only, but for reading OTLP protobuf: the interpreter that runs it must have opentelemetry-proto.
"""

import base64
import gzip
import http.server
import json
import threading

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

WEATHER = {"city": "Paris"}


def turn(messages, tools):
    """What the model says next: a tool call where the weather is asked for, the answer once the tool has run."""
    last = messages[-1] if messages else {}
    if "tool_result" in json.dumps(last) or last.get("role") == "tool":
        return "It is 21 °C in Paris.", None
    if tools and "weather" in json.dumps(last.get("content", "")).lower():
        return None, WEATHER
    return "The capital of France is Paris.", None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.read_body()
        if self.path.endswith("/chat/completions"):
            self.openai(json.loads(body))
        elif self.path.endswith("/messages"):
            self.anthropic(json.loads(body))
        elif self.path.endswith("/embeddings"):
            self.embeddings(json.loads(body))
        elif self.path.endswith("/traces"):
            self.server.record(body, self.headers.get("Content-Type", ""))
            self.reply({"status": "ok", "file_key": "recorded"} if "public" in self.path else {})
        else:  # Traceloop asks where to put an image, and puts it there
            self.reply({"url": self.server.url + "/image", "method": "PUT"})

    do_GET = do_PUT = do_POST

    def read_body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body

    def reply(self, value):
        self.send("application/json", json.dumps(value).encode())

    def stream(self, events):
        lines = []
        for name, event in events:
            if name:
                lines.append(f"event: {name}\n")
            lines.append(f"data: {event if isinstance(event, str) else json.dumps(event)}\n\n")
        self.send("text/event-stream", "".join(lines).encode())

    def send(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def openai(self, request):
        text, arguments = turn(request["messages"], request.get("tools"))
        finish = "tool_calls" if arguments else "stop"
        message = {"role": "assistant", "content": text}
        if arguments:
            function = {"name": request["tools"][0]["function"]["name"], "arguments": json.dumps(arguments)}
            message["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
        usage = {
            "prompt_tokens": 20, "completion_tokens": 7, "total_tokens": 27,
            "prompt_tokens_details": {"cached_tokens": 8}, "completion_tokens_details": {"reasoning_tokens": 0},
        }
        head = {"id": "chatcmpl-1", "created": 1760000000, "model": request["model"] + "-2024-07-18"}
        if not request.get("stream"):
            choice = {"index": 0, "message": message, "finish_reason": finish}
            self.reply(head | {"object": "chat.completion", "choices": [choice], "usage": usage})
            return
        head["object"] = "chat.completion.chunk"
        deltas = [{"role": "assistant", "content": ""}]
        if arguments:
            deltas.append({"tool_calls": [{"index": 0} | message["tool_calls"][0]]})
        else:
            deltas += [{"content": text[:12]}, {"content": text[12:]}]
        chunks = [head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
        chunks.append(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
        if request.get("stream_options", {}).get("include_usage"):
            chunks.append(head | {"choices": [], "usage": usage})
        self.stream([("", chunk) for chunk in chunks] + [("", "[DONE]")])

    def anthropic(self, request):
        text, arguments = turn(request["messages"], request.get("tools"))
        block = {"type": "text", "text": text}
        if arguments:
            block = {"type": "tool_use", "id": "toolu_1", "name": request["tools"][0]["name"], "input": arguments}
        finish = "tool_use" if arguments else "end_turn"
        usage = {"input_tokens": 12, "cache_read_input_tokens": 8, "cache_creation_input_tokens": 0, "output_tokens": 7}
        message = {
            "id": "msg_1", "type": "message", "role": "assistant", "model": request["model"], "content": [block],
            "stop_reason": finish, "stop_sequence": None, "usage": usage,
        }
        if not request.get("stream"):
            self.reply(message)
            return
        start = message | {"content": [], "stop_reason": None}
        empty, delta = block | {"text": ""}, {"type": "text_delta", "text": text}
        if arguments:
            empty, delta = block | {"input": {}}, {"type": "input_json_delta", "partial_json": json.dumps(arguments)}
        self.stream([
            ("message_start", {"type": "message_start", "message": start}),
            ("content_block_start", {"type": "content_block_start", "index": 0, "content_block": empty}),
            ("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}),
            ("content_block_stop", {"type": "content_block_stop", "index": 0}),
            ("message_delta", {"type": "message_delta", "delta": {"stop_reason": finish, "stop_sequence": None}, "usage": {"output_tokens": 7}}),
            ("message_stop", {"type": "message_stop"}),
        ])

    def embeddings(self, request):
        texts = request["input"] if isinstance(request["input"], list) else [request["input"]]
        data = [{"object": "embedding", "index": i, "embedding": [0.25, -0.5]} for i in range(len(texts))]
        self.reply({"object": "list", "model": request["model"], "data": data, "usage": {"prompt_tokens": 4, "total_tokens": 4}})


class Server(http.server.ThreadingHTTPServer):
    """Serves until it is closed; what was exported to it is in requests, as OTLP in JSON."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def record(self, body, content_type):
        if "json" in content_type:
            self.requests.append(json.loads(body))
            return
        request = MessageToDict(ExportTraceServiceRequest.FromString(body), use_integers_for_enums=True)
        hex_ids(request)
        self.requests.append(request)


def hex_ids(node):
    """Ids are base64 in protobuf's own JSON, and hex in OTLP's."""
    if isinstance(node, list):
        for item in node:
            hex_ids(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in ("traceId", "spanId", "parentSpanId") and isinstance(value, str):
                node[key] = base64.b64decode(value).hex()
            else:
                hex_ids(value)
