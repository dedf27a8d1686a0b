"""Records what real instrumentations export, as golden files of the server's vocabulary. See docs/interop.md.

    python3 record.py [NAME...]

Each recording runs in an environment of its own, below --work, from the versions that the files beside this one pin.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
TARGET = HERE.parents[2] / "cmd/traceroot/internal/vocab/testdata/interop"

# By recording: the environment, the program in it, and what is set for it.
RECORDINGS = {
    "traceroot-python": ("python/traceroot", "traceroot_sdk.py", {}),
    "traceroot-typescript": ("node/traceroot", "traceroot_sdk.mjs", {}),
    "openinference-openai": ("python/openinference", "openinference_openai.py", {}),
    "openinference-anthropic": ("python/openinference", "openinference_anthropic.py", {}),
    "openinference-langchain": ("python/openinference", "openinference_langchain.py", {}),
    "opentelemetry-openai-v2": ("python/opentelemetry", "opentelemetry_openai.py", {
        "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental",
        "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "span_only",
    }),
    "traceloop-sdk": ("python/traceloop", "traceloop_sdk.py", {"TRACELOOP_TELEMETRY": "false"}),
    "pydantic-ai": ("python/pydantic", "pydantic_agent.py", {}),
    "vercel-ai-5": ("node/ai5", "vercel.mjs", {}),
    "vercel-ai-7": ("node/ai7", "vercel7.mjs", {}),
}

# Values that differ from machine to machine, or from run to run.
SCRUBBED = re.compile(
    r'("key": "(?:host\.[a-z]+|os\.version|process\.[a-z.]+|service\.instance\.id|gen_ai\.conversation\.id|gen_ai\.agent\.call\.id)",'
    r'\s*"value": \{\s*"[a-zA-Z]+": )"[^"]*"')


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, default=HERE / ".work", help="where environments are installed")
    parser.add_argument("names", nargs="*", metavar="NAME", help="the recordings to make; all of them by default")
    args = parser.parse_args()
    # The recorder reads OTLP protobuf, for which it needs a package: it goes on in an environment that has it.
    reader = python_environment(args.work, "openinference")
    if pathlib.Path(sys.executable).parent != reader.parent:
        os.execv(reader, [reader, __file__, *sys.argv[1:]])
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in args.names or RECORDINGS:
        record(args.work, name)


def record(work, name):
    from model import Server

    environment, program, settings = RECORDINGS[name]
    kind, folder = environment.split("/")
    server = Server()
    variables = os.environ | settings | {
        "MODEL_URL": server.url,
        "OTEL_EXPORTER_OTLP_ENDPOINT": server.url,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_SERVICE_NAME": "interop",
        "OPENAI_API_KEY": "none",
        "ANTHROPIC_API_KEY": "none",
        "TRACEROOT_GIT_REPO": "acme/agent",
        "TRACEROOT_GIT_REF": "0" * 40,
    }
    if kind == "python":
        command = [python_environment(work, folder), HERE / "python" / program]
    else:
        command = ["node", node_environment(work, folder, program) / program]
    subprocess.run(command, check=True, env=variables, timeout=120)
    server.shutdown()
    text = json.dumps(merged(server.requests), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    # The port changes from run to run and the paths are those of one machine; neither means anything.
    text = text.replace(str(server.server_port), "11434").replace(str(work.resolve()), "/environment").replace(str(HERE), "/interop")
    text = SCRUBBED.sub(r'\1"0"', text)
    (TARGET / f"{name}.otlp.json").write_text(text)
    print(name, sum(len(s["spans"]) for r in json.loads(text)["resourceSpans"] for s in r["scopeSpans"]), "spans")


def merged(requests):
    """One request of all, in the order in which spans began: that in which they were sent differs from run to run."""
    resources = [resource for request in requests for resource in request.get("resourceSpans", [])]
    for resource in resources:
        for scope in resource["scopeSpans"]:
            scope["spans"].sort(key=began)
        resource["scopeSpans"].sort(key=lambda scope: began(scope["spans"][0]))
    resources.sort(key=lambda resource: began(resource["scopeSpans"][0]["spans"][0]))
    return {"resourceSpans": resources}


def began(span):
    return int(span["startTimeUnixNano"])


def python_environment(work, folder):
    """Installs just what is listed, which is complete: some packages ask for versions that exclude each other, and run."""
    python = work.resolve() / "python" / folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
        requirements = HERE / "python" / f"requirements-{folder}.txt"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", requirements], check=True)
    return python


def node_environment(work, folder, program):
    target = work.resolve() / "node" / folder
    target.mkdir(parents=True, exist_ok=True)
    if not (target / "node_modules").exists():
        (target / "package.json").write_bytes((HERE / "node" / f"package-{folder}.json").read_bytes())
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--legacy-peer-deps"], cwd=target, check=True)
    for file in (HERE / "node").glob("*.mjs"):  # modules are looked up from where a program lies
        (target / file.name).write_bytes(file.read_bytes())
    return target


if __name__ == "__main__":
    main()
